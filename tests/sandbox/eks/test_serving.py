"""What the stand-ins' small server writes."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import threading
from sandbox.eks.serving import log

def write_many():
    for number in range(400):
        log("refused", number=number)

threads = [threading.Thread(target=write_many) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def test_each_line_of_a_log_is_whole_although_threads_write_at_once():
    """As the sandbox starts its servers: unbuffered."""
    written = subprocess.run(
        [sys.executable, "-u", "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    assert [json.loads(line)["event"] for line in written.splitlines()] == ["refused"] * 3200
