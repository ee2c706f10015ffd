"""Ways to leave something behind."""

from __future__ import annotations

from tests.assembly.invariants import lifecycle
from tests.assembly.register import breaks
from tests.assembly.synthesis import Synthesis
from tests.assembly.twins.edits import add, properties, remove, resource


@breaks(lifecycle.resources_are_deleted)
def retain_the_key(synthesis: Synthesis) -> None:
    resource(synthesis, "foundation-dev", "AWS::KMS::Key")["DeletionPolicy"] = "Retain"


@breaks(lifecycle.resources_are_deleted)
def keep_what_is_replaced(synthesis: Synthesis) -> None:
    resource(synthesis, "portal-prod", "AWS::ECS::Service")["UpdateReplacePolicy"] = "Retain"


@breaks(lifecycle.resources_are_deleted)
def leave_the_cluster_to_its_default(synthesis: Synthesis) -> None:
    del resource(synthesis, "data-prod", "AWS::RDS::DBCluster")["DeletionPolicy"]


@breaks(lifecycle.nothing_is_protected)
def protect_the_cluster(synthesis: Synthesis) -> None:
    properties(synthesis, "data-prod", "AWS::RDS::DBCluster")["DeletionProtection"] = True


@breaks(lifecycle.nothing_is_protected)
def protect_a_table(synthesis: Synthesis) -> None:
    table = properties(synthesis, "data-dev", "AWS::DynamoDB::GlobalTable")
    table["Replicas"][0]["DeletionProtectionEnabled"] = True


@breaks(lifecycle.nothing_is_protected)
def protect_the_load_balancer(synthesis: Synthesis) -> None:
    balancer = properties(synthesis, "portal-dev", "AWS::ElasticLoadBalancingV2::LoadBalancer")
    balancer["LoadBalancerAttributes"].append({"Key": "deletion_protection.enabled", "Value": "true"})


@breaks(lifecycle.nothing_is_protected)
def protect_a_stack(synthesis: Synthesis) -> None:
    synthesis.template("portal-prod").protected = True


@breaks(lifecycle.buckets_are_emptied)
def leave_a_bucket_full(synthesis: Synthesis) -> None:
    remove(synthesis, "pipeline-tools", "Custom::S3AutoDeleteObjects")


@breaks(lifecycle.repositories_are_emptied)
def leave_images_in_a_repository(synthesis: Synthesis) -> None:
    key = properties(synthesis, "pipeline-tools", "AWS::KMS::Alias")["TargetKeyId"]
    repository = {"RepositoryName": "images-tools", "EncryptionConfiguration": {"KmsKey": key}}
    add(synthesis, "pipeline-tools", "AWS::ECR::Repository", **repository)


@breaks(lifecycle.reports_go_with_their_group)
def keep_reports(synthesis: Synthesis) -> None:
    properties(synthesis, "pipeline-tools", "AWS::CodeBuild::ReportGroup")["DeleteReports"] = False


@breaks(lifecycle.keys_end_within_a_week)
def wait_a_month_for_a_key(synthesis: Synthesis) -> None:
    properties(synthesis, "pipeline-tools", "AWS::KMS::Key")["PendingWindowInDays"] = 30


@breaks(lifecycle.volumes_go_with_their_instance)
def leave_a_volume_behind(synthesis: Synthesis) -> None:
    template = properties(synthesis, "foundation-dev", "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
    template["BlockDeviceMappings"][0]["Ebs"]["DeleteOnTermination"] = False


@breaks(lifecycle.backups_go_with_the_cluster)
def keep_the_backups(synthesis: Synthesis) -> None:
    properties(synthesis, "data-staging", "AWS::RDS::DBCluster")["DeleteAutomatedBackups"] = False
