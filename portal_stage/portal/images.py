"""Where a service's image comes from: a reference in its configuration, or the stand-in that is built here."""

from __future__ import annotations

import re
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct

_CONTAINERS = Path(__file__).parents[2] / "containers"
# The four registries of ECR: IPv4 or dual-stack, FIPS or not (https://docs.aws.amazon.com/general/latest/gr/ecr.html).
_PRIVATE_ECR = re.compile(
    r"(?P<account>\d{12})\.(?:dkr\.ecr(?:-fips)?\.(?P<ipv4>[a-z0-9-]+)\.amazonaws\.com"
    r"|dkr-ecr(?:-fips)?\.(?P<dual_stack>[a-z0-9-]+)\.on\.aws)/"
    r"(?P<repository>[\w./-]+?)(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?"
)


def is_in_ecr(reference: str | None) -> bool:
    """Whether pulling it takes an ECR login; the images of a public registry take none."""
    return reference is None or _PRIVATE_ECR.fullmatch(reference) is not None


def container_image(
    scope: Construct, kind: str, *, reference: str | None, puller: iam.IGrantable
) -> ecs.ContainerImage:
    """The image of the service `kind`; `puller` gets the permission to pull one from a private ECR repository."""
    if reference is None:
        return ecs.ContainerImage.from_docker_image_asset(
            ecr_assets.DockerImageAsset(
                scope,
                "Image",
                directory=str(_CONTAINERS / kind),
                platform=ecr_assets.Platform.LINUX_ARM64,
                exclude=["node_modules"],
            )
        )
    if private := _PRIVATE_ECR.fullmatch(reference):
        region = private["ipv4"] or private["dual_stack"]
        repository = ecr.Repository.from_repository_attributes(
            scope,
            "Repository",
            repository_name=private["repository"],
            repository_arn=f"arn:aws:ecr:{region}:{private['account']}:repository/{private['repository']}",
        )
        repository.grant_pull(puller)
        cdk.Annotations.of(scope).acknowledge_warning(
            "@aws-cdk/aws-ecs:ecrImageRequiresPolicy", "The permission to pull is granted above."
        )
    # As it is written: CDK's own image of a repository has one of the four hosts only.
    return ecs.ContainerImage.from_registry(reference)
