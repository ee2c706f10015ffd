"""The host names of AWS's own APIs: a client that does not read AWS_ENDPOINT_URL connects to one of them.

The AWS CLI v1 does so for `rds`, `sqs`, `docdb`, `neptune` and `health` in us-east-1, whatever the environment says
(awscli/customizations/overridesslcommonname.py), and SDKs that are older than the variable do so for every service.
"""

import functools
import re

import botocore.loaders

_DOMAINS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d+")
# Packages are downloaded from here, by npm's and pip's own programs, without credentials.
_DOWNLOADS = "s3"


def is_api(host: str) -> bool:
    """Return whether a host is the endpoint of an AWS API, such as `rds.amazonaws.com`; S3's are not among them."""
    domain = next((domain for domain in _DOMAINS if host.endswith(domain)), None)
    if domain is None:
        return False
    labels = [label for label in host.removesuffix(domain).split(".") if not _REGION.fullmatch(label)]
    if not labels or labels[-1].startswith(_DOWNLOADS):
        return False
    return len(labels) == 1 or ".".join(labels) in _two_labels()


@functools.cache
def _two_labels() -> frozenset[str]:
    """Return the services whose endpoint has two labels before the Region, such as `api.ecr`."""
    partitions = botocore.loaders.create_loader().load_data("endpoints")["partitions"]
    return frozenset(name for partition in partitions for name in partition["services"] if "." in name)
