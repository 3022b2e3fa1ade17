"""The record of a running sandbox, and the settings that reach its parts and a user's shell."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from sandbox.launch import stop
from sandbox.processes import alive, started_at
from sandbox.running import Sandbox, find_sandbox, isolate, record_file, shell_commands


@pytest.fixture
def unrelated_process() -> Iterator["subprocess.Popen[bytes]"]:
    """A process that has nothing to do with any sandbox."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield process
    process.kill()
    process.wait()


def record(directory: Path, supervisor: int, started: str) -> Sandbox:
    """Write a record of a sandbox whose supervisor is *supervisor*."""
    sandbox = Sandbox(
        directory=directory,
        supervisor=supervisor,
        started=started,
        aws="http://127.0.0.1:1",
        kubernetes="https://127.0.0.1:2",
        kubeconfig=directory / "kubeconfig",
        token="t",
        issuer="i",
        service_secret="s",
        eks_auth="http://127.0.0.1:3",
        agent="http://127.0.0.1:4",
    )
    record_file(directory).parent.mkdir(parents=True)
    sandbox.save()
    return sandbox


def test_a_sandbox_is_found_by_its_record(tmp_path: Path):
    sandbox = record(tmp_path, os.getpid(), started_at(os.getpid()))

    assert find_sandbox(tmp_path) == sandbox


def test_a_stale_record_ends_no_other_process(tmp_path: Path, unrelated_process: "subprocess.Popen[bytes]"):
    """Another process has the process id of a supervisor that has ended."""
    record(tmp_path, unrelated_process.pid, started_at(os.getpid()))

    assert find_sandbox(tmp_path) is None
    assert not stop(tmp_path)
    assert alive(unrelated_process.pid)
    assert not record_file(tmp_path).exists()


def test_a_supervisor_is_ended(tmp_path: Path, unrelated_process: "subprocess.Popen[bytes]"):
    record(tmp_path, unrelated_process.pid, started_at(unrelated_process.pid))

    assert stop(tmp_path)
    assert not alive(unrelated_process.pid)


@pytest.mark.parametrize("change", ["started", "supervisor", "token"])
def test_a_record_of_another_version_is_ignored(tmp_path: Path, change: str):
    sandbox = record(tmp_path, os.getpid(), started_at(os.getpid()))
    fields = {name: str(value) for name, value in asdict(sandbox).items() if name != change}
    record_file(tmp_path).write_text(json.dumps(fields))

    assert find_sandbox(tmp_path) is None


@pytest.mark.parametrize("content", ["", "[]", "null", "{", '"text"', "{}"])
def test_a_broken_record_is_ignored(tmp_path: Path, content: str):
    record_file(tmp_path).parent.mkdir(parents=True)
    record_file(tmp_path).write_text(content)

    assert find_sandbox(tmp_path) is None


def test_the_start_time_distinguishes_processes(unrelated_process: "subprocess.Popen[bytes]"):
    assert started_at(os.getpid()) == started_at(os.getpid()) != ""
    assert started_at(unrelated_process.pid) != started_at(os.getpid())
    assert started_at(2**22 + 1) == ""


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    """A sandbox in a folder whose name a shell would have to quote."""
    return record(tmp_path / 'it\'s $(touch x) `id` a "folder"', os.getpid(), "now")


class TestShellCommands:
    """`eval "$(make -s status)"` points a shell at the sandbox alone."""

    def shell(self, sandbox: Sandbox, script: str, cwd: Path, **environment: str) -> str:
        settings = sandbox.environment(Path("/opt/it's/pulumi"), inherit={"PATH": os.environ["PATH"]})
        return subprocess.run(
            ["sh", "-c", f"{shell_commands(settings)}\n{script}"],
            cwd=cwd,
            env={"PATH": os.environ["PATH"], **environment},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    def test_a_path_arrives_as_it_is(self, sandbox: Sandbox, tmp_path: Path):
        assert self.shell(sandbox, 'printf %s "$KUBECONFIG"', tmp_path) == str(sandbox.kubeconfig)
        assert not (tmp_path / "x").exists()

    @pytest.mark.parametrize(
        "name",
        [
            "AWS_SESSION_TOKEN",
            "AWS_PROFILE",
            "AWS_ENDPOINT_URL_STS",
            "AWS_ENDPOINT_URL_SOMETHING_NEW",
            "AWS_ROLE_ARN",
            "PULUMI_ACCESS_TOKEN",
            "KUBE_CONTEXT",
        ],
    )
    def test_settings_of_the_user_are_removed(self, sandbox: Sandbox, tmp_path: Path, name: str):
        assert self.shell(sandbox, f'printf %s "${{{name}-unset}}"', tmp_path, **{name: "theirs"}) == "unset"

    def test_other_variables_stay(self, sandbox: Sandbox, tmp_path: Path):
        assert self.shell(sandbox, 'printf %s "$MINE"', tmp_path, MINE="a\nAWS_X=b") == "a\nAWS_X=b"


class TestIsolate:
    def test_aws_settings_are_removed(self):
        environment = {"AWS_PROFILE": "nope", "AWS_ENDPOINT_URL_S3": "http://x", "KUBECONFIG": "k", "PATH": "/bin"}

        isolate(environment)

        assert environment == {
            "PATH": "/bin",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    @pytest.mark.parametrize("proxy", ["HTTP_PROXY", "https_proxy", "ALL_PROXY"])
    def test_loopback_is_reached_without_the_proxy(self, proxy: str):
        environment = {proxy: "http://proxy:3128", "NO_PROXY": "internal,localhost"}

        isolate(environment)

        assert environment["NO_PROXY"] == environment["no_proxy"] == "internal,localhost,127.0.0.1,::1"
        assert environment[proxy] == "http://proxy:3128"

    def test_the_engine_gets_the_same(self, sandbox: Sandbox):
        settings = replace(sandbox).environment(Path("/opt/pulumi"), inherit={"HTTP_PROXY": "http://proxy:3128"})

        assert settings["NO_PROXY"] == "127.0.0.1,localhost,::1"


@pytest.mark.parametrize("module", ["sandbox", "sandbox.proof"])
def test_a_missing_profile_gives_no_traceback(module: str, tmp_path: Path):
    """Importing the clients of AWS reads the profile; `make` must not fail before it has removed it."""
    command = [sys.executable, "-m", module, *(["down"] if module == "sandbox" else [])]

    done = subprocess.run(
        command,
        cwd=Path(__file__).resolve().parents[2],
        env=os.environ | {"AWS_PROFILE": "nope", "EKS_POD_IDENTITY_SANDBOX": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "Traceback" not in done.stderr
    assert done.stdout + done.stderr in (
        "no sandbox was running\n",
        "error: No sandbox is running. `make up` starts one.\n",
    )
