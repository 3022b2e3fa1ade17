"""The progress output of a build, on a terminal and in a log."""

import io

import pytest

from sandbox.engine.progress import Progress, readable_duration


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("seconds", "expected"), [(0.2, "0 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (125, "2 min 05 s")]
)
def test_a_duration_is_readable(seconds, expected):
    assert expected == readable_duration(seconds)


def test_a_heartbeat_is_held_back_until_it_is_due():
    seen = io.StringIO()

    Progress(seen, heartbeat=60).update("still building")

    assert seen.getvalue() == ""


def test_a_heartbeat_off_a_terminal_is_a_line():
    seen = io.StringIO()

    Progress(seen, heartbeat=0).update("still building")

    assert seen.getvalue() == "still building\n"


def test_a_heartbeat_on_a_terminal_is_redrawn_and_erased(monkeypatch):
    seen = Terminal()
    monkeypatch.setattr("time.monotonic", iter(range(10)).__next__)
    progress = Progress(seen)

    progress.update("1 s")
    progress.update("2 s")
    progress.report("built")

    assert seen.getvalue() == "1 s\r\x1b[K2 s\r\x1b[Kbuilt\n"
