"""The emulator starts completely or not at all, and its environment is created once."""

import contextlib
import shutil
import socket
import subprocess
import sys
import types
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from sandbox.aws import environment, start_aws
from sandbox.aws.emulator import patching
from sandbox.aws.emulator.patching import CorrectionError
from sandbox.processes import SandboxError, alive
from tests.sandbox.aws.emulated_aws import SOURCE, client


class TestServer:
    def test_two_run_side_by_side_without_sharing_anything(self, tmp_path: Path) -> None:
        first, second = start_aws(tmp_path / "one"), start_aws(tmp_path / "two")
        try:
            client(first, "s3").create_bucket(
                Bucket="only-here", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
            )

            assert first.endpoint != second.endpoint
            assert first.service_secret != second.service_secret
            assert client(second, "s3").list_buckets()["Buckets"] == []
        finally:
            first.stop()
            second.stop()

    def test_stopping_ends_its_process(self, tmp_path: Path) -> None:
        running = start_aws(tmp_path)
        process = running.children[0].process
        assert process is not None

        running.stop()

        assert not alive(process.pid)
        assert list((tmp_path / "tmp").iterdir()) == []

    def test_aws_settings_of_the_caller_do_not_reach_it(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIASOMEBODY")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
        monkeypatch.setenv("MINISTACK_ACCOUNT_ID", "999999999999")
        running = start_aws(tmp_path)
        try:
            assert client(running, "sts").get_caller_identity()["Account"] == SOURCE
        finally:
            running.stop()

    def test_a_server_that_does_not_start_reports_why(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            "sandbox.aws.server._command", lambda _: [sys.executable, "-c", "exit('no emulator here')"]
        )

        with pytest.raises(SandboxError, match="no emulator here"):
            start_aws(tmp_path)

    def test_a_port_taken_meanwhile_is_replaced(
        self, tmp_path: Path, aws: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ports = iter([int(aws.endpoint.rsplit(":", 1)[-1])])
        from sandbox.processes import free_port  # noqa: PLC0415 - the one that stands behind the patched name

        monkeypatch.setattr("sandbox.aws.server.free_port", lambda: next(ports, 0) or free_port())
        running = start_aws(tmp_path)
        try:
            assert running.endpoint != aws.endpoint
            assert running.children[0].process is not None
            assert running.children[0].process.poll() is None
        finally:
            running.stop()

    def test_a_port_taken_by_something_without_http_is_replaced(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from sandbox.processes import free_port  # noqa: PLC0415 - the one that stands behind the patched name

        def answer(listener: socket.socket) -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    connection.sendall(b"\x00\x00\x04\x00 not HTTP\n")
                    connection.close()

        with socket.create_server(("127.0.0.1", 0)) as listener:
            Thread(target=answer, args=(listener,), daemon=True).start()
            ports = iter([listener.getsockname()[1]])
            monkeypatch.setattr("sandbox.aws.server.free_port", lambda: next(ports, 0) or free_port())
            running = start_aws(tmp_path)
            try:
                assert client(running, "sts").get_caller_identity()["Account"] == SOURCE
            finally:
                running.stop()


class TestOwnPaths:
    """AWS has no `/_ministack/…`: any process that reaches the port could reset every account there."""

    def call(self, aws: Any, path: str, **headers: str) -> int:
        request = urllib.request.Request(aws.endpoint + path, method="POST", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    @pytest.mark.parametrize(
        "path", ["/_ministack/reset", "/_ministack/config", "/_ministack/", "/%5Fministack/reset"]
    )
    def test_a_stranger_is_refused(self, aws: Any, unique: Any, path: str) -> None:
        bucket = unique("bucket")
        s3 = client(aws, "s3")
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})

        assert self.call(aws, path) == 403
        assert self.call(aws, path, **{"X-Sandbox-Service-Secret": "guessed"}) == 403
        assert bucket in [each["Name"] for each in s3.list_buckets()["Buckets"]]

    def test_the_sandbox_itself_is_answered(self, tmp_path: Path) -> None:
        running = start_aws(tmp_path)
        try:
            assert (
                self.call(running, "/_ministack/reset", **{"X-Sandbox-Service-Secret": running.service_secret}) == 200
            )
        finally:
            running.stop()


class TestPatching:
    """A correction is never lost silently."""

    @pytest.fixture
    def emulator(self, monkeypatch: pytest.MonkeyPatch) -> types.SimpleNamespace:
        module = types.SimpleNamespace(judge=lambda who, what: (who, what), value=1)
        monkeypatch.setattr(patching, "lookup", lambda _: module)
        return module

    def test_a_patch_may_call_the_function_it_replaces(self, emulator: types.SimpleNamespace) -> None:
        patching.replace(
            "services.x.judge", "who what", lambda original: lambda *arguments: ("ours", *original(*arguments))
        )

        assert emulator.judge(1, 2) == ("ours", 1, 2)

    @pytest.mark.parametrize(
        ("place", "parameters", "said"),
        [
            ("services.x.missing", "who", "has no function services.x.missing"),
            ("services.x.value", "who", "has no function services.x.value"),
            ("services.x.judge", "who", r"takes \(who what\), not \(who\)"),
        ],
    )
    @pytest.mark.usefixtures("emulator")
    def test_a_patch_that_does_not_fit_stops_the_start(self, place: str, parameters: str, said: str) -> None:
        with pytest.raises(CorrectionError, match=said):
            patching.replace(place, parameters, lambda original: original)

    def test_a_missing_module_stops_the_start(self) -> None:
        with pytest.raises(CorrectionError, match=r"no module services\.none"):
            patching.lookup("services.none")

    def test_the_emulator_does_not_run_without_a_correction(self, aws: Any) -> None:
        """Another MiniStack than the pinned one: the process ends with one line that names the missing function."""
        python = aws.children[0].command[0]
        program = (
            "import ministack.services.eks as eks, runpy; del eks._create_addon; "
            "runpy.run_module('sandbox.aws.emulator', run_name='__main__')"
        )

        done = subprocess.run(
            [python, "-c", program], env=aws.children[0].env, capture_output=True, text=True, check=False, timeout=30
        )

        assert done.returncode == 1
        assert done.stderr.startswith("MiniStack has no function services.eks._create_addon")
        assert len(done.stderr.splitlines()) == 1


class TestEnvironment:
    """Created once, completely or not at all. The installer of the test only writes a file."""

    @pytest.fixture
    def environments(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
        monkeypatch.setenv("EKS_POD_IDENTITY_CACHE", str(tmp_path / "cache"))
        drafts: list[Path] = []

        def commands(draft: Path, requirements: Path) -> list[list[str]]:
            drafts.append(draft)
            assert requirements.exists()
            return [["mkdir", "-p", str(draft / "bin")], ["touch", str(draft / "bin" / "python")]]

        monkeypatch.setattr(environment, "_commands", commands)
        return drafts

    def test_it_is_created_once(self, environments: list[Path]) -> None:
        first = environment.emulator_python()

        assert environment.emulator_python() == first
        assert first.exists()
        assert len(environments) == 1

    def test_two_processes_at_once_create_one(self, environments: list[Path]) -> None:
        with ThreadPoolExecutor(4) as pool:
            pythons = set(pool.map(lambda _: environment.emulator_python(), range(4)))

        assert len(pythons) == len(environments) == 1

    def test_another_lock_file_creates_another(self, environments: list[Path], tmp_path: Path) -> None:
        other = tmp_path / "other.txt"
        other.write_text("ministack==0\n")

        assert environment.emulator_python(other) != environment.emulator_python()
        assert len(environments) == 2

    @pytest.mark.usefixtures("environments")
    def test_a_failed_installation_leaves_nothing_and_reports_why(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fails = ["sh", "-c", "echo 'hash mismatch' >&2; exit 1"]
        monkeypatch.setattr(environment, "_commands", lambda draft, _: [["mkdir", str(draft / "bin")], fails])

        with pytest.raises(SandboxError, match="hash mismatch"):
            environment.emulator_python()

        assert [path.name for path in (tmp_path / "cache" / "ministack").iterdir()] == ["ministack.lock"]

    @pytest.mark.skipif(shutil.which("true") is None, reason="needs a POSIX system")
    def test_without_uv_pip_is_used_with_hashes(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        python = tmp_path / "bin" / "python"
        monkeypatch.setattr(sys, "executable", str(python))

        commands = environment._commands(tmp_path / "draft", environment.LOCK_FILE)

        assert commands[0][:3] == [str(python), "-m", "venv"]
        assert commands[1][1:3] == ["-m", "pip"]
        assert "--require-hashes" in commands[1]

    def test_the_cache_is_outside_the_work_tree(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("EKS_POD_IDENTITY_CACHE", raising=False)

        assert not environment._folder().is_relative_to(Path.cwd())
