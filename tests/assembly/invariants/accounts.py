"""Whether there is one account for all or one for each: who acts where, and who trusts whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.assembly.policies import allowing, bootstrap_role, text, texts
from tests.assembly.register import invariant, told
from tests.assembly.synthesis import Synthesis, Template

STACK = "pipeline-tools"
TIERS = ("foundation", "data", "portal")


@invariant
def stacks_are_these_alone(synthesis: Synthesis) -> Iterator[str]:
    """The pipeline's stack and three in each environment's account; no support stack beside them."""
    for suffix in _environments(synthesis):
        accounts = {synthesis.template(f"{tier}-{suffix}").account for tier in TIERS}
        if len(accounts) != 1:
            yield told(
                f"portal-{suffix}", "account", found=sorted(accounts), wanted="one for its three stacks"
            )
    expected = {f"{tier}-{suffix}" for tier in TIERS for suffix in _environments(synthesis)} | {
        "pipeline-tools"
    }
    for template in synthesis.templates:
        if template.stack not in expected:
            yield told(template.stack, "stack", found="a stack of no environment", wanted="none")


@invariant
def deployments_act_in_their_account(synthesis: Synthesis) -> Iterator[str]:
    """Each takes the deploy role of its environment's account and hands over that account's execution role."""
    for suffix, account in _environments(synthesis).items():
        deploy, execute = bootstrap_role("deploy", account), bootstrap_role("cfn-exec", account)
        for action in synthesis.stage(suffix):
            if action["ActionTypeId"]["Provider"] != "CloudFormation":
                continue
            if text(action.get("RoleArn", "none")) != deploy:
                found = text(action.get("RoleArn", "none"))
                yield told(STACK, f"{suffix}/{action['Name']}", found=found, wanted=deploy)
            handed = text(action["Configuration"].get("RoleArn", "none"))
            if action["Configuration"]["ActionMode"] == "CHANGE_SET_REPLACE" and handed != execute:
                yield told(STACK, f"{suffix}/{action['Name']}", found=f"{handed} handed over", wanted=execute)


@invariant
def pipeline_takes_deploy_roles_only(synthesis: Synthesis) -> Iterator[str]:
    """The pipeline's role may take the deploy role of each environment's account, and no other role."""
    role = synthesis.pipeline["RoleArn"]["Fn::GetAtt"][0]
    taken = _may_assume(_tools(synthesis), role)
    expected = sorted({bootstrap_role("deploy", account) for account in _environments(synthesis).values()})
    if taken != expected:
        yield told(STACK, role, found=taken, wanted=expected)


@invariant
def artifacts_are_readable_where_deployed(synthesis: Synthesis) -> Iterator[str]:
    """The bucket and its key, our own, let the deploy role of each environment's account in, and nobody else from
    another account."""
    tools = _tools(synthesis)
    store = synthesis.pipeline["ArtifactStore"]
    wanted = {bootstrap_role("deploy", account) for account in _environments(synthesis).values()}
    key = tools.body["Resources"][store["EncryptionKey"]["Id"]["Fn::GetAtt"][0]]["Properties"]["KeyPolicy"]
    (bucket,) = [
        policy["PolicyDocument"]
        for _, policy in tools.properties("AWS::S3::BucketPolicy")
        if policy["Bucket"] == store["Location"]
    ]
    for what, document, action in (("key", key, "kms:Decrypt"), ("bucket", bucket, "s3:GetObject")):
        let_in = {
            principal
            for statement in allowing(document, action)
            for principal in texts(statement["Principal"].get("AWS", []))
        }
        for missing in sorted(wanted - let_in):
            yield told(STACK, what, found=f"no {action} for {missing}", wanted="it")
        outside = {p for p in let_in - wanted if not p.startswith(("<", f"arn:aws:iam::{tools.account}:"))}
        for principal in sorted(outside):
            yield told(STACK, what, found=f"{action} for {principal}", wanted="it not")


@invariant
def publishers_reach_every_account(synthesis: Synthesis) -> Iterator[str]:
    """The builds of Assets may take the publishing roles of each environment's account, each of its own kind."""
    accounts = sorted(set(_environments(synthesis).values()))
    for action in synthesis.stage("Assets"):
        kind = "image-publishing" if action["Name"] == "DockerAssets" else "file-publishing"
        role = synthesis.project(action)["ServiceRole"]["Fn::GetAtt"][0]
        taken = _may_assume(_tools(synthesis), role)
        expected = [bootstrap_role(kind, account) for account in accounts]
        if taken != expected:
            yield told(STACK, f"Assets/{action['Name']}", found=taken, wanted=expected)


