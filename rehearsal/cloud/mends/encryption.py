"""S3: a write that asks for KMS without naming a key gets the account's `aws/s3` key, as on AWS."""

from typing import Any

_ALGORITHM = "x-amz-server-side-encryption"
_KEY = "x-amz-server-side-encryption-aws-kms-key-id"


def apply() -> None:
    """Puts AWS's answer in place; cdk-assets writes to the bootstrap bucket in this way."""
    from ministack.core.responses import get_account_id, get_region
    from ministack.services import s3

    resolve = s3._resolve_sse_write_headers

    def resolve_sse_write_headers(headers: dict[str, str], bucket_name: str) -> Any:
        if headers.get(_ALGORITHM) == "aws:kms" and not headers.get(_KEY):
            managed = f"arn:aws:kms:{get_region()}:{get_account_id()}:alias/aws/s3"
            headers = {**headers, _KEY: managed}
        return resolve(headers, bucket_name)

    s3._resolve_sse_write_headers = resolve_sse_write_headers
