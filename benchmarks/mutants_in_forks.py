"""A pytest plugin that judges mutants in forks of one session.

Run it in mutmut's `mutants` folder: `pytest -p mutants_in_forks`.

mutmut starts a session of pytest for each mutant, and collecting a thousand tests takes longer than running those that
matter. Here they are collected once; each mutant gets a fork that runs the tests of its function, those first that
touch the fewest functions, and ends at the first that fails. Verdicts go to `verdicts.json`; what is there is not run
again.
"""

from __future__ import annotations

import json
import os
import random
import signal
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from mutmut.mutation.trampoline import set_mutant_under_test

if TYPE_CHECKING:
    import pytest

VERDICTS = Path("verdicts.json")
SECONDS = 120
_EVERY = 5


def mutants() -> list[str]:
    """The names of all mutants that mutmut wrote, shuffled: a run that is stopped has judged a fair sample."""
    files = sorted(Path("src").rglob("*.meta"))
    names = [name for file in files for name in json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"]]
    random.Random(0).shuffle(names)
    return names


def tests_by_function() -> dict[str, list[str]]:
    """The tests of each function, the most specific first."""
    stats = json.loads(Path("mutmut-stats.json").read_text(encoding="utf-8"))["tests_by_mangled_function_name"]
    touched = Counter(test for tests in stats.values() for test in tests)
    return {name: sorted(tests, key=lambda test: (touched[test], test)) for name, tests in stats.items()}


def passes(item: pytest.Item, following: pytest.Item | None) -> bool:
    """Run one test."""
    from _pytest.runner import runtestprotocol  # noqa: PLC0415 - the plugin is loaded before pytest's own

    reports = runtestprotocol(item, log=False, nextitem=following)
    return not any(report.failed for report in reports)


def verdict(name: str, items: list[pytest.Item]) -> str:
    """Fork, become the mutant, and run *items* until one fails."""
    child = os.fork()
    if child == 0:
        signal.alarm(SECONDS)
        set_mutant_under_test(name)
        pairs = zip(items, [*items[1:], None], strict=True)
        os._exit(0 if all(passes(item, following) for item, following in pairs) else 1)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return "timeout" if os.WTERMSIG(status) == signal.SIGALRM else "killed"
    return "killed" if os.WEXITSTATUS(status) else "survived"


def pytest_runtestloop(session: pytest.Session) -> bool:
    """Judge the mutants instead of running the tests."""
    verdicts: dict[str, str] = json.loads(VERDICTS.read_text(encoding="utf-8")) if VERDICTS.exists() else {}
    items = {item.nodeid: item for item in session.items}
    functions = tests_by_function()
    for number, name in enumerate(mutants()):
        if name in verdicts:
            continue
        tests = [items[test] for test in functions.get(name.rpartition("__mutmut_")[0], []) if test in items]
        verdicts[name] = verdict(name, tests) if tests else "no tests"
        if number % _EVERY == 0:
            VERDICTS.write_text(json.dumps(verdicts, indent=1), encoding="utf-8")
    VERDICTS.write_text(json.dumps(verdicts, indent=1), encoding="utf-8")
    return True
