"""What each edit does: both templates synthesized, then compared as the pipeline's check compares them."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import aws_cdk as cdk

from pipeline.changes.edits import Edit, reference, with_fields
from pipeline.check.deployed import SERVICES_WITH_ROLES, UNKNOWN_QUOTAS, Body
from portal_stage.config import Environment
from portal_stage.errors import ConfigurationError
from portal_stage.stage import PortalStage
from rehearsal.refusals import Account
from rehearsal.refusals.deployment import StackChange, deploy, deployed

ROOT = Path(__file__).resolve().parents[2]
TOOLS_ACCOUNT = "444444444444"


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What an edit does: `problem` is the configuration's own sentence, or else `stacks` tell."""

    edit: Edit
    problem: str = ""
    stacks: tuple[StackChange, ...] = ()


def effects(edits: Sequence[Edit], folder: Path) -> list[Effect]:
    """Return the effect of each edit, in their order. Takes half a second an edit; synthesizes into `folder`."""
    befores = {
        str(sorted(edit.before)): _bodies(with_fields(reference(), edit.before), folder) for edit in edits
    }
    return [_effect(edit, befores[str(sorted(edit.before))], folder) for edit in edits]


def _effect(edit: Edit, before: list[Body], folder: Path) -> Effect:
    try:
        after = with_fields(reference(), {**edit.before, edit.path: edit.value})
    except ConfigurationError as error:
        return Effect(edit=edit, problem=str(error))
    return Effect(edit=edit, stacks=_compared(before, _bodies(after, folder)))


def _bodies(environment: Environment, folder: Path) -> list[Body]:
    """The templates of an app of their own: the path of a construct is part of some names."""
    flags = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    flags["aws:cdk:disable-asset-staging"] = True
    app = cdk.App(outdir=tempfile.mkdtemp(dir=folder), context=flags, analytics_reporting=False)
    stage = PortalStage(app, "dev", environment=environment, tools_account=TOOLS_ACCOUNT)
    assembly = app.synth().get_nested_assembly(stage.artifact_id)
    return [
        Body(
            stack=stack.stack_name,
            account=stack.account,
            region=stack.region,
            body=json.loads((Path(assembly.directory) / stack.template_file).read_text(encoding="utf-8")),
        )
        for stack in (stage.foundation, stage.data, stage.portal)
    ]


def _compared(before: list[Body], after: list[Body]) -> tuple[StackChange, ...]:
    first = before[0]
    account = Account(
        id=first.account,
        region=first.region,
        roles=None,
        service_linked=SERVICES_WITH_ROLES,
        gateway_logs=True,
        stacks=deployed(before),
    )
    accounts: Mapping[str, Account] = {account.id: account}
    if after[0].account != first.account:
        accounts = {
            **accounts,
            after[0].account: Account(
                id=after[0].account,
                region=first.region,
                roles=None,
                service_linked=SERVICES_WITH_ROLES,
                gateway_logs=True,
            ),
        }
    return tuple(deploy(after, accounts, quotas=UNKNOWN_QUOTAS))
