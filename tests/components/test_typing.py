"""What a type checker says at the call sites of users."""

import json
import subprocess
import sys
from pathlib import Path

CASES = Path(__file__).with_name("typing_cases.py")
ROOT = Path(__file__).resolve().parents[2]


def test_wrong_calls_are_type_errors_and_right_ones_are_not():
    """Each line of the cases that ends in `# error` is an error, and no other line is."""
    wanted = {number for number, line in enumerate(CASES.read_text().splitlines(), 1) if line.endswith("# error")}

    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--outputjson", str(CASES)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    found = {
        item["range"]["start"]["line"] + 1
        for item in json.loads(done.stdout)["generalDiagnostics"]
        if item["severity"] == "error"
    }
    assert found == wanted
    assert len(wanted) > 5
