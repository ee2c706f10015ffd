"""Who acts: the pipeline's role, an action's role or a build's, each with temporary credentials of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.cloud import Cloud
from rehearsal.cloud.auth import CODEBUILD, CODEPIPELINE, NotTrusted, assumed
from rehearsal.cloud.here import client_with

from .errors import ActionFailed


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
        return client_with(
            service,
            self.region,
            access_key=self.access_key,
            secret_key=self.secret_key,
            token=self.token,
            endpoint=self.cloud.endpoint,
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
        try:
            made = self.client("sts").assume_role(RoleArn=role_arn, RoleSessionName=session)["Credentials"]
        except ClientError as error:
            raise ActionFailed(error.response["Error"]["Message"]) from error
        return _made(self.cloud, role_arn, made, region=self.region)


def of_pipeline(cloud: Cloud, role_arn: str, *, session: str, region: str) -> Credentials:
    """The role of a pipeline. Raises ActionFailed when CodePipeline may not take it."""
    return _of_service(cloud, CODEPIPELINE, role_arn, session=session, region=region)


def of_build(cloud: Cloud, project: Mapping[str, Any], build_id: str) -> Credentials:
    """The service role of a build's project. Raises ActionFailed when CodeBuild may not take it."""
    session = f"AWSCodeBuild-{build_id.rpartition(':')[2]}"
    region = project["arn"].split(":")[3]
    return _of_service(cloud, CODEBUILD, project["serviceRole"], session=session, region=region)


def _of_service(cloud: Cloud, service: str, role_arn: str, *, session: str, region: str) -> Credentials:
    try:
        made = assumed(role_arn, service=service, session=session)
    except NotTrusted as error:
        raise ActionFailed(str(error)) from error
    return _made(cloud, role_arn, made, region=region)


def _made(cloud: Cloud, role_arn: str, made: Mapping[str, Any], *, region: str) -> Credentials:
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
