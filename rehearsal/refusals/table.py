"""What AWS refuses and a template says all the same: a row for each, with AWS's words and where they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .checks import containers, edge, gateway, names, networks, pipelines, policies, quotas, updates
from .views import Change, Found

Check = Callable[[Change], Iterator[Found]]


@dataclass(frozen=True)
class Refusal:
    """A check, what AWS says when it refuses, and the page that tells so.

    AWS looks at what is made or changed, so what it finds of a resource that stays as it is does not count, unless the
    check is of more than the resource itself (`whole`).
    """

    check: Check
    says: str
    source: str
    whole: bool = False

    def sentences(self, change: Change) -> Iterator[str]:
        """One for each thing of the template that AWS would refuse."""
        for logical_id, what in self.check(change):
            if self.whole or not change.keeps(logical_id):
                yield f'{change.template.stack}, {logical_id}: {what}. AWS: "{self.says}" ({self.source})'


_ABSENT = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"
_EXPORTS = "https://github.com/aws/aws-cdk/issues/7602"

REFUSALS = (
    Refusal(
        edge.origin_groups_are_read_only,
        "The parameter AllowedMethods cannot include POST, PUT, PATCH, or DELETE for a cached behavior associated "
        "with an origin group.",
        "https://github.com/aws/aws-cdk/issues/32450",
    ),
    Refusal(
        edge.an_alias_is_of_one_distribution,
        "One or more of the CNAMEs you provided are already associated with a different resource.",
        "https://github.com/jogold/cloudstructs/issues/169",
    ),
    Refusal(
        edge.edge_firewalls_are_in_us_east_1,
        "The scope is not valid., field: SCOPE_VALUE, parameter: CLOUDFRONT",
        "https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateWebACL.html",
    ),
    Refusal(
        edge.firewall_logs_have_their_prefix,
        "The ARN isn't valid. A valid ARN begins with arn: and includes other information separated by colons or "
        "slashes., field: LOG_DESTINATION",
        "https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html",
        whole=True,
    ),
    Refusal(
        edge.cloudfront_is_not_evaluated,
        "You can't set EvaluateTargetHealth to true when the alias target is a CloudFront distribution.",
        "https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html",
    ),
    Refusal(
        gateway.stage_logs_have_a_role,
        "CloudWatch Logs role ARN must be set in account settings to enable logging",
        "https://github.com/aws-solutions/virtual-waiting-room-on-aws/issues/74",
    ),
    Refusal(
        policies.key_policies_name_existing_principals,
        "Policy contains a statement with one or more invalid principals.",
        "https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html",
    ),
    Refusal(policies.bucket_policies_name_existing_principals, "Invalid principal in policy", _ABSENT),
    Refusal(policies.topic_policies_name_existing_principals, "Policy Error: PrincipalNotFound", _ABSENT),
    Refusal(policies.roles_trust_existing_principals, "Invalid principal in policy", _ABSENT),
    Refusal(
        policies.keys_stay_in_reach,
        "The new key policy will not allow you to update the key policy in the future.",
        "https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html",
    ),
    Refusal(
        policies.role_policies_fit,
        "Maximum policy size exceeded",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
        whole=True,
    ),
    Refusal(
        networks.security_group_rules_fit,
        "The maximum number of rules per security group has been reached.",
        "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html",
        whole=True,
    ),
    Refusal(
        containers.services_wait_for_their_listener,
        "The target group does not have an associated load balancer.",
        "https://github.com/aws/aws-cdk/issues/1160",
    ),
    Refusal(
        containers.clusters_find_their_role,
        "Unable to assume the service linked role. Please verify that the ECS service linked role exists.",
        "https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/818",
    ),
    Refusal(
        containers.balancer_names_are_allowed,
        "ValidationError: the name cannot be longer than '32' characters, and has alphanumeric characters and "
        "inner hyphens only",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html",
    ),
    Refusal(
        pipelines.action_values_fit,
        "Map value must satisfy constraint: [Member must have length less than or equal to 1000, Member must have "
        "length greater than or equal to 1]",
        "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionDeclaration.html",
    ),
    Refusal(
        pipelines.stages_are_not_crowded,
        "Number of actions in a stage: minimum of 1, maximum of 50",
        "https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html",
    ),
    Refusal(
        updates.imported_exports_stay, "Export cannot be deleted as it is in use by another stack", _EXPORTS
    ),
    Refusal(
        updates.imported_exports_keep_their_value,
        "Export cannot be updated as it is in use by another stack",
        "https://github.com/aws/aws-cdk/issues/5304",
        whole=True,
    ),
    Refusal(
        updates.named_resources_are_not_replaced,
        "CloudFormation cannot update a stack when a custom-named resource requires replacing.",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-name.html",
    ),
    Refusal(
        names.names_are_free,
        "already exists in stack",
        "https://github.com/aws/aws-cdk/issues/15357",
    ),
    Refusal(
        edge.vpc_origins_in_use_stay,
        "The specified VPC origin is currently associated with one or more distributions. Please disassociate the VPC "
        "origin from all distributions before updating or deleting",
        "https://github.com/aws/aws-cdk/issues/35765",
    ),
    Refusal(
        updates.targets_are_not_replaced_under_their_service,
        "HTTP 503: Service unavailable. The target groups for the load balancer have no registered targets, or all of "
        "the registered targets are in an unused state.",
        "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html",
        whole=True,
    ),
    Refusal(
        updates.one_index_at_a_time,
        "Cannot perform more than one GSI creation or deletion in a single update",
        "https://github.com/aws/aws-cdk/issues/14920",
    ),
    Refusal(
        quotas.quotas_are_kept,
        "You have reached the quota; request an increase, or delete what is not needed.",
        "https://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html",
    ),
)


def refused(change: Change) -> list[str]:
    """Why AWS would refuse to deploy this; nothing if no check of the table finds anything."""
    return [sentence for refusal in REFUSALS for sentence in refusal.sentences(change)]
