"""The qualifier of the CDK bootstrap, which is part of the names of its roles and buckets.

A bank that bootstraps with one of its own writes it into the context of `cdk.json`:
https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html
"""

from __future__ import annotations

import json
from pathlib import Path

import aws_cdk as cdk

KEY = "@aws-cdk/core:bootstrapQualifier"
# CDK's own, as `cdk.DefaultStackSynthesizer.DEFAULT_QUALIFIER`, which would start the CDK at import.
DEFAULT = "hnb659fds"
CDK_JSON = Path(__file__).resolve().parents[1] / "cdk.json"


def qualifier_of(stack: cdk.Stack) -> str:
    """Return the qualifier with which a stack is deployed."""
    return stack.synthesizer.bootstrap_qualifier or DEFAULT


def configured_qualifier(file: Path = CDK_JSON) -> str:
    """Return the qualifier of the project's `cdk.json`."""
    context = json.loads(file.read_text(encoding="utf-8")).get("context", {})
    return str(context.get(KEY, DEFAULT))
