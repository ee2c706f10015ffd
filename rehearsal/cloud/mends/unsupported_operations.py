"""Refuses the calls of the table `unsupported`, and every call of a service that the emulator does not have."""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from ..here import OWN_USER_AGENT
from ..unsupported import TABLE, sentence_for

Answer = tuple[int, dict[str, str], bytes]
Handler = Callable[[str, str, dict[str, str], bytes, Any], Awaitable[Answer]]
CODE = "NotRehearsed"


def apply() -> None:
    """Ask the table before the emulator's own handlers, and name the services that have none."""
    from ministack import app

    handlers = _Handlers(app.SERVICE_HANDLERS)
    for service in {row.service for row in TABLE}:
        handlers[service] = _asking(service, handlers[service])
    app.SERVICE_HANDLERS = handlers


class _Handlers(dict[str, Handler]):
    """The emulator's handlers by service; it takes one by `get`, and answers without a message where that is None."""

    def get(self, service: str, default: Any = None) -> Any:  # noqa: ARG002 - as dict's
        return self[service] if service in self else _missing(service)


def _missing(service: str) -> Handler:
    async def handle(_method: str, _path: str, headers: dict[str, str], _body: bytes, _query: Any) -> Answer:
        return _refused(f"the rehearsal has no API of {service}: nothing was asked of AWS either.", headers)

    return handle


def _asking(service: str, handler: Handler) -> Handler:
    async def handle(method: str, path: str, headers: dict[str, str], body: bytes, query: Any) -> Answer:
        if OWN_USER_AGENT not in headers.get("user-agent", ""):
            operation, parameters = _request(headers, body, query)
            sentence = sentence_for(service, operation, parameters)
            if sentence:
                return _refused(sentence, headers)
        return await handler(method, path, headers, body, query)

    return handle


def _request(headers: dict[str, str], body: bytes, query: Any) -> tuple[str, dict[str, str]]:
    """Return the operation and its top-level parameters, of AWS's query protocol or of its JSON protocols."""
    target = headers.get("x-amz-target", "")
    if target:
        try:
            given = json.loads(body or b"{}")
        except ValueError:  # the handler answers what no JSON is
            given = {}
        return target.rpartition(".")[2], {name: str(value) for name, value in given.items()}
    fields = {**{name: _first(value) for name, value in (query or {}).items()}}
    fields |= {name: _first(value) for name, value in parse_qs(body.decode("utf-8", "replace")).items()}
    return fields.get("Action", ""), fields


def _first(value: Any) -> str:
    return str(value[0]) if isinstance(value, list) and value else str(value)


def _refused(sentence: str, headers: dict[str, str]) -> Answer:
    """Return an error in the form of the request's protocol."""
    from ministack.core.responses import error_response_json, error_response_xml

    if "x-www-form-urlencoded" in headers.get("content-type", ""):
        answer: Answer = error_response_xml(CODE, sentence, 400)
    else:
        answer = error_response_json(CODE, sentence, 400)
    return answer
