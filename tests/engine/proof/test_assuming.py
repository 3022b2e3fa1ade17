"""Roles that a workload assumes itself, in two other accounts: through a profile of its SDK, and by code.

The session tags of EKS are transitive: they go on into the session of each role that is assumed, and so the call needs
`sts:TagSession` on both sides (EKS User Guide, "session tags"; IAM User Guide, "chaining with session tags").
"""

import json
import re
import subprocess
import sys
from pathlib import Path

from engine_project import Project
from proof_case import Case, allow, document, read, reading, role_of
from sandbox.proof.expectations import Action
from sandbox.proof.node import Run
from sandbox.proof.pods import Pod
from test_examples import copy_example

PAGE = Path(__file__).resolve().parents[3] / "docs" / "assuming-roles.md"
PROGRAM = """
import pulumi
import pulumi_aws as aws
from pulumi_eks_pod_identity import AssumedBy, PodIdentity, PodIdentityTargetRole

data = f"arn:aws:iam::{TARGET_ACCOUNT}:role/data"
for name in ("api", "stranger"):
    PodIdentity(name, {"cluster_name": CLUSTER, "namespace": NAMESPACE, "service_account": name, "role_name": name,
                       "assumable_role_arns": {"data": data, "team": TEAM_ROLE, "guarded": f"{data}-guarded"},
                       "propagation_seconds": 0})
other = pulumi.ResourceOptions(provider=aws.Provider("data", profile="data", region="eu-west-1"))
common = {"source_role_arn": f"arn:aws:iam::{ACCOUNT}:role/api", "assumed_by": AssumedBy.WORKLOAD}
target = PodIdentityTargetRole("data", {**common, "role_name": "data", "policies": {"own-namespace": READING}}, other)
PodIdentityTargetRole("guarded", {**common, "role_name": "data-guarded", "external_ids": ["ticket-42"]}, other)
pulumi.export("trust", target.trust_policy)
"""


def run_with_profile(case: Case, pod: Pod, role_arn: str, *actions: Action, more: str = "") -> Run:
    """Run a pod whose SDK assumes *role_arn* through a profile, which has *more* lines."""
    file = case.folder / "profiles"
    file.write_text(f"[profile other]\nrole_arn = {role_arn}\ncredential_source = EcsContainer\n{more}")
    own = {"AWS_CONFIG_FILE": str(file), "AWS_PROFILE": "other"}
    return case.run(pod, *actions, own=own)


def run_code(case: Case, pod: Pod, role_arn: str) -> str:
    """Run the code of the page in a pod, with another role in it, and return what it prints."""
    [code] = [each for each in re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL) if "boto3" in each]
    home = case.folder / "home"
    home.mkdir(exist_ok=True)
    variables = case.variables(pod)
    return subprocess.run(
        [sys.executable, "-I", "-c", re.sub(r'"arn:aws:iam::[^"]+"', repr(role_arn), code)],
        env={"PATH": "/usr/bin:/bin", "HOME": str(home), "AWS_ENDPOINT_URL": case.aws, **variables},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


def test_a_workload_assumes_roles_of_two_accounts_and_its_session_tags_go_with_it(case_project: Project, case: Case):
    team = f"{500000000000 + int(case.account[3:])}"
    team_role = f"arn:aws:iam::{team}:role/reader"
    data_role = f"arn:aws:iam::{case.target_account}:role/data"
    bucket = case.bucket("data", f"{case.namespace}/a", "another/a", account=case.target_account)
    team_bucket = case.bucket("team", "a", account=team)
    own = document(allow("s3:GetObject", f"arn:aws:s3:::{bucket}/${{aws:PrincipalTag/kubernetes-namespace}}/*"))
    case_project.up(f"TEAM_ROLE, READING = {team_role!r}, {own!r}\n{PROGRAM}")
    # The other team creates its role by hand, with the trust policy that our stack prints.
    case.role("reader", json.loads(case_project.outputs()["trust"]), reading(team_bucket), account=team)

    api, other = case.injected_pod("api", name="api"), case.injected_pod("stranger", name="stranger")
    own_object = read(bucket, f"{case.namespace}/a")

    through_profile = run_with_profile(case, api, data_role, own_object, read(bucket, "another/a"))
    of_team = run_with_profile(case, api, team_role, read(team_bucket, "a"))
    by_code = run_code(case, api, data_role)
    stranger = run_with_profile(case, other, data_role, own_object)

    assert through_profile.method == of_team.method == "assume-role"
    assert role_of(through_profile.arn) == role_of(by_code) == f"{case.target_account}/data"
    assert [(each.ok, each.denied) for each in through_profile.actions] == [(True, False), (False, True)]
    assert role_of(of_team.arn) == f"{team}/reader"
    assert of_team.actions[0].ok
    assert not stranger.credentials.ok
    assert "AccessDenied" in stranger.credentials.message

    guarded = run_with_profile(case, api, f"{data_role}-guarded", more="external_id = ticket-42\n")
    assert role_of(guarded.arn) == f"{case.target_account}/data-guarded"
    assert not run_with_profile(case, api, f"{data_role}-guarded").credentials.ok

    only_assume = json.loads(case_project.outputs()["trust"])
    only_assume["Statement"][0]["Action"] = "sts:AssumeRole"
    case.retrust("data", only_assume, account=case.target_account)

    assert "sts:TagSession" in run_with_profile(case, api, data_role).credentials.message


def test_external_dns_reaches_both_accounts_with_the_profiles_of_the_example(case_project: Project, case: Case):
    example = copy_example(case_project, "external-dns-two-accounts")
    example.up()
    outputs = example.outputs()
    file = case.folder / "config"
    file.write_text(outputs["profiles"])
    account = outputs["service_account"]

    own, second = (
        case.run(
            case.injected_pod(account, name=profile),
            own={"AWS_CONFIG_FILE": str(file), "AWS_PROFILE": profile},
        )
        for profile in ("default", "second")
    )

    assert role_of(own.arn) == f"{case.account}/external-dns"
    assert role_of(second.arn) == f"{case.target_account}/external-dns-zones"