@invariant
def self_mutation_stays_at_home(synthesis: Synthesis) -> Iterator[str]:
    """UpdatePipeline changes the pipeline alone, so it may take roles of the pipeline's account alone."""
    (action,) = synthesis.stage("UpdatePipeline")
    role = synthesis.project(action)["ServiceRole"]["Fn::GetAtt"][0]
    taken = _may_assume(_tools(synthesis), role)
    wanted = [f"arn:*:iam::{_tools(synthesis).account}:role/*"]
    if taken != wanted:
        yield told(STACK, role, found=taken, wanted=wanted)


@invariant
def tests_assume_one_role(synthesis: Synthesis) -> Iterator[str]:
    """The role of an environment's tests may take that environment's test role, and nothing else anywhere."""
    for suffix, account in _environments(synthesis).items():
        ((logical_id, _),) = _roles(_tools(synthesis), f"tests-build-{suffix}")
        taken = _may_assume(_tools(synthesis), logical_id)
        wanted = [f"arn:aws:iam::{account}:role/pipeline-tests-{suffix}"]
        if taken != wanted:
            yield told(STACK, logical_id, found=taken, wanted=wanted)


@invariant
def checks_assume_one_role(synthesis: Synthesis) -> Iterator[str]:
    """The role of a check may take the plan-reader of its environment's account, and nothing else anywhere."""
    for suffix, account in _environments(synthesis).items():
        ((logical_id, _),) = _roles(_tools(synthesis), f"check-build-{suffix}")
        taken = _may_assume(_tools(synthesis), logical_id)
        wanted = [f"arn:aws:iam::{account}:role/plan-reader"]
        if taken != wanted:
            yield told(STACK, logical_id, found=taken, wanted=wanted)


@invariant
def tests_are_trusted_by_name(synthesis: Synthesis) -> Iterator[str]:
    """An environment's test role trusts the pipeline's account, and there only its own test build's role."""
    home = _tools(synthesis).account
    for suffix in _environments(synthesis):
        caller = f"arn:aws:iam::{home}:role/tests-build-{suffix}"
        expected = {
            "Action": "sts:AssumeRole",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{home}:root"},
            "Condition": {"ArnEquals": {"aws:PrincipalArn": caller}},
        }
        ((logical_id, role),) = _roles(synthesis.template(f"portal-{suffix}"), f"pipeline-tests-{suffix}")
        found = [
            {**statement, "Principal": {"AWS": text(statement["Principal"]["AWS"])}}
            for statement in role["AssumeRolePolicyDocument"]["Statement"]
        ]
        if found != [expected]:
            yield told(f"portal-{suffix}", logical_id, found=found, wanted=expected)


def _tools(synthesis: Synthesis) -> Template:
    return synthesis.template(STACK)


def _environments(synthesis: Synthesis) -> dict[str, str]:
    """The account of each environment, by its suffix."""
    return {t.suffix: t.account for t in synthesis.templates if t.tier == "portal"}


def _roles(template: Template, name: str) -> list[tuple[str, dict[str, Any]]]:
    """Logical id and properties of the roles of this name."""
    return [
        (id_, role) for id_, role in template.properties("AWS::IAM::Role") if role.get("RoleName") == name
    ]


def _may_assume(template: Template, role: str) -> list[str]:
    """What the policies of a role, by its logical id, let it assume."""
    return sorted(
        resource
        for _, policy in template.properties("AWS::IAM::Policy")
        if {"Ref": role} in policy["Roles"]
        for statement in allowing(policy["PolicyDocument"], "sts:AssumeRole")
        for resource in texts(statement["Resource"])
    )
