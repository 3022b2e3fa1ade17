"""A sandbox that runs: where its parts are reached, and the environment that points the engine at them."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from sandbox.processes import alive

#: The account of the clusters, and the one that target roles live in. MiniStack takes a 12-digit access key as the account.
SOURCE_ACCOUNT = "111122223333"
TARGET_ACCOUNT = "444455556666"
REGION = "eu-west-1"
#: The AWS profile that reaches the target account, in the sandbox as in `stacks/Pulumi.*.yaml`.
TARGET_PROFILE = "data"


@dataclass(frozen=True)
class Sandbox:
    """The parts of one running sandbox; all of it lives under `directory` and is forgotten with it."""

    directory: Path
    supervisor: int
    aws: str
    kubernetes: str
    kubeconfig: Path
    token: str
    issuer: str
    service_secret: str
    eks_auth: str
    agent: str

    def save(self) -> None:
        """Write the record that other processes find this sandbox by; it is complete or absent."""
        record = {name: str(value) if isinstance(value, Path) else value for name, value in asdict(self).items()}
        path = record_file(self.directory)
        draft = path.with_suffix(".draft")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(record, indent=1))
        draft.replace(path)

    def environment(self, engine: Path, *, inherit: Mapping[str, str] = os.environ) -> dict[str, str]:
        """Return the environment that runs *engine*, the Pulumi CLI, or any AWS and Kubernetes client, against this sandbox alone.

        AWS, Pulumi and Kubernetes settings of the caller are left out, so that nothing of a real account is reached.
        """
        foreign = ("AWS_", "PULUMI_", "KUBE", "EKS_POD_IDENTITY_")
        kept = {name: value for name, value in inherit.items() if not name.startswith(foreign)}
        return kept | {
            "PATH": f"{engine.parent}{os.pathsep}{kept.get('PATH', '')}",
            "PULUMI_HOME": str(self.directory / "home"),
            # Without attribute files beside the state: the engine writes those in place, and a kill can cut one off.
            "PULUMI_BACKEND_URL": (self.directory / "run" / "state").as_uri() + "?metadata=skip",
            "PULUMI_CONFIG_PASSPHRASE": "sandbox",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "AWS_ENDPOINT_URL": self.aws,
            "AWS_ACCESS_KEY_ID": SOURCE_ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "sandbox",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": str(self.directory / "run" / "aws" / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.directory / "run" / "aws" / "credentials"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "KUBECONFIG": str(self.kubeconfig),
        }


def record_file(directory: Path) -> Path:
    """Return the path of the record of the sandbox under *directory*."""
    return directory / "run" / "sandbox.json"


def find(directory: Path) -> Sandbox | None:
    """Return the sandbox that runs under *directory*, and keep it from ending for want of use; None if there is none."""
    path = record_file(directory)
    try:
        record = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    if not alive(record["supervisor"]):
        return None
    path.touch()
    return Sandbox(
        **record | {"directory": Path(record["directory"]), "kubeconfig": Path(record["kubeconfig"])},
    )
