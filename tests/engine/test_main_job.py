"""The commands of the Makefile that a new contributor runs first, in their own checkout and sandbox."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.launch import stop
from sandbox.processes import alive
from sandbox.pulumi_cli import Pulumi
from sandbox.running import Sandbox, find_sandbox

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone with everything that is committed, and what is changed in this work tree."""
    folder = tmp_path_factory.mktemp("it's a checkout")
    listed = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0")
    for name in filter(None, listed):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    git(folder, "init", "--quiet")
    (folder / ".git" / "info" / "exclude").write_text(".venv\n")  # a symbolic link, which no folder's pattern names
    git(folder, "add", ".")
    identity = ("-c", "user.name=test", "-c", "user.email=test@example.com")
    git(folder, *identity, "commit", "--quiet", "--message", "all")
    return folder


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for the sandbox that the commands of this module start."""
    folder = tmp_path_factory.mktemp("main-job")
    yield folder
    stop(folder)


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def make(checkout: Path, directory: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run `make` as a user does; it uses the environment of this test run."""
    return subprocess.run(
        ["make", "--no-print-directory", "--old-file=.venv/ready", *arguments],
        cwd=checkout,
        env=os.environ | {"EKS_POD_IDENTITY_SANDBOX": str(directory)} | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def problems_first(output: str) -> str:
    """Return *output* with its problems on top: a log of CI can lack the middle of a long message."""
    return "".join([*re.findall(r"^  PROBLEM .*\n(?: {12}.*\n)*", output, re.MULTILINE), output])


@pytest.mark.usefixtures("cli")
def test_the_dev_environment_goes_up_is_compared_and_proven_and_leaves_nothing(checkout: Path, directory: Path):
    # Settings of a user that must not reach the sandbox: an unknown profile, and a proxy that answers nobody.
    odd = {"AWS_PROFILE": "nope", "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:1", "HTTP_PROXY": "http://127.0.0.1:1"}

    up = make(checkout, directory, "up", **odd, http_proxy="http://127.0.0.1:1", NO_PROXY="", no_proxy="")
    assert up.returncode == 0, problems_first(up.stdout)
    assert git(checkout, "status", "--porcelain") == ""
    assert "\nno differences\n" in up.stdout
    for identity in ("payments-api", "external-dns", "reports-exporter"):
        block = up.stdout[up.stdout.index(f"\n{identity}: ServiceAccount ") :].split("\n\n")[0]
        assert re.findall(r"^  (\w+(?: by)?) ", block, re.MULTILINE) == [
            "who",
            "trust",
            "target",
            "allowed",
            "denied",
            "proven by",
        ]
        assert ": AccessDenied\n" in block
    assert re.search(r"\ndev: 3 identities proven, \d+ s\nNext: `make destroy` .*\n.*make -s status.*\n$", up.stdout)
    # The engine's own lines end with its duration. One of them grows by a dot a second while nothing happens.
    ours = up.stdout.partition("\nDuration: ")[2]
    assert [line for line in ours.splitlines() if len(line) > 100] == []
    assert "warning" not in up.stdout

    again = make(checkout, directory, "up", "VERBOSE=1")
    assert again.returncode == 0, problems_first(again.stdout)
    assert re.search(r"Resources:\n +\d+ unchanged\n", again.stdout)
    assert "  took      " in again.stdout

    for command in ("preview", "prove", "status"):
        done = make(checkout, directory, command)
        assert done.returncode == 0, problems_first(done.stdout)
        assert git(checkout, "status", "--porcelain") == "", command

    destroyed = make(checkout, directory, "destroy")
    assert destroyed.returncode == 0, destroyed.stdout
    assert "nothing left over in AWS or Kubernetes" in destroyed.stdout

    unproven = make(checkout, directory, "prove")
    assert unproven.returncode != 0
    assert "The cluster dev has no associations. `make up` deploys the stack and proves it." in unproven.stdout

    running = find_sandbox(directory)
    assert running is not None
    assert make(checkout, directory, "down").returncode == 0
    assert not alive(running.supervisor)
    assert find_sandbox(directory) is None
    assert not (directory / "run").exists()
    assert git(checkout, "status", "--porcelain") == ""


@pytest.mark.parametrize("stack", ["staging", "prod"])
@pytest.mark.usefixtures("sandbox")
def test_the_other_environments_preview_under_their_policies(stack: str, checkout: Path, sandbox_directory: Path):
    previewed = make(checkout, sandbox_directory, "preview", f"STACK={stack}")

    assert previewed.returncode == 0, previewed.stdout
    assert "to create" in previewed.stdout
    assert "✅ eks-pod-identity" in previewed.stdout
    assert git(checkout, "status", "--porcelain") == ""


@pytest.fixture
def environment(tmp_path: Path, sandbox: Sandbox, cli: Path) -> Pulumi:
    """The repository's own project in a folder whose stack files a test may change, with its own backend.

    The stack is created first, so that the file has its salt: the engine rewrites the file only to add one.
    """
    folder = tmp_path / "checkout"
    shutil.copytree(ROOT / "stacks", folder / "stacks")
    shutil.copy(ROOT / "Pulumi.yaml", folder)
    (folder / "components").symlink_to(ROOT / "components")
    backend = tmp_path / "backend"
    backend.mkdir()
    pulumi = Pulumi(cli, folder, sandbox.environment(cli) | {"PULUMI_BACKEND_URL": backend.as_uri()})
    pulumi.select("dev")
    return pulumi


@pytest.mark.parametrize(
    ("typed", "instead", "message"),
    [
        ("sessionPolicy:", "sessionPolcy:", "identities.payments-api.sessionPolcy: "),
        ("namespace: payments", "namespace: a..b", "identities.payments-api.namespace: "),
        ('id: "444455556666"', "id: 044455556666", "accounts.data.id: Expected text. Put the value in quotes. (line "),
        (
            'CostCenter: "4711"',
            "Expires: 2027-03-31",
            "line 15: tags.Expires: 2027-03-31 has no quotes and is read as",
        ),
        ('CostCenter: "4711"', "2027-03-31: x", "line 15: the key 2027-03-31 has no quotes and is read as a date."),
        ("name: dev", "name: !Ref dev", "line 6: the tag !Ref has no effect in a stack's file. Remove it."),
        (
            "        namespace: payments",
            "        namespace: x\n        namespace: y",
            'key "namespace" already defined',
        ),
    ],
    ids=["mistyped key", "invalid name", "account id as a number", "date", "date as a key", "tag", "key twice"],
)
def test_a_mistake_in_the_file_is_one_clear_error_and_nothing_is_touched(
    environment: Pulumi, typed: str, instead: str, message: str
):
    file = environment.project / "stacks" / "Pulumi.dev.yaml"
    text = file.read_text()
    assert typed in text
    file.write_text(text.replace(typed, instead, 1))

    run = environment.run("up", "--yes", "--skip-preview", check=False)

    assert run.returncode != 0
    assert message in run.stdout
    assert "Traceback" not in run.stdout
    assert "aws:" not in run.stdout


def test_a_date_is_found_after_the_engine_has_written_the_file_anew(environment: Pulumi):
    file = environment.project / "stacks" / "Pulumi.dev.yaml"
    file.write_text(file.read_text().replace('CostCenter: "4711"', "Expires: 2027-03-31", 1))
    environment.run("config", "set", "mine:key", "value")

    run = environment.run("preview", check=False)

    assert run.returncode != 0
    assert "tags.Expires: the engine wrote 2027-03-31 00:00:00 +0000 UTC for a date" in run.stdout


@pytest.mark.parametrize(
    ("typed", "instead", "message"),
    [
        ("        namespace: payments", "\tnamespace: payments", "line 20: the line is indented with a tab."),
        (
            'CostCenter: "4711"',
            "Expires: 2027-03-31",
            "line 15: tags.Expires: 2027-03-31 has no quotes and is read as",
        ),
        ("    identities:", "    identities: !Ref", "line 16: the tag !Ref has no effect"),
        ("encoding", "utf-16", "is not encoded in UTF-8"),
    ],
    ids=["tab", "date", "tag", "UTF-16"],
)
def test_a_value_that_the_engine_reads_differently_is_one_line_before_it_runs(
    checkout: Path, tmp_path: Path, typed: str, instead: str, message: str
):
    file = checkout / "stacks" / "Pulumi.broken.yaml"
    text = (checkout / "stacks" / "Pulumi.dev.yaml").read_text()
    if typed == "encoding":
        file.write_text(text, encoding=instead)
    else:
        file.write_text(text.replace(typed, instead, 1))
    try:
        run = make(checkout, tmp_path / "sandbox", "preview", "STACK=broken")
    finally:
        file.unlink()

    assert run.returncode != 0
    assert message in run.stdout
    assert "Traceback" not in run.stdout
    assert not (tmp_path / "sandbox").exists()


def test_secrets_of_the_user_are_refused_in_one_line(checkout: Path, tmp_path: Path):
    file = checkout / "stacks" / "Pulumi.mine.yaml"
    text = (checkout / "stacks" / "Pulumi.dev.yaml").read_text()
    file.write_text(text.replace("name: dev", "name: {secure: v1:xyz}") + "encryptionsalt: v1:mine\n")
    try:
        run = make(checkout, tmp_path / "sandbox", "preview", "STACK=mine")
    finally:
        file.unlink()

    assert run.returncode != 0
    assert "line 6: eks-pod-identity:environment.cluster.name is encrypted." in run.stdout


def test_an_unknown_stack_is_reported_with_those_that_exist(checkout: Path, tmp_path: Path):
    run = make(checkout, tmp_path / "sandbox", "preview", "STACK=production")

    assert run.returncode != 0
    assert "The stacks are: dev, prod, staging." in run.stdout
