"""Answers in pages: a token says behind which item the next page begins."""

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from .call import Call
from .errors import RefusedError

_Item = TypeVar("_Item")
_NOT_THE_QUESTION = ("nextToken", "maxResults")


def page(
    call: Call,
    items: Sequence[_Item],
    *,
    key: Callable[[_Item], str],
    longest: int,
    refusal: str = "InvalidNextTokenException",
) -> tuple[list[_Item], str | None]:
    """The page that the request asks for, and the token of the next one, None on the last.

    `key` identifies an item among the others, `longest` is how many a page has unless maxResults asks for fewer.
    Raises RefusedError with the code `refusal` for a token that is not of this question.
    """
    size = min(call.parameters.get("maxResults", longest), longest)
    question = _digest(call)
    token = call.parameters.get("nextToken")
    start = 0
    if token is not None:
        keys = [key(item) for item in items]
        try:
            asked, last = json.loads(base64.urlsafe_b64decode(token.encode()))
            start = keys.index(last) + 1
        except (ValueError, TypeError, RecursionError):
            asked = None
        if asked != question:
            raise RefusedError(refusal, "The next token is not valid")
    chosen = list(items[start : start + size])
    if start + size >= len(items):
        return chosen, None
    following = json.dumps([question, key(chosen[-1])]).encode()
    return chosen, base64.urlsafe_b64encode(following).decode()


def _digest(call: Call) -> str:
    asked: dict[str, Any] = {k: v for k, v in call.parameters.items() if k not in _NOT_THE_QUESTION}
    text = json.dumps([call.account, call.region, call.operation, asked], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
