"""CloudFormation: a change that AWS would refuse fails here too, before anything of it is made.

On AWS most of these fail in the middle of a deployment, which is then rolled back; here the change set fails at once,
with AWS's words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.refusals import Account, Change, Template, read, refused

Handler = Callable[[Mapping[str, Any]], Any]
# A stack in one of these has nothing deployed.
_EMPTY = ("REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "DELETE_COMPLETE")

_LINKED = "/aws-service-role/"
_raised: dict[str, int] = {}


def raise_quotas(quotas: Mapping[str, int]) -> None:
    """Let the accounts have these instead of AWS's default quotas, by their code in Service Quotas."""
    _raised.clear()
    _raised.update(quotas)


def raised_quotas() -> Mapping[str, int]:
    """Those that were raised."""
    return dict(_raised)


def apply() -> None:
    """Lets each operation that deploys ask the table of refusals first."""
    from ministack.services.cloudformation import handlers as emulated

    handlers = emulated._ACTION_HANDLERS
    handlers["CreateChangeSet"] = _failing_change_set(handlers["CreateChangeSet"])
    for action in ("CreateStack", "UpdateStack"):
        handlers[action] = _refusing(handlers[action], created=action == "CreateStack")


def _failing_change_set(create: Handler) -> Handler:
    """A change set that CloudFormation has made fails, as one does that the account cannot execute."""

    def create_change_set(parameters: Mapping[str, Any]) -> Any:
        from ministack.services.cloudformation import _change_sets

        answer = create(parameters)
        made = re.search(r"<Id>([^<]+)</Id>", str(answer[2]))
        change_set = _change_sets.get(made.group(1)) if answer[0] == 200 and made else None
        if change_set:
            change = _change(change_set["StackName"], change_set["_template"], change_set["_resolved_params"])
            # The emulator fails a change of outputs alone for want of changes; an export may be among them.
            exports = change.before.exports if change.before else {}
            happens = change_set["Status"] == "CREATE_COMPLETE" or exports != change.template.exports
            if happens and (reasons := refused(change)):
                change_set |= {
                    "Status": "FAILED",
                    "ExecutionStatus": "UNAVAILABLE",
                    "StatusReason": "\n".join(reasons),
                }
        return answer

    return create_change_set


def _refusing(deploy: Handler, *, created: bool) -> Handler:
    """The request fails, before the stack knows of it."""

    def deploy_unless_refused(parameters: Mapping[str, Any]) -> Any:
        from ministack.services.cloudformation import _stacks, engine, helpers

        name = helpers._p(parameters, "StackName")
        body, _ = helpers._resolve_template(parameters)
        if not body:  # the former template, or a request that is answered with its own mistake
            return deploy(parameters)
        stack = _stacks.get(name) or {}
        given = helpers._extract_members(parameters, "Parameters")
        former = {} if created else stack.get("_resolved_params", {})
        try:
            template = engine._apply_transforms(engine._parse_template(body), given, former)
            values = engine._resolve_parameters(template, given, former)
        except Exception:  # the operation itself tells what is wrong
            return deploy(parameters)
        reasons = refused(_change(stack.get("StackName", name), template, values))
        return helpers._error("ValidationError", "\n".join(reasons)) if reasons else deploy(parameters)

    return deploy_unless_refused


def _change(stack: str, template: Mapping[str, Any], parameters: Mapping[str, Any]) -> Change:
    from ministack.core.responses import get_account_id, get_region

    account, region = get_account_id(), get_region()
    accounts = {id_: _account(id_, region) for id_ in {account, *_known()}}
    view = _view(stack, template, parameters, account=account, region=region)
    return Change(template=view, accounts=accounts, quotas=_raised)


def _known() -> set[str]:
    """The accounts that have a stack: those that somebody bootstrapped."""
    from ministack.services.cloudformation import _stacks

    return {account for account, _, _ in list(_stacks._data)}


def _account(id_: str, region: str) -> Account:
    from ministack.core.responses import request_scope
    from ministack.services import apigateway_v1, iam
    from ministack.services.cloudformation import _stacks

    with request_scope(id_, region):
        deployed = {
            name: _view(name, stack["_template"], stack["_resolved_params"], account=id_, region=region)
            for name, stack in list(_stacks.items())
            if stack["StackStatus"] not in _EMPTY and stack.get("_template")
        }
        settings = apigateway_v1._account_settings.get("settings") or {}
        return Account(
            id=id_,
            region=region,
            roles=frozenset(iam._roles),
            service_linked=frozenset(
                role["Path"].split("/")[2] for role in iam._roles.values() if role["Path"].startswith(_LINKED)
            ),
            gateway_logs=bool(settings.get("cloudwatchRoleArn")),
            stacks=deployed,
        )


def _view(
    stack: str, template: Mapping[str, Any], parameters: Mapping[str, Any], *, account: str, region: str
) -> Template:
    from ministack.services.cloudformation import _exports

    return read(
        template,
        stack=stack,
        account=account,
        region=region,
        parameters={name: parameter["Value"] for name, parameter in parameters.items()},
        exports={name: str(export["Value"]) for name, export in _exports.items()},
    )
