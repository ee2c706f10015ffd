"""The checks in their order, and what they answered, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from botocore.exceptions import BotoCoreError, ClientError
from dns.exception import DNSException

from pipeline.preflight import account, names, quotas
from pipeline.preflight.asking import Answer, Asked, Check

CHECKS: tuple[Check, ...] = (
    account.bootstrap_version,
    account.bootstrap_trust,
    account.execution_policies,
    account.service_linked_roles,
    account.gateway_logs,
    account.connection,
    account.zones,
    names.hosted_zone,
    names.delegation,
    names.names_are_free,
    quotas.resource_quotas,
    quotas.instance_quota,
    quotas.fargate_quotas,
)


def answers(asked: Asked) -> Iterator[Answer]:
    """Every check's sentences; one that could not ask says why, and counts as a no."""
    for check in CHECKS:
        name = check.__name__.replace("_", " ")
        try:
            for ok, sentence in check(asked):
                yield Answer(check=name, ok=ok, sentence=sentence)
        except (BotoCoreError, ClientError, DNSException) as error:
            yield Answer(check=name, ok=False, sentence=f"could not ask: {error}")


def as_text(answer: Answer) -> str:
    """A line for people."""
    return f"{'✓' if answer.ok else '✗'} {answer.check}: {answer.sentence}"


def as_json(asked: Asked, said: Sequence[Answer]) -> str:
    """Everything, for a program."""
    listed = [{"check": each.check, "ok": each.ok, "sentence": each.sentence} for each in said]
    ready = all(each.ok for each in said)
    return json.dumps({"account": asked.account, "ready": ready, "answers": listed}, indent=2)
