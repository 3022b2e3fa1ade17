"""A target role of another team: it must trust exactly what PodIdentity prints."""

from dataclasses import replace
from pathlib import Path

from engine_project import Project
from proof_case import Case, read, reading
from sandbox.pulumi_cli import Pulumi

OURS = """
import pulumi
from pulumi_eks_pod_identity import PodIdentity

# The other team has made nothing yet; its account and the name are agreed upon.
target = f"arn:aws:iam::{TARGET_ACCOUNT}:role/reader"
for name in ("api", "stranger"):
    identity = PodIdentity(name, {"cluster_name": CLUSTER, "namespace": NAMESPACE, "service_account": name,
                                  "target_role_arn": target, "propagation_seconds": 0})
    pulumi.export(name, identity.target_trust_policy)
"""
THEIRS = """
import pulumi_aws as aws

aws.iam.Role("reader", name="reader", assume_role_policy=PRINTED,
             inline_policies=[{"name": "read", "policy": READING}])
"""


def of(project: Project, case: Case, account: str, folder: Path) -> Project:
    """Return a separate project in *account*, with the accounts of *case*."""
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text(
        f"{(project.folder / 'Pulumi.yaml').read_text()}  team: {{value: {account}}}\n"
    )
    credentials = folder / "credentials"
    credentials.write_text(f"[default]\naws_access_key_id = {account}\naws_secret_access_key = sandbox\n")
    backend = folder / "state"
    backend.mkdir()
    environment = {
        **project.pulumi.environment,
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SHARED_CREDENTIALS_FILE": str(credentials),
        "PULUMI_BACKEND_URL": f"file://{backend}",
    }
    pulumi = Pulumi(project.pulumi.cli, folder, environment)
    pulumi.select("test")
    return replace(
        project,
        pulumi=pulumi,
        folder=folder,
        account=case.account,
        target_account=case.target_account,
        cluster=case.cluster,
        namespace=case.namespace,
    )


def test_a_role_of_another_team_with_the_printed_trust_is_assumed_by_the_intended_pods_only(
    project: Project, case: Case, tmp_path: Path
):
    bucket = case.bucket("warehouse", "a", account=case.target_account)
    ours = of(project, case, case.account, tmp_path / "ours")
    theirs = of(project, case, case.target_account, tmp_path / "theirs")

    ours.up(OURS)
    printed = ours.outputs()["api"]
    theirs.up(f"import json\nPRINTED, READING = {printed!r}, json.dumps({reading(bucket)!r})\n{THEIRS}")
    meant = case.run(case.injected_pod("api", name="api"), read(bucket, "a"))
    other = case.run(case.injected_pod("stranger", name="stranger"), read(bucket, "a"))

    assert meant.arn is not None
    assert meant.arn.split(":")[4] == case.target_account
    assert meant.arn.split("/")[1] == "reader"
    assert meant.actions[0].ok
    assert other.arn is None
    assert not other.actions
