"""Where a service's image comes from: a reference in its configuration, or the stand-in that is built here."""

from __future__ import annotations

import re
from pathlib import Path

from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_ecs as ecs
from constructs import Construct

_CONTAINERS = Path(__file__).parents[2] / "containers"
_PRIVATE_ECR = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com/"
    r"(?P<repository>[\w./-]+?)[:@](?P<version>(?:sha256:)?[\w.-]+)"
)


def is_in_ecr(reference: str | None) -> bool:
    """Whether pulling it takes an ECR login; the images of a public registry take none."""
    return reference is None or _PRIVATE_ECR.fullmatch(reference) is not None


def container_image(scope: Construct, kind: str, *, reference: str | None) -> ecs.ContainerImage:
    """The image of the service `kind`; one in a private ECR repository comes with the permission to pull it."""
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
        repository = ecr.Repository.from_repository_attributes(
            scope,
            "Repository",
            repository_name=private["repository"],
            repository_arn=(
                f"arn:aws:ecr:{private['region']}:{private['account']}:repository/{private['repository']}"
            ),
        )
        return ecs.ContainerImage.from_ecr_repository(repository, private["version"])
    return ecs.ContainerImage.from_registry(reference)
