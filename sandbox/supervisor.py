"""The process that owns the sandbox's servers: `python -m sandbox.supervisor DIRECTORY`.

It starts them in order and writes the record through which other processes find them. It stops them when it is asked
to, or when the sandbox has not been used for a while. If it is killed, the system kills them.
"""

import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from sandbox.aws import start_aws
from sandbox.eks import start_eks
from sandbox.engine import binaries
from sandbox.kubernetes import start_control_plane
from sandbox.processes import Child, SandboxError, started_at, stop_all
from sandbox.running import REGION, SOURCE_ACCOUNT, TARGET_ACCOUNT, TARGET_PROFILE, Sandbox, isolate, record_file
from sandbox.seed import seed

#: Every command that uses the sandbox touches its record. Without one for this time, the servers are stopped.
IDLE_SECONDS = float(os.environ.get("EKS_POD_IDENTITY_SANDBOX_IDLE_SECONDS", "3600"))
SERVERS = ("etcd", "kube-apiserver", "kube-controller-manager", "amazon-eks-pod-identity-webhook")


class _Stop(Exception):  # noqa: N818 - not an error: the way a signal leaves the loop
    """Asked to stop."""


def _on_signal(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of a handler
    raise _Stop


def start(directory: Path, children: list[Child]) -> Sandbox:
    """Start every part under *directory*, and add each process to *children* once it is ready."""
    run = directory / "run"
    (run / "state").mkdir(parents=True, exist_ok=True)
    _write_profiles(run / "aws")
    aws = start_aws(run / "emulator")
    children += aws.children
    seed(aws.endpoint)
    built = binaries(SERVERS)
    plane = start_control_plane(run / "kubernetes", built)
    children += plane.children
    eks = start_eks(
        run / "eks",
        webhook=built["amazon-eks-pod-identity-webhook"],
        aws=aws.endpoint,
        service_secret=aws.service_secret,
        kubernetes=plane.server,
        kubernetes_token=plane.token,
        kubeconfig=plane.kubeconfig,
        issuer=plane.issuer,
        account=SOURCE_ACCOUNT,
        region=REGION,
    )
    children += eks.children
    return Sandbox(
        directory=directory,
        supervisor=os.getpid(),
        started=started_at(os.getpid()),
        aws=aws.endpoint,
        kubernetes=plane.server,
        kubeconfig=plane.kubeconfig,
        token=plane.token,
        issuer=plane.issuer,
        service_secret=aws.service_secret,
        eks_auth=eks.auth,
        agent=eks.agent,
    )


def _write_profiles(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config").write_text(f"[default]\nregion = {REGION}\n\n[profile {TARGET_PROFILE}]\nregion = {REGION}\n")
    (folder / "credentials").write_text(
        "".join(
            f"[{profile}]\naws_access_key_id = {account}\naws_secret_access_key = sandbox\n\n"
            for profile, account in (("default", SOURCE_ACCOUNT), (TARGET_PROFILE, TARGET_ACCOUNT))
        )
    )


def watch(directory: Path, children: list[Child]) -> str:
    """Wait until the sandbox is unused for too long, its record is removed, or a server has ended. Return which."""
    record = record_file(directory)
    while True:
        time.sleep(1)
        for child in children:
            if child.process is not None and child.process.poll() is not None:
                return f"{child.name} ended; its log ends with:\n{child.log_tail()}"
        try:
            if time.time() - record.stat().st_mtime > IDLE_SECONDS:
                return f"not used for {IDLE_SECONDS:.0f} s"
        except OSError:
            return "its record was removed"


def main() -> int:
    """Run until stopped. Return 1 if a part did not start."""
    directory = Path(sys.argv[1])
    isolate()
    os.umask(0o077)  # only this user may read tokens, keys and state
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _on_signal)
    children: list[Child] = []
    try:
        start(directory, children).save()
        print(f"sandbox stopped: {watch(directory, children)}", flush=True)
    except _Stop:
        pass
    except SandboxError as error:
        print(error, flush=True)
        return 1
    finally:
        record_file(directory).unlink(missing_ok=True)
        stop_all(children)
    return 0


if __name__ == "__main__":
    sys.exit(main())
