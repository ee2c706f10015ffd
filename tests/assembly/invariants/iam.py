"""Least privilege: which wildcards, which managed policies and which principals there are, each with its reason."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.assembly.policies import listed, statements, text, texts
from tests.assembly.register import invariant, told
from tests.assembly.synthesis import Synthesis

# Parts of a service's actions that CDK's grants spell by a wildcard; none of them reaches beyond its resource.
FAMILIES = {
    *("s3:Abort*", "s3:DeleteObject*", "s3:GetBucket*", "s3:GetObject*", "s3:List*"),
    *("kms:Decrypt*", "kms:Describe*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*"),
}
# Actions that may be allowed on `*`, and why.
ANYWHERE = {
    "cloudformation:DescribeStacks": "CDK Pipelines, self-mutation: the CLI asks for the bootstrap stack",
    "cloudwatch:DescribeAlarms": "the tests watch alarms; IAM gives composite alarms no resource for it",
    "cloudwatch:PutMetricData": "the action has no resource; the NAT's role has one namespace by a condition",
    "codebuild:BatchGetBuilds": "CDK Pipelines, publishers of assets",
    "codebuild:StartBuild": "CDK Pipelines, publishers of assets",
    "codebuild:StopBuild": "CDK Pipelines, publishers of assets",
    "ec2:AssignPrivateIpAddresses": "Lambda in a VPC; AWS documents `*`",
    "ec2:CreateNetworkInterface": "Lambda in a VPC; AWS documents `*`",
    "ec2:DeleteNetworkInterface": "Lambda in a VPC; AWS documents `*`",
    "ec2:DescribeNetworkInterfaces": "Lambda in a VPC; the action has no resource",
    "ec2:DescribeSubnets": "Lambda in a VPC; the action has no resource",
    "ec2:UnassignPrivateIpAddresses": "Lambda in a VPC; AWS documents `*`",
    "ecr:GetAuthorizationToken": "the action has no resource",
    "s3:ListBucket": "CDK Pipelines, self-mutation: the CLI looks into the bootstrap's bucket",
}
# Managed policies, and why.
MANAGED: dict[str, str] = {}
# Services that may act, by the type of the policy that lets them.
SERVICES = {
    "AWS::IAM::Role": {
        "codebuild.amazonaws.com",
        "codepipeline.amazonaws.com",
        "ec2.amazonaws.com",
        "ecs-tasks.amazonaws.com",
        "lambda.amazonaws.com",
        "scheduler.amazonaws.com",
        "vpc-flow-logs.amazonaws.com",
    },
    "AWS::KMS::Key": {"cloudwatch.amazonaws.com", "logs.us-east-1.amazonaws.com"},
    "AWS::Logs::LogGroup": {"delivery.logs.amazonaws.com", "events.amazonaws.com"},
    "AWS::S3::BucketPolicy": {
        "cloudfront.amazonaws.com",
        "delivery.logs.amazonaws.com",
        "logging.s3.amazonaws.com",
    },
    "AWS::SNS::TopicPolicy": {"cloudwatch.amazonaws.com"},
}
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html: of us-east-1.
BALANCERS = "127311923021"


@invariant
def actions_are_named(synthesis: Synthesis) -> Iterator[str]:
    """Nobody may do everything, nor everything of a service; only an account its own key."""
    for statement in statements(synthesis):
        for action in statement.actions if statement.allows else []:
            own_key = action == "kms:*" and statement.type == "AWS::KMS::Key"
            if "*" in action and action not in FAMILIES and not own_key:
                yield told(
                    statement.stack, statement.logical_id, found=action, wanted="actions by their names"
                )
        if "NotAction" in statement.body:
            yield told(
                statement.stack, statement.logical_id, found="NotAction", wanted="actions by their names"
            )


@invariant
def resources_are_named(synthesis: Synthesis) -> Iterator[str]:
    """`*` only for the listed actions. In the policy of a key it is the key."""
    for statement in statements(synthesis):
        anywhere = "*" in statement.resources or "NotResource" in statement.body
        if statement.allows and anywhere and statement.type != "AWS::KMS::Key":
            for action in sorted(set(statement.actions) - ANYWHERE.keys()):
                yield told(
                    statement.stack, statement.logical_id, found=f"{action} on *", wanted="its resources"
                )


@invariant
def managed_policies_are_listed(synthesis: Synthesis) -> Iterator[str]:
    """AWS widens its managed policies as it likes, so a role has none outside a short list."""
    for template, logical_id, properties in synthesis.properties("AWS::IAM::Role"):
        for arn in texts(properties.get("ManagedPolicyArns", [])):
            if arn not in MANAGED:
                yield told(template.stack, logical_id, found=arn, wanted=f"one of {sorted(MANAGED)}")


@invariant
def roles_are_passed_by_name(synthesis: Synthesis) -> Iterator[str]:
    """Who may pass a role may pass that one, to one service."""
    for statement in statements(synthesis):
        if not statement.allows or "iam:PassRole" not in statement.actions:
            continue
        if any("*" in resource for resource in statement.resources):
            yield told(
                statement.stack,
                statement.logical_id,
                found=f"PassRole {statement.resources}",
                wanted="a role",
            )
        conditions = [key for block in statement.body.get("Condition", {}).values() for key in block]
        if "iam:PassedToService" not in conditions:
            found = f"PassRole under {conditions}"
            yield told(statement.stack, statement.logical_id, found=found, wanted="iam:PassedToService")


@invariant
def principals_are_known(synthesis: Synthesis) -> Iterator[str]:
    """Who is let in is a listed service or an account of the assembly; never everybody."""
    accounts = {template.account for template in synthesis.templates} | {BALANCERS}
    for statement in statements(synthesis):
        principal = statement.body.get("Principal", {})
        if not statement.allows:
            continue
        if not isinstance(principal, dict) or "NotPrincipal" in statement.body:
            yield told(statement.stack, statement.logical_id, found="anybody", wanted="a principal")
            continue
        for service in listed(principal.get("Service", [])):
            if service not in SERVICES.get(statement.type, ()):
                wanted = f"one of {sorted(SERVICES.get(statement.type, ()))}"
                yield told(statement.stack, statement.logical_id, found=service, wanted=wanted)
        for arn in texts(principal.get("AWS", [])):
            account = re.match(r"arn:aws:iam::(\d{12}):", arn)
            if not arn.startswith("<") and (account is None or account[1] not in accounts):
                yield told(
                    statement.stack, statement.logical_id, found=arn, wanted=f"one of {sorted(accounts)}"
                )


@invariant
def other_accounts_are_let_in_as_one_role(synthesis: Synthesis) -> Iterator[str]:
    """A statement for the whole of another account names the one role of it that is meant."""
    account = {template.stack: template.account for template in synthesis.templates}
    for statement in statements(synthesis):
        principal = statement.body.get("Principal")
        arns = texts(principal.get("AWS", [])) if isinstance(principal, dict) else []
        roots = {arn for arn in arns if arn.endswith(":root") and BALANCERS not in arn}
        own_key = statement.type == "AWS::KMS::Key" and roots == {
            f"arn:aws:iam::{account[statement.stack]}:root"
        }
        named = "aws:PrincipalArn" in str(statement.body.get("Condition"))
        if statement.allows and roots and not own_key and not named:
            found = f"all of {sorted(roots)}"
            yield told(statement.stack, statement.logical_id, found=found, wanted="aws:PrincipalArn")


@invariant
def a_boundary_is_on_every_role(synthesis: Synthesis) -> Iterator[str]:
    """A bank that asks for a permissions boundary refuses each role without it."""
    for template in synthesis.templates:
        roles = dict(template.properties("AWS::IAM::Role"))
        boundaries = {
            text(role["PermissionsBoundary"]) for role in roles.values() if "PermissionsBoundary" in role
        }
        for logical_id, role in roles.items():
            found = [text(role["PermissionsBoundary"])] if "PermissionsBoundary" in role else []
            if found != sorted(boundaries):
                yield told(template.stack, logical_id, found=f"boundary {found}", wanted=sorted(boundaries))


@invariant
def functions_are_invoked_by_one_caller(synthesis: Synthesis) -> Iterator[str]:
    """A service that may invoke a function may do it for one resource of ours."""
    for template, logical_id, properties in synthesis.properties("AWS::Lambda::Permission"):
        if properties["Principal"] == "*" or not properties.keys() & {"SourceArn", "SourceAccount"}:
            found = f"{text(properties['Principal'])} without a source"
            yield told(template.stack, logical_id, found=found, wanted="SourceArn or SourceAccount")
