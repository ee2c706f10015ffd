"""A session of boto3 that refuses, on this machine, every call that could change something or read a secret."""

from __future__ import annotations

import re
from typing import Any

import boto3

# AWS's own words for reading. A Get that hands out a secret or a token is no reading.
_READS = re.compile(r"(Describe|List|Get|Filter|BatchGet|Lookup)[A-Z]\w*")
_SECRETS = re.compile(
    r"Get(SecretValue|Parameters?|ParametersByPath|ApiKeys?|\w*Token|AuthorizationToken|Object\w*)"
)


class WouldChange(RuntimeError):  # noqa: N818 - what the caller reads is the condition
    """A call was stopped before it left this machine, because it is not one that only reads."""


def session(region: str, profile: str | None = None) -> Any:
    """The present credentials, for reading; no client of this session sends anything else."""
    made = boto3.Session(region_name=region, profile_name=profile)
    made.events.register_first("before-call.*.*", _refuse_unless_it_reads)
    return made


def reads(operation: str) -> bool:
    """Whether an operation of AWS only reads, and hands out no secret; judged by its name."""
    return bool(_READS.fullmatch(operation)) and not _SECRETS.fullmatch(operation)


def _refuse_unless_it_reads(model: Any, **_: object) -> None:
    if not reads(model.name):
        service = model.service_model.service_name
        raise WouldChange(f"{service}:{model.name} does not only read, so it was not sent")
