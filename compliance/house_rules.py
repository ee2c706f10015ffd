"""The house rules: one file each in `rules/`, in CloudFormation Guard's language, which auditors read."""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk

FOLDER = Path(__file__).parent / "rules"


def plugin() -> cdk.CloudFormationValidatePlugin:
    """CDK's own validator with the house rules on top of its built-in ones."""
    sources = [
        cdk.ValidationRuleSource(name=file.name, content=file.read_text(encoding="utf-8")) for file in files()
    ]
    return cdk.CloudFormationValidatePlugin(guard_rules=sources)


def files() -> list[Path]:
    """The rules' files, by name."""
    return sorted(FOLDER.glob("*.guard"))
