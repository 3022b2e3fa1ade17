"""What a type checker reports for calls of users."""

import json
import subprocess
import sys
from pathlib import Path

CASES = Path(__file__).with_name("typing_cases.py")
ROOT = Path(__file__).resolve().parents[2]


def test_wrong_calls_are_type_errors_and_right_ones_are_not():
    """Every line of the cases that ignores an error has that error, and no other line has one."""
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--outputjson", str(CASES)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert json.loads(done.stdout)["generalDiagnostics"] == []
    assert CASES.read_text().count("# pyright: ignore[reportArgumentType]") > 10
