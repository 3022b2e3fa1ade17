"""What the components of one program share.

Shared objects live as long as the connection to the engine, so a program that runs twice in one process (as with
Pulumi's Automation API) starts afresh. In a plugin every component has its own connection, and the process serves only
one run; there, objects shared between components live as long as the process.
"""

import asyncio
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime import settings as runtime_settings
from pulumi.runtime.mocks import MockMonitor

from eks_pod_identity.errors import Problem
from pulumi_eks_pod_identity.errors import PodIdentityInputError

T = TypeVar("T")

inside_plugin: ContextVar[bool] = ContextVar("inside_plugin", default=False)
"""Whether the components are constructed for a program in another language."""


def late_input_error(subject: str, problems: Iterable[Problem]) -> pulumi.InputPropertiesError:
    """Return the error for problems that are found when an Output resolves.

    The constructor has returned by then, so in the plugin our code cannot catch the error to spell it in camelCase.
    """
    error = PodIdentityInputError(subject, problems)
    return error.respell() if inside_plugin.get() else error


class _Owner:
    """Owns shared objects where the connection cannot: in a plugin, and in each run under mocks."""


_PLUGIN_PROCESS = _Owner()
_SHARED: WeakKeyDictionary[Any, dict[type, Any]] = WeakKeyDictionary()


def get_for_run(cls: type[T]) -> T:
    """Return the only object of *cls* in this run of the program.

    Tests share the connection that `set_mocks` makes, and each may run the program again. There, each
    `pulumi.runtime.test` is a run.
    """
    monitor = runtime_settings.get_monitor()
    if isinstance(monitor, MockMonitor):
        return _get(_mocked_run(monitor), cls)
    return _get(_PLUGIN_PROCESS if inside_plugin.get() else monitor, cls)


_mocked: ContextVar[tuple[MockMonitor, _Owner] | None] = ContextVar("mocked", default=None)
"""The run of a test, with its connection. Tasks of the test see it; the next test does not."""


def _mocked_run(monitor: MockMonitor) -> object:
    known = _mocked.get()
    if known is not None and known[0] is monitor:
        return known[1]
    run = _Owner()
    try:
        if asyncio.current_task() is not None:
            _mocked.set((monitor, run))
    except RuntimeError:
        pass  # no event loop runs, so nothing tells one test from the next
    return run


def get_for_connection(cls: type[T]) -> T:
    """Return the only object of *cls* on this connection to the engine; hooks belong to a connection."""
    return _get(runtime_settings.get_monitor(), cls)


def _get(owner: object, cls: type[T]) -> T:
    objects = _SHARED.setdefault(owner, {})
    if cls not in objects:
        objects[cls] = cls()
    return objects[cls]
