"""CloudFormation: a template is read from the bucket that its URL names, whichever account owns that."""

from typing import Any
from urllib.parse import urlparse


def apply() -> None:
    """Lets a template come from another account's bucket; whoever names it sees that the policies allow it."""
    from ministack.core.responses import get_region, request_scope
    from ministack.services import s3
    from ministack.services.cloudformation import helpers

    resolve = helpers._resolve_document

    def resolve_document(params: dict[str, Any], body_key: str, url_key: str, label: str) -> Any:
        url = helpers._p(params, url_key)
        bucket = urlparse(url).path.lstrip("/").partition("/")[0] if url else ""
        owner = s3._bucket_owner_account(bucket) if bucket else None
        if owner is None:
            return resolve(params, body_key, url_key, label)
        with request_scope(owner, get_region()):
            return resolve(params, body_key, url_key, label)

    helpers._resolve_document = resolve_document
