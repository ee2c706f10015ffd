"""The real cdk-assets publishes an image asset with the program for CDK_DOCKER."""

import json
import os
import subprocess
from pathlib import Path

from rehearsal.cloud import Cloud
from rehearsal.runtime import docker_hook
from rehearsal.runtime.images import ImageStore
from rehearsal.runtime.node import NODE

ROOT = Path(__file__).parents[2]
ACCOUNT = "111111111111"
HASH = "a" * 64


def assembly(folder: Path) -> Path:
    """An asset manifest with one image, as the CDK writes it."""
    asset = folder / f"asset.{HASH}"
    asset.mkdir(parents=True)
    (asset / "Dockerfile").write_text(
        'FROM node:24-slim\nCOPY server.mjs /app/\nCMD ["node", "/app/server.mjs"]\n'
    )
    (asset / "server.mjs").write_text("")
    destination = {"region": "us-east-1", "repositoryName": "container-assets", "imageTag": HASH}
    image = {
        "source": {"directory": asset.name, "platform": "linux/arm64"},
        "destinations": {"here": destination},
    }
    manifest = folder / "portal.assets.json"
    manifest.write_text(json.dumps({"version": "54.0.0", "dockerImages": {HASH: image}}))
    return manifest


def test_cdk_assets_builds_and_pushes_once(tmp_path: Path) -> None:
    manifest = assembly(tmp_path / "assembly")
    with Cloud(tmp_path / "state") as cloud:
        cloud.client("ecr", ACCOUNT).create_repository(repositoryName="container-assets")

        def publish() -> str:
            result = subprocess.run(
                [
                    NODE,
                    ROOT / "node_modules" / ".bin" / "cdk-assets",
                    "publish",
                    "--path",
                    manifest,
                    "--verbose",
                ],
                env={
                    "PATH": os.environ["PATH"],
                    "HOME": str(tmp_path),
                    "AWS_ENDPOINT_URL": cloud.endpoint,
                    "AWS_REGION": "us-east-1",
                    "AWS_ACCESS_KEY_ID": ACCOUNT,
                    "AWS_SECRET_ACCESS_KEY": "rehearsal",
                    "CDK_DOCKER": str(docker_hook.write(tmp_path / "state")),
                },
                capture_output=True,
                text=True,
                check=False,
            )
            assert result.returncode == 0, result.stdout + result.stderr
            return result.stdout + result.stderr

        first, second = publish(), publish()

        details = cloud.client("ecr", ACCOUNT).describe_images(
            repositoryName="container-assets", imageIds=[{"imageTag": HASH}]
        )["imageDetails"]
    uri = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/container-assets:{HASH}"
    image = ImageStore(tmp_path / "state" / "images").find(uri)
    assert image is not None
    assert [each["imageDigest"] for each in details] == [image.digest]
    assert "Building Docker image" in first
    assert "Building Docker image" not in second
