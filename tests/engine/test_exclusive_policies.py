"""Policies attached to a role by hand: `exclusive_policies` shows and removes them, but only with a refresh."""

import json

from engine_project import Project

READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
AUDIT = "arn:aws:iam::aws:policy/SecurityAudit"
VIEW = "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"
PROGRAM = """
from pulumi_eks_pod_identity import PodIdentity, PodIdentityRole, PodIdentityTargetRole

binding = {"cluster_name": CLUSTER, "namespace": "payments", "service_account": "api"}
policies = {"policies": POLICIES, "managed_policy_arns": {"audit": AUDIT}, "exclusive_policies": EXCLUSIVE}
PodIdentity("api", {**binding, **policies, "role_name": "api", "propagation_seconds": 0,
                    "target_role_arn": f"arn:aws:iam::{TARGET_ACCOUNT}:role/x",
                    "assumable_role_arns": {"other": f"arn:aws:iam::{TARGET_ACCOUNT}:role/y"}})
PodIdentityRole("alone", {**binding, **policies, "role_name": "alone"})
PodIdentityTargetRole("there", {**binding, **policies, "role_name": "there", "cluster_region": "eu-west-1",
                                "source_role_arn": f"arn:aws:iam::{ACCOUNT}:role/api"})
"""
ROLES = ("api", "alone", "there")
OWN = {
    "api": ({"read", "assume-target", "assume-other"}, {AUDIT}),
    "alone": ({"read"}, {AUDIT}),
    "there": ({"read"}, {AUDIT}),
}


def program(*policies: str, exclusive: bool = True) -> str:
    documents = dict.fromkeys(policies, READ)
    return f"POLICIES, AUDIT, EXCLUSIVE = {documents!r}, {AUDIT!r}, {exclusive}\n{PROGRAM}"


def list_policies(project: Project) -> dict[str, tuple[set[str], set[str]]]:
    """Return the inline and the attached policies of each role."""
    iam = project.aws("iam")
    return {
        role: (
            set(iam.list_role_policies(RoleName=role)["PolicyNames"]),
            {each["PolicyArn"] for each in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]},
        )
        for role in ROLES
    }


def tamper(project: Project) -> None:
    """Give each role an inline policy and a managed one by hand."""
    iam = project.aws("iam")
    for role in ROLES:
        iam.put_role_policy(RoleName=role, PolicyName="by-hand", PolicyDocument=json.dumps(READ))
        iam.attach_role_policy(RoleName=role, PolicyArn=VIEW)


def test_a_policy_attached_by_hand_is_shown_by_a_preview_with_refresh_and_removed_by_up(project: Project):
    project.up(program("read"))
    assert list_policies(project) == OWN
    tamper(project)

    without_refresh = project.preview().changes
    planned = project.preview(None, "--refresh", "--diff")
    project.up(None, "--refresh")

    assert without_refresh == []
    assert planned.changes == sorted(
        f"update {component}-exclusive-{kind}"
        for component in ("api", "alone", "there-target")
        for kind in ("attachments", "policies")
    )
    assert "by-hand" in planned.text
    assert VIEW in planned.text
    assert list_policies(project) == OWN
    assert project.up(None, "--refresh").changes == []


def test_policies_of_the_program_come_and_go_and_one_that_was_deleted_by_hand_comes_back(project: Project):
    project.up(program("read", "write"))

    project.up(program("read"))
    assert list_policies(project) == OWN

    for role in ROLES:
        project.aws("iam").delete_role_policy(RoleName=role, PolicyName="read")
    # The resource of the policy creates it again. The exclusive resource knows no document.
    project.up(None, "--refresh")
    assert list_policies(project) == OWN

    # A component that is no longer the only owner leaves existing policies.
    project.up(program("read", exclusive=False))
    tamper(project)
    project.up(None, "--refresh")
    assert all("by-hand" in inline and VIEW in attached for inline, attached in list_policies(project).values())
