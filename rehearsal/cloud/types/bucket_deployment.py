"""`Custom::CDKBucketDeployment` without its function, which runs the AWS CLI out of a Lambda layer."""

import fnmatch
import io
import mimetypes
import uuid
import zipfile
from typing import Any

from ..here import client
from ..registry import Created, Properties, register

TYPE = "Custom::CDKBucketDeployment"
_METADATA = {
    "cache-control": "CacheControl",
    "content-type": "ContentType",
    "content-disposition": "ContentDisposition",
    "content-encoding": "ContentEncoding",
    "content-language": "ContentLanguage",
    "storage-class": "StorageClass",
    "website-redirect": "WebsiteRedirectLocation",
}


def _true(value: Any) -> bool:
    return str(value).lower() == "true"


def _prefix(properties: Properties) -> str:
    prefix = str(properties.get("DestinationBucketKeyPrefix", "")).strip("/")
    return f"{prefix}/" if prefix else ""


def _wanted(name: str, properties: Properties) -> bool:
    """As `aws s3 sync --exclude ... --include ...` chooses: the last pattern that matches decides."""
    excluded = any(fnmatch.fnmatch(name, pattern) for pattern in properties.get("Exclude", []))
    return not excluded or any(fnmatch.fnmatch(name, pattern) for pattern in properties.get("Include", []))


def _sources(properties: Properties) -> dict[str, bytes]:
    """Every file by its name below the destination, with the markers of deploy-time values replaced."""
    files: dict[str, bytes] = {}
    pairs = zip(properties["SourceBucketNames"], properties["SourceObjectKeys"], strict=True)
    markers = properties.get("SourceMarkers") or []
    for position, (bucket, key) in enumerate(pairs):
        body = client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        if not _true(properties.get("Extract", True)):
            files[key.rsplit("/", 1)[-1]] = body
            continue
        values = markers[position] if position < len(markers) else {}
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for name in archive.namelist():
                if not name.endswith("/"):
                    content = archive.read(name)
                    for marker, value in values.items():
                        content = content.replace(marker.encode(), str(value).encode())
                    files[name] = content
    return {name: content for name, content in files.items() if _wanted(name, properties)}


def _synchronize(properties: Properties) -> None:
    s3, bucket, prefix = client("s3"), properties["DestinationBucketName"], _prefix(properties)
    files = _sources(properties)
    declared = properties.get("SystemMetadata") or {}
    system = {_METADATA[name]: value for name, value in declared.items() if name in _METADATA}
    for name, content in files.items():
        guessed = {"ContentType": mimetypes.guess_type(name)[0] or "binary/octet-stream"}
        metadata = {"Metadata": properties["UserMetadata"]} if properties.get("UserMetadata") else {}
        s3.put_object(Bucket=bucket, Key=prefix + name, Body=content, **(guessed | system), **metadata)
    if _true(properties.get("Prune", True)):
        kept = {prefix + name for name in files}
        for key in _keys(bucket, prefix):
            if key not in kept and _wanted(key.removeprefix(prefix), properties):
                s3.delete_object(Bucket=bucket, Key=key)
    if distribution := properties.get("DistributionId"):
        paths = properties.get("DistributionPaths") or [f"/{prefix}*"]
        client("cloudfront").create_invalidation(
            DistributionId=distribution,
            InvalidationBatch={
                "Paths": {"Quantity": len(paths), "Items": paths},
                "CallerReference": str(uuid.uuid4()),
            },
        )


def _keys(bucket: str, prefix: str) -> list[str]:
    pages = client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return [entry["Key"] for page in pages for entry in page.get("Contents", [])]


def _attributes(properties: Properties) -> dict[str, Any]:
    answer = {"DestinationBucketArn": f"arn:aws:s3:::{properties['DestinationBucketName']}"}
    if _true(properties.get("OutputObjectKeys", True)):
        answer["SourceObjectKeys"] = properties["SourceObjectKeys"]
    return answer


def _create(_: str, properties: Properties, __: str) -> Created:
    _synchronize(properties)
    return f"aws.cdk.s3deployment.{uuid.uuid4()}", _attributes(properties)


def _update(physical_id: str, old: Properties, new: Properties, _: str) -> Created:
    moved = any(
        old.get(name) != new.get(name) for name in ("DestinationBucketName", "DestinationBucketKeyPrefix")
    )
    if moved:
        _delete(physical_id, old)
    _synchronize(new)
    return physical_id, _attributes(new)


def _delete(_: str, properties: Properties) -> None:
    if _true(properties.get("RetainOnDelete", True)):
        return
    bucket = properties["DestinationBucketName"]
    for key in _keys(bucket, _prefix(properties)):
        client("s3").delete_object(Bucket=bucket, Key=key)


def register_deployment() -> None:
    """Lets CloudFormation use it in place of the function."""
    register(TYPE, create=_create, update=_update, delete=_delete)
