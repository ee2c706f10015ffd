"""The filter patterns of CloudWatch Logs: terms, and comparisons of the fields of a JSON event.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

import fnmatch
import json
import operator
import re
from collections.abc import Callable
from typing import Any

Matches = Callable[[str], bool]
_Holds = Callable[[Any], bool]

_TERM = re.compile(r'([?-]?)("(?:[^"\\]|\\.)*"|%[^%]+%|[^\s"]+)')
_TOKEN = re.compile(
    r"""\s*(?:(?P<open>\()|(?P<close>\))|(?P<both>&&)|(?P<either>\|\|)|(?P<compare><=|>=|!=|=|<|>)
    |(?P<text>"(?:[^"\\]|\\.)*")|(?P<regex>%[^%]+%)|(?P<field>\$(?:\.[\w@-]+|\[(?:\d+|\*)\]|\[['"][^'"]+['"]\])+)
    |(?P<word>[^\s()&|=<>!]+))""",
    re.VERBOSE,
)
_STEP = re.compile(r"\.([\w@-]+)|\[(\d+|\*)\]|\[['\"]([^'\"]+)['\"]\]")
_ORDER = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


class PatternError(ValueError):
    """A pattern that cannot be read, or of a kind that is not supported; the message says which."""


def matcher(pattern: str) -> Matches:
    """Return what tells whether an event's message matches. Raises PatternError."""
    text = pattern.strip()
    if text.startswith("["):
        raise PatternError(
            f"filter pattern {text!r}: the rehearsal does not read space-delimited events: use terms or JSON"
        )
    return _json(text) if text.startswith("{") else _terms(text)


def _terms(text: str) -> Matches:
    wanted: dict[str, list[Matches]] = {"": [], "?": [], "-": []}
    for sign, term in _TERM.findall(text):
        wanted[sign].append(_term(term))

    def matches(message: str) -> bool:
        if any(found(message) for found in wanted["-"]):
            return False
        # Beside a term that must be there, those with a question mark do not count.
        if wanted[""] or not wanted["?"]:
            return all(found(message) for found in wanted[""])
        return any(found(message) for found in wanted["?"])

    return matches


def _term(term: str) -> Matches:
    if term.startswith("%"):
        expression = re.compile(term.strip("%"))
        return lambda message: bool(expression.search(message))
    plain = _unquoted(term)
    return lambda message: plain in message


def _unquoted(term: str) -> str:
    return re.sub(r"\\(.)", r"\1", term[1:-1]) if term.startswith('"') else term


def _json(text: str) -> Matches:
    if not text.endswith("}"):
        raise PatternError(f"filter pattern {text!r}: the closing brace is missing")
    holds = _Reader(text).read()

    def matches(message: str) -> bool:
        try:
            event = json.loads(message)
        except ValueError:
            return False
        return isinstance(event, dict) and holds(event)

    return matches


class _Reader:
    """Reads the conditions of a JSON pattern, `&&` before `||`."""

    def __init__(self, text: str) -> None:
        self._text, self._inner, self._at = text, text[1:-1].strip(), 0

    def read(self) -> _Holds:
        holds = self._either()
        if self._at < len(self._inner):
            raise self._unreadable()
        return holds

    def _either(self) -> _Holds:
        parts = [self._both()]
        while self._next("either"):
            parts.append(self._both())
        return lambda event: any(part(event) for part in parts)

    def _both(self) -> _Holds:
        parts = [self._one()]
        while self._next("both"):
            parts.append(self._one())
        return lambda event: all(part(event) for part in parts)

    def _one(self) -> _Holds:
        if self._next("open"):
            inner = self._either()
            if not self._next("close"):
                raise self._unreadable()
            return inner
        field = self._next("field")
        if not field:
            raise self._unreadable()
        steps = _STEP.findall(field)
        test = self._test()
        return lambda event: test(_found(event, steps))

    def _test(self) -> Callable[[list[Any]], bool]:
        """Return a test of the values that a field has: none, one, or those of an array's elements."""
        if compare := self._next("compare"):
            return _comparison(compare, self._value())
        words = f"{self._next('word')} {self._next('word')}".upper()
        known: dict[str, Callable[[list[Any]], bool]] = {
            "IS NULL": lambda values: any(value is None for value in values),
            "IS TRUE": lambda values: any(value is True for value in values),
            "IS FALSE": lambda values: any(value is False for value in values),
            "NOT EXISTS": lambda values: not values,
        }
        if words not in known:
            raise self._unreadable()
        return known[words]

    def _value(self) -> str:
        value = self._next("text") or self._next("regex") or self._next("word")
        if not value:
            raise self._unreadable()
        return value

    def _next(self, kind: str) -> str:
        token = _TOKEN.match(self._inner, self._at)
        if not token or token.lastgroup != kind:
            return ""
        self._at = token.end()
        return str(token[kind])

    def _unreadable(self) -> PatternError:
        return PatternError(
            f"filter pattern {self._text!r}: it cannot be read at {self._inner[self._at :]!r}"
        )


def _found(event: Any, steps: list[tuple[str, str, str]]) -> list[Any]:
    values = [event]
    for name, index, quoted in steps:
        if index == "*":
            values = [each for value in values if isinstance(value, list) for each in value]
        elif index:
            lists = [value for value in values if isinstance(value, list)]
            values = [value[int(index)] for value in lists if int(index) < len(value)]
        else:
            key = name or quoted
            values = [value[key] for value in values if isinstance(value, dict) and key in value]
    return values


def _comparison(compare: str, value: str) -> Callable[[list[Any]], bool]:
    if compare in _ORDER:
        try:
            number = float(value)
        except ValueError:
            raise PatternError(
                f"filter pattern: {compare} compares with a number, not with {value}"
            ) from None
        order = _ORDER[compare]
        return lambda values: any(_is_number(each) and order(each, number) for each in values)
    equal = _equal(value)
    if compare == "=":
        return lambda values: any(equal(each) for each in values)
    return lambda values: any(not equal(each) for each in values)


def _equal(value: str) -> Callable[[Any], bool]:
    if value.startswith("%"):
        expression = re.compile(value.strip("%"))
        return lambda found: bool(expression.search(_text(found)))
    wanted = _unquoted(value)
    if not value.startswith('"'):
        try:
            number = float(value)
        except ValueError:
            pass
        else:
            return lambda found: _is_number(found) and found == number
    # Only the star is a wildcard here.
    expression = re.compile(fnmatch.translate(re.sub(r"([?\[])", r"[\1]", wanted)))
    return lambda found: bool(expression.match(_text(found)))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
