"""The examples of the page on testing run as they stand."""

import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from pulumi_eks_pod_identity.testing import identities

PAGE = Path(__file__).resolve().parents[2] / "docs" / "testing-your-stack.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)
DECISION = re.findall(r"```text\n(.*?)\n```", PAGE.read_text(), flags=re.DOTALL)
EXPORT = '{"version": 3, "deployment": {"manifest": {}, "resources": []}}'


def run(example: str, folder: Path) -> dict[str, Any]:
    path = folder / "test_example.py"
    path.write_text(example)
    return runpy.run_path(str(path))


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_every_test_of_the_page_passes(example: str, tmp_path: Path) -> None:
    names = run(example, tmp_path)

    tests = [value for name, value in names.items() if name.startswith("test_")]
    assert tests or "may_read" in names
    for test in tests:
        test()


def test_the_state_of_an_empty_stack_has_no_identities(tmp_path: Path) -> None:
    names = run(next(example for example in EXAMPLES if "may_read" in example), tmp_path)

    assert names["may_read"](EXPORT) == {}


def test_the_test_with_pulumis_own_mocks_is_short() -> None:
    body = EXAMPLES[0].split("set_mocks")[1]

    assert len([line for line in body.splitlines() if line.strip()]) <= 15


def test_the_decision_shown_is_that_of_the_example(tmp_path: Path) -> None:
    program = run(EXAMPLES[1], tmp_path)["program"]

    decision = identities(program)["payments/api"].decide("s3:ListBucket", "arn:aws:s3:::invoices")

    assert str(decision) == DECISION[0]
