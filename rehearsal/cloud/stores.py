"""The emulator's resources as they lie in its memory: taken out for a snapshot, put back into a new process.

Its own persistence leaves out what a rehearsal needs (objects in S3, private keys, temporary credentials), and
its JSON turns tuples into lists. Its stores hold nothing but data, so they are taken as they are.
"""

import importlib
import sys
from collections.abc import Iterator
from typing import Any

Stores = dict[tuple[str, str], Any]
"""Contents by the emulator's module and the name of the store in it."""

_PACKAGE = "ministack."
# What is not in one of the emulator's scoped dictionaries and must still be there afterwards.
_PLAIN = (
    ("ministack.services.apigateway_v1", "_quota_state"),
    ("ministack.services.cloudfront", "_vpc_origin_etags_issued"),
    ("ministack.services.ec2", "_default_initialized_scopes"),
    ("ministack.services.sts", "_sessions"),
)


def take() -> Stores:
    """The contents of every store that holds something; the values are the emulator's own, not copies."""
    scoped = {place: dict(store._data) for place, store in _scoped() if store._data}
    plain = {
        (module, name): getattr(sys.modules[module], name) for module, name in _PLAIN if module in sys.modules
    }
    return {**scoped, **plain}


def put_back(stores: Stores) -> None:
    """Fill the stores again. Raises KeyError for a store that this emulator does not have."""
    for module, _ in stores:
        importlib.import_module(module)
    known = dict(_scoped())
    for place, content in stores.items():
        module, name = place
        store = getattr(sys.modules[module], name) if place in _PLAIN else known[place]._data
        store.clear()
        store.update(content)
    _end_tasks()


def unsettled() -> list[str]:
    """The stacks that are being changed at this moment."""
    from ministack.services import cloudformation

    return [
        f"{stack['StackName']} {status}"
        for stack in list(cloudformation._stacks._data.values())
        if (status := str(stack.get("StackStatus"))).endswith("_IN_PROGRESS")
        and status != "REVIEW_IN_PROGRESS"
    ]


def _scoped() -> Iterator[tuple[tuple[str, str], Any]]:
    """Each of the emulator's dictionaries by account (and Region), once, however many modules import it."""
    from ministack.core.responses import AccountRegionScopedDict, AccountScopedDict

    seen: set[int] = set()
    for module_name, module in sorted(sys.modules.items()):
        for name, value in list(vars(module).items()) if module_name.startswith(_PACKAGE) else ():
            if isinstance(value, AccountScopedDict | AccountRegionScopedDict) and id(value) not in seen:
                seen.add(id(value))
                yield (module_name, name), value


def _end_tasks() -> None:
    """Their processes are gone: the emulator's own rule for that, and what DescribeTasks tells of such a task."""
    from ministack.services import ecs

    ecs._restore_state(ecs.get_state())
    for task in ecs._tasks._data.values():
        if task["desiredStatus"] != "STOPPED":
            task |= {"desiredStatus": "STOPPED", "stoppedReason": "Host terminated", "stoppedAt": ecs._iso()}
