"""Which Python runs a program."""

import sys
from pathlib import Path

from sandbox.language_host.host import interpreter


def test_the_virtualenv_of_the_project_runs_its_programs(tmp_path: Path):
    python = tmp_path / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()

    assert interpreter(str(tmp_path), {"virtualenv": "venv"}) == str(python)


def test_without_the_option_the_hosts_own_interpreter_runs_them(tmp_path: Path):
    assert interpreter(str(tmp_path), {}) == sys.executable


def test_a_virtualenv_that_is_not_there_falls_back_to_the_hosts_own(tmp_path: Path):
    assert interpreter(str(tmp_path), {"virtualenv": "missing"}) == sys.executable
