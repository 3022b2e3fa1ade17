"""`eks-pod-identity` without a command: what a new user sees."""

import pytest
from click.testing import CliRunner, Result

from eks_pod_identity._version import __version__
from eks_pod_identity.cli import main


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_names_every_command(option: str):
    result = run(option)

    assert result.exit_code == 0
    for command in ("policy-pack", "rules"):
        assert f"  {command} " in result.stdout


def test_without_a_command_the_help_is_shown_and_nothing_succeeds():
    result = run()

    assert result.exit_code == 2
    assert "Commands:" in result.output


def test_the_version_is_that_of_the_package_wherever_it_runs():
    assert run("--version").stdout == f"eks-pod-identity, version {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rulse"], "No such command 'rulse'. Did you mean 'rules'?"),
        (["polcy-pack", "init"], "No such command 'polcy-pack'. Did you mean 'policy-pack'?"),
        (["frobnicate"], "No such command 'frobnicate'."),
        (["policy-pack", "audit"], "Missing argument 'STATES...'"),
        (["policy-pack", "init"], "Missing argument 'DIRECTORY'"),
        (["rules", "PI9999"], 'There is no rule "PI9999"'),
        (["policy-pack", "audit", "a.json", "--sarfi", "x"], "No such option"),
    ],
)
def test_a_misspelled_option_is_an_error_with_the_nearest_one(arguments: list[str], said: str):
    result = run(*arguments)

    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output
