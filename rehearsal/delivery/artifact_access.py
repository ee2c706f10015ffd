"""Whether a role of another account may read the pipeline's artifacts: by the bucket's policy and by the key's."""

import json
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.cloud.here import client_of

from .credentials import Credentials
from .errors import ActionFailed
from .pipelines import DeployedPipeline


def check_artifacts_are_readable(pipeline: DeployedPipeline, reader: Credentials) -> None:
    """Both policies name the reader. Within the pipeline's account the reader's own policies would do instead.

    Raises ActionFailed with what is missing: on AWS the action could not read its input.
    """
    if reader.account == pipeline.account:
        return
    store = pipeline.declaration["artifactStore"]
    bucket, key = store["location"], store.get("encryptionKey", {}).get("id")
    if key is None:
        raise ActionFailed(
            f"{reader.role_arn} cannot read the artifacts: they are encrypted with the key aws/s3, which no other "
            "account can use; give the pipeline's artifact store a key of its own"
        )
    for action, resource, policy in (
        ("s3:GetObject", f"arn:aws:s3:::{bucket}/{pipeline.name}/*", _bucket_policy(pipeline, bucket)),
        ("kms:Decrypt", key, _key_policy(pipeline, key)),
    ):
        if not _allows(policy, reader, action, resource, pipeline.region):
            raise ActionFailed(
                f"{reader.role_arn} is not authorized to perform: {action} on resource: {resource} "
                "because no resource-based policy allows it"
            )


def _bucket_policy(pipeline: DeployedPipeline, bucket: str) -> Any:
    try:
        answer = client_of("s3", pipeline.account, pipeline.region).get_bucket_policy(Bucket=bucket)
    except ClientError:  # a bucket without one
        return {}
    return json.loads(answer["Policy"])


def _key_policy(pipeline: DeployedPipeline, key: str) -> Any:
    kms = client_of("kms", pipeline.account, pipeline.region)
    return json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])


def _allows(policy: Any, reader: Credentials, action: str, resource: str, region: str) -> bool:
    from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy

    asked = EvalContext(
        principal_arn=reader.role_arn,
        principal_type="AssumedRole",
        principal_account=reader.account,
        action=action,
        resource_arn=resource,
        region=region,
        secure_transport=True,
    )
    return bool(evaluate_resource_policy(policy, asked).decision == "Allow")
