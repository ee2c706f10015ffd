"""Ways to break an assembly, by the one invariant that must see each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.assembly import naming, pipeline_invariants, portal_invariants
from tests.assembly.synthesis import Synthesis

Breakage = Callable[[Synthesis], None]
SeenBy = dict[Callable[[Synthesis], Any], tuple[Breakage, ...]]


def _resource(synthesis: Synthesis, stack: str, type_: str) -> dict[str, Any]:
    """The first resource of a type."""
    return next(resource for _, resource in synthesis.template(stack).resources(type_))


def _properties(synthesis: Synthesis, stack: str, type_: str) -> dict[str, Any]:
    properties: dict[str, Any] = _resource(synthesis, stack, type_)["Properties"]
    return properties


def _first_action(synthesis: Synthesis, stage: str) -> dict[str, Any]:
    return synthesis.stage(stage)[0]


def retain_the_key(synthesis: Synthesis) -> None:
    _resource(synthesis, "foundation-dev", "AWS::KMS::Key")["DeletionPolicy"] = "Retain"


def leave_the_cluster_to_its_default(synthesis: Synthesis) -> None:
    del _resource(synthesis, "data-prod", "AWS::RDS::DBCluster")["DeletionPolicy"]


def protect_the_cluster(synthesis: Synthesis) -> None:
    _properties(synthesis, "data-prod", "AWS::RDS::DBCluster")["DeletionProtection"] = True


def protect_the_load_balancer(synthesis: Synthesis) -> None:
    balancer = _properties(synthesis, "portal-dev", "AWS::ElasticLoadBalancingV2::LoadBalancer")
    balancer["LoadBalancerAttributes"] = [{"Key": "deletion_protection.enabled", "Value": "true"}]


def protect_a_stack(synthesis: Synthesis) -> None:
    synthesis.template("portal-prod").protected = True


def leave_a_bucket_full(synthesis: Synthesis) -> None:
    resources = synthesis.template("pipeline-tools").body["Resources"]
    (emptier,) = [
        id_ for id_, resource in resources.items() if resource["Type"] == "Custom::S3AutoDeleteObjects"
    ]
    del resources[emptier]


def keep_reports(synthesis: Synthesis) -> None:
    _properties(synthesis, "pipeline-tools", "AWS::CodeBuild::ReportGroup")["DeleteReports"] = False


def keep_logs_forever(synthesis: Synthesis) -> None:
    del _properties(synthesis, "portal-staging", "AWS::Logs::LogGroup")["RetentionInDays"]


def let_a_function_make_its_log_group(synthesis: Synthesis) -> None:
    del _properties(synthesis, "portal-dev", "AWS::Lambda::Function")["LoggingConfig"]


def use_the_zone_that_is_not_reached(synthesis: Synthesis) -> None:
    for _, subnet in synthesis.template("foundation-dev").properties("AWS::EC2::Subnet"):
        if subnet["AvailabilityZoneId"] == "use1-az1":
            subnet["AvailabilityZoneId"] = "use1-az3"


def lose_a_zone(synthesis: Synthesis) -> None:
    for _, subnet in synthesis.template("foundation-prod").properties("AWS::EC2::Subnet"):
        if subnet["AvailabilityZoneId"] == "use1-az1":
            subnet["AvailabilityZoneId"] = "use1-az2"


def name_a_zone_by_its_letter(synthesis: Synthesis) -> None:
    _properties(synthesis, "foundation-dev", "AWS::EC2::Subnet")["AvailabilityZone"] = "us-east-1a"


def deploy_elsewhere(synthesis: Synthesis) -> None:
    synthesis.template("data-dev").region = "eu-central-1"


def mention_another_region(synthesis: Synthesis) -> None:
    synthesis.template("portal-dev").body["Description"] = "Served from eu-central-1a"


def look_up_zones(synthesis: Synthesis) -> None:
    synthesis.manifests["."]["missing"] = [{"key": "availability-zones", "provider": "availability-zones"}]


def leave_a_warning(synthesis: Synthesis) -> None:
    synthesis.annotations["/pipeline-tools/dev/Data"] = "an option is deprecated"


def put_the_suffix_into_an_id(synthesis: Synthesis) -> None:
    resources = synthesis.template("portal-dev").body["Resources"]
    (id_,) = [id_ for id_, resource in resources.items() if resource["Type"] == "AWS::ECS::Cluster"]
    resources["Dev" + id_] = resources.pop(id_)


def write_a_newer_schema(synthesis: Synthesis) -> None:
    synthesis.manifests["."]["version"] = "55.0.0"


def forget_the_suffix(synthesis: Synthesis) -> None:
    _properties(synthesis, "portal-dev", "AWS::ECS::Cluster")["ClusterName"] = "ecs"


def outgrow_a_name(synthesis: Synthesis) -> None:
    balancer = _properties(synthesis, "portal-dev", "AWS::ElasticLoadBalancingV2::LoadBalancer")
    balancer["Name"] = "load-balancer-of-the-customers-portal-dev"


def deploy_before_mutating(synthesis: Synthesis) -> None:
    stages = synthesis.pipeline["Stages"]
    stages.append(stages.pop(2))


def lose_a_gate(synthesis: Synthesis) -> None:
    synthesis.pipeline["Stages"] = [s for s in synthesis.pipeline["Stages"] if s["Name"] != "Gate-prod"]


def supersede(synthesis: Synthesis) -> None:
    synthesis.pipeline["ExecutionMode"] = "SUPERSEDED"


def do_not_restart(synthesis: Synthesis) -> None:
    synthesis.pipeline["RestartExecutionOnUpdate"] = False


def ask_inside_an_environment(synthesis: Synthesis) -> None:
    (approval,) = synthesis.stage("Gate-prod")
    synthesis.stage("prod").insert(0, dict(approval, RunOrder=1))


def open_a_gate(synthesis: Synthesis) -> None:
    synthesis.stage("Gate-staging").clear()


def lose_the_tests(synthesis: Synthesis) -> None:
    synthesis.stage("staging").pop()


def run_the_tests_before_deploying(synthesis: Synthesis) -> None:
    synthesis.stage("dev")[-1]["RunOrder"] = 1


def run_the_tests_against_dev(synthesis: Synthesis) -> None:
    synthesis.stage("prod")[-1]["Configuration"]["EnvironmentVariables"] = synthesis.stage("dev")[-1][
        "Configuration"
    ]["EnvironmentVariables"]


def hand_over_too_much(synthesis: Synthesis) -> None:
    _first_action(synthesis, "dev")["Configuration"]["ParameterOverrides"] = "x" * 1001


def inline_the_synth(synthesis: Synthesis) -> None:
    synthesis.project(_first_action(synthesis, "Build"))["Source"]["BuildSpec"] = '{"version": "0.2"}'


def unpin_the_cli(synthesis: Synthesis) -> None:
    source = synthesis.project(_first_action(synthesis, "UpdatePipeline"))["Source"]
    source["BuildSpec"] = source["BuildSpec"].replace("aws-cdk@", "aws-cdk@^")


def build_on_x86(synthesis: Synthesis) -> None:
    synthesis.project(_first_action(synthesis, "Build"))["Environment"]["Type"] = "LINUX_CONTAINER"


def privilege_the_tests(synthesis: Synthesis) -> None:
    synthesis.project(synthesis.stage("dev")[-1])["Environment"]["PrivilegedMode"] = True


SEEN_BY: SeenBy = {
    portal_invariants.nothing_outlives_its_stack: (
        retain_the_key,
        leave_the_cluster_to_its_default,
        protect_the_cluster,
        protect_the_load_balancer,
        protect_a_stack,
        leave_a_bucket_full,
        keep_reports,
    ),
    portal_invariants.logs_expire: (keep_logs_forever, let_a_function_make_its_log_group),
    portal_invariants.three_zones_by_id: (
        use_the_zone_that_is_not_reached,
        lose_a_zone,
        name_a_zone_by_its_letter,
    ),
    portal_invariants.one_region_only: (deploy_elsewhere, mention_another_region),
    portal_invariants.nothing_is_looked_up: (look_up_zones,),
    portal_invariants.nothing_warns: (leave_a_warning,),
    portal_invariants.environments_are_alike: (put_the_suffix_into_an_id,),
    portal_invariants.schema_is_readable: (write_a_newer_schema,),
    naming.names_follow_the_rule: (forget_the_suffix, outgrow_a_name),
    pipeline_invariants.stages_come_in_order: (deploy_before_mutating, lose_a_gate),
    pipeline_invariants.every_commit_gets_its_turn: (supersede, do_not_restart),
    pipeline_invariants.gates_only_ask: (ask_inside_an_environment, open_a_gate),
    pipeline_invariants.environments_are_tested_last: (
        lose_the_tests,
        run_the_tests_before_deploying,
        run_the_tests_against_dev,
    ),
    pipeline_invariants.configuration_values_fit: (hand_over_too_much,),
    pipeline_invariants.synth_reads_the_commit: (inline_the_synth,),
    pipeline_invariants.tools_are_pinned: (unpin_the_cli,),
    pipeline_invariants.builders_run_on_arm: (build_on_x86, privilege_the_tests),
}
