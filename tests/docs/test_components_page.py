"""The page of the components' arguments is made from their schema."""

import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_committed_page_is_current():
    page = runpy.run_path(str(ROOT / "docs" / "write_components.py"))["text"]()

    assert (ROOT / "docs" / "components.md").read_text() == page, "run: python docs/write_components.py"
