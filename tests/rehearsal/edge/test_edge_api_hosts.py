"""A client that connects to AWS's own host names reaches the local AWS, and never AWS."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rehearsal.cloud import Cloud
from rehearsal.edge import Edge
from rehearsal.edge.api_hosts import is_api

ACCOUNT = "222222222222"


@pytest.mark.parametrize(
    "host",
    [
        "rds.amazonaws.com",
        "queue.amazonaws.com",
        "eu-west-1.queue.amazonaws.com",
        "sts.amazonaws.com",
        "sts.us-east-1.amazonaws.com",
        "health.us-east-1.amazonaws.com",
        "api.ecr.us-east-1.amazonaws.com",
        "lambda.us-east-1.api.aws",
        "ec2.cn-north-1.amazonaws.com.cn",
    ],
)
def test_endpoints_of_apis_are_known(host: str) -> None:
    assert is_api(host)


@pytest.mark.parametrize(
    "host",
    [
        "s3.amazonaws.com",
        "s3.us-east-1.amazonaws.com",
        "bucket.s3.amazonaws.com",
        "bank-123456789012.d.codeartifact.us-east-1.amazonaws.com",
        "public.ecr.aws",
        "amazonaws.com",
        "rds.amazonaws.com.bank.example",
    ],
)
def test_what_serves_downloads_is_none(host: str) -> None:
    assert not is_api(host)


def _environment(cloud: Cloud, edge: Edge, home: Path) -> dict[str, str]:
    return {
        **edge.environment(),
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "rehearsal",
    }


@pytest.mark.parametrize("service", ["rds", "docdb", "neptune"])
def test_the_aws_cli_reaches_the_services_whose_host_it_chooses_itself(
    cloud: Cloud, edge: Edge, service: str, tmp_path: Path
) -> None:
    cloud.client("rds", ACCOUNT).create_db_cluster_parameter_group(
        DBClusterParameterGroupName=f"of-{service}",
        DBParameterGroupFamily="aurora-postgresql17",
        Description="here",
    )

    done = subprocess.run(
        [str(Path(sys.executable).with_name("aws")), service, "describe-db-cluster-parameter-groups"],
        env=_environment(cloud, edge, tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert f"of-{service}" in done.stdout, done.stderr


def test_a_client_without_an_endpoint_reaches_the_local_aws(cloud: Cloud, edge: Edge, tmp_path: Path) -> None:
    environment = _environment(cloud, edge, tmp_path)
    del environment["AWS_ENDPOINT_URL"]

    done = subprocess.run(
        [str(Path(sys.executable).with_name("aws")), "sts", "get-caller-identity", "--output", "text"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ACCOUNT in done.stdout, done.stderr
