"""The proof on a real cluster, as far as it goes without one: a fake `kubectl` creates, runs and deletes pods.

It runs the pod's own command, so these tests cover everything but AWS.
"""

import json
import stat
import sys
from pathlib import Path

import pytest

from sandbox.processes import SandboxError
from sandbox.proof.chain import Workload
from sandbox.proof.expectations import Action, Proof
from sandbox.proof.real import Kubectl, prove_workload_on

ROLE = "arn:aws:iam::111122223333:role/api"
READ = Action("s3", "get_object", {"Bucket": "invoices", "Key": 'it\'s $(HOME) "quoted".json'})
WORKLOAD = Workload("api", "payments", "api", ROLE, Proof((READ,)))
KUBECTL = """#!{python}
import json, os, subprocess, sys
from pathlib import Path

folder = Path(__file__).parent
command = sys.argv[3]
with (folder / "calls").open("a") as calls:
    calls.write(" ".join(sys.argv[1:]) + "\\n")
if command == "create":
    pod = json.load(sys.stdin)
    (container,) = pod["spec"]["containers"]
    container["env"] += [
        {{"name": "AWS_CONTAINER_CREDENTIALS_FULL_URI", "value": "http://169.254.170.23/v1/credentials"}},
        {{"name": "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "value": "/var/token"}},
    ] if {injects} else []
    container["volumeMounts"] = [{{"mountPath": "/var", "name": "token"}}]
    pod["spec"]["volumes"] = [{{"name": "token"}}]
    (folder / "pod.json").write_text(json.dumps(pod))
    print(json.dumps(pod))
if command == "logs":
    (container,) = json.loads((folder / "pod.json").read_text())["spec"]["containers"]
    env = {{each["name"]: each["value"] for each in container["env"] if each["name"].startswith("PROOF_")}}
    env |= {{"PATH": str(folder) + ":/usr/bin:/bin", "HOME": str(folder), "AWS_EC2_METADATA_DISABLED": "true"}}
    print(subprocess.run(container["command"], env=env, capture_output=True, text=True, check=True).stdout)
"""


def kubectl(folder: Path, monkeypatch: pytest.MonkeyPatch, *, injects: bool = True) -> Kubectl:
    file = folder / "kubectl"
    file.write_text(KUBECTL.format(python=sys.executable, injects=injects))
    file.chmod(stat.S_IRWXU)
    (folder / "python3").symlink_to(sys.executable)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return Kubectl(folder / "kubeconfig")


def calls(folder: Path) -> list[str]:
    prefix = f"--kubeconfig {folder / 'kubeconfig'} "
    return [line.removeprefix(prefix).split()[0] for line in (folder / "calls").read_text().splitlines()]


def test_the_workload_of_the_sandbox_runs_in_the_pod_and_its_report_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """These tests run without credentials, and the process of the pod reports that."""
    result = prove_workload_on(kubectl(tmp_path, monkeypatch), WORKLOAD)

    assert result.problems == ["no credentials: Unable to locate credentials"]
    assert result.injection is not None
    assert calls(tmp_path) == ["create", "wait", "logs", "delete"]


def test_the_pod_is_of_the_service_account_and_knows_what_to_try(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    prove_workload_on(kubectl(tmp_path, monkeypatch), WORKLOAD, image="python:3")

    pod = json.loads((tmp_path / "pod.json").read_text())
    assert (pod["metadata"]["namespace"], pod["spec"]["serviceAccountName"]) == ("payments", "api")
    assert pod["spec"]["containers"][0]["image"] == "python:3"
    assert json.loads(pod["spec"]["containers"][0]["env"][0]["value"]) == [READ.plain()]


def test_a_pod_that_the_webhook_skipped_is_reported_and_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    result = prove_workload_on(kubectl(tmp_path, monkeypatch, injects=False), WORKLOAD)

    assert result.problems == ["the webhook injected nothing into the pod. Is there an association?"]
    assert calls(tmp_path) == ["create", "delete"]


def test_a_missing_kubectl_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(SandboxError, match="needs kubectl on PATH"):
        prove_workload_on(Kubectl(tmp_path / "kubeconfig"), WORKLOAD)
