"""References of images: which are ECR's, who may pull them, and what the task is given."""

from __future__ import annotations

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_iam as iam

from portal_stage.portal.images import container_image, is_in_ecr
from tests.unit.examples import a_backend

DIGEST = "@sha256:" + "0" * 64
# https://docs.aws.amazon.com/general/latest/gr/ecr.html
HOSTS = (
    "dkr.ecr.{}.amazonaws.com",
    "dkr.ecr-fips.{}.amazonaws.com",
    "dkr-ecr.{}.on.aws",
    "dkr-ecr-fips.{}.on.aws",
)


@pytest.mark.parametrize("version", [":1.4.2", DIGEST, ":1.4.2" + DIGEST])
@pytest.mark.parametrize("host", HOSTS)
def test_image_of_each_registry_of_ecr_comes_with_the_right_to_pull_it(host: str, version: str) -> None:
    reference = f"222222222222.{host.format('us-east-1')}/portal/backend{version}"
    assert a_backend(image=reference).image == reference
    stack = cdk.Stack()
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
    container_image(stack, "backend", reference=reference, puller=role)
    assert is_in_ecr(reference)
    policies = assertions.Template.from_stack(stack).find_resources("AWS::IAM::Policy")
    (policy,) = policies.values()
    resources = [one["Resource"] for one in policy["Properties"]["PolicyDocument"]["Statement"]]
    assert "arn:aws:ecr:us-east-1:222222222222:repository/portal/backend" in resources


@pytest.mark.parametrize(
    "reference",
    ["public.ecr.aws/bank/backend:1", "bank/dkr-ecr:1", "registry.bank.example:5000/portal:1" + DIGEST],
)
def test_image_of_another_registry_takes_no_right(reference: str) -> None:
    assert a_backend(image=reference).image == reference
    assert not is_in_ecr(reference)
