"""Who acts: the pipeline's role, an action's role or a build's, each with temporary credentials of its own."""

import functools
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from rehearsal.cloud import Cloud
from rehearsal.cloud.here import client_of

from .errors import ActionFailed

# Loopback only, as for every client of the emulator.
_CONFIG = Config(proxies={}, retries={"max_attempts": 0}, connect_timeout=5, read_timeout=300)
_making = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """Temporary credentials of a role; their holder acts in the role's account."""

    cloud: Cloud
    role_arn: str
    region: str
    access_key: str
    secret_key: str = field(repr=False)
    token: str = field(repr=False)

    @property
    def account(self) -> str:
        """The role's account (12 digits)."""
        return _account(self.role_arn)

    def client(self, service: str) -> Any:
        """A boto3 client that signs with these."""
        with _making:  # a session may not be shared between threads that make clients
            return _session().client(
                service,
                endpoint_url=self.cloud.endpoint,
                region_name=self.region,
                aws_access_key_id=self.access_key,
                aws_secret_access_key=self.secret_key,
                aws_session_token=self.token,
                config=_CONFIG,
            )

    def environment(self) -> dict[str, str]:
        """The variables by which every SDK and tool finds them."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_SESSION_TOKEN": self.token,
        }

    def assume(self, role_arn: str, *, session: str) -> "Credentials":
        """Take another role with these. Raises ActionFailed when that may not be."""
        return _assume(self.cloud, self.client("sts"), role_arn, session=session, region=self.region)


def of_service(cloud: Cloud, role_arn: str, *, session: str, region: str) -> Credentials:
    """A role as the service that it trusts takes it. Raises ActionFailed when that may not be."""
    sts = client_of("sts", _account(role_arn), region)
    return _assume(cloud, sts, role_arn, session=session, region=region)


def of_build(cloud: Cloud, project: Mapping[str, Any], build_id: str) -> Credentials:
    """The service role of a build's project. Raises ActionFailed when CodeBuild may not take it."""
    session = f"AWSCodeBuild-{build_id.rpartition(':')[2]}"
    return of_service(cloud, project["serviceRole"], session=session, region=project["arn"].split(":")[3])


def _assume(cloud: Cloud, sts: Any, role_arn: str, *, session: str, region: str) -> Credentials:
    try:
        # The emulator gives credentials of a role that is not there, which AWS does not.
        client_of("iam", _account(role_arn), region).get_role(RoleName=role_arn.rpartition("/")[2])
        made = sts.assume_role(RoleArn=role_arn, RoleSessionName=session)["Credentials"]
    except ClientError as error:
        raise ActionFailed(
            f"not authorized to perform: sts:AssumeRole on resource: {role_arn} ({error.response['Error']['Message']})"
        ) from error
    return Credentials(
        cloud=cloud,
        role_arn=role_arn,
        region=region,
        access_key=made["AccessKeyId"],
        secret_key=made["SecretAccessKey"],
        token=made["SessionToken"],
    )


def _account(role_arn: str) -> str:
    return role_arn.split(":")[4]


@functools.cache
def _session() -> boto3.session.Session:
    return boto3.session.Session()
