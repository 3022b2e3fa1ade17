"""Every promise of the threat model names tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")


def test_the_tests_it_names_exist():
    defined = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^ *def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }

    assert sorted(set(re.findall(r"`(test_\w+)`", PAGE)) - defined) == []


def test_every_promise_has_a_test_or_a_file_that_shows_it():
    rows = [
        line.strip("| ").split(" | ")
        for table in re.findall(r"\| promise .*?\n\n", PAGE + "\n\n", re.DOTALL)
        for line in table.strip().splitlines()[2:]
    ]

    assert len(rows) > 20
    assert [row[0] for row in rows if not re.search(r"`test_|`make |\]\(", row[-1])] == []
