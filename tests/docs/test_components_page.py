"""The page on the arguments of the components is generated from their schema, for Python."""

import re
import runpy
from pathlib import Path

import pytest

import pulumi_eks_pod_identity as library

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "components.md").read_text(encoding="utf-8")
COMPONENTS = sorted(name for name in library.__all__ if f"{name}Args" in library.__all__)


def test_the_committed_page_is_current():
    page = runpy.run_path(str(ROOT / "docs" / "write_components.py"))["text"]()

    assert page == PAGE, "run: python docs/write_components.py"


@pytest.mark.parametrize("name", COMPONENTS)
def test_arguments_are_those_that_python_takes(name: str):
    [section] = re.findall(rf"^## {name}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    table = section.partition("| output |")[0]

    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(getattr(library, f"{name}Args").__annotations__)
