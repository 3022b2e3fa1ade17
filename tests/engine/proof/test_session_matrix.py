"""Session tags and session policies of associations, each used as its pod would.

Sources: EKS User Guide "session tags" (TAGS); reference of CreatePodIdentityAssociation (REF); AWS Containers blog on
session policies, March 2026 (POLICY).
"""

import pytest

from eks_pod_identity.bindings import external_id
from eks_pod_identity.documents.source_trust import TrustScope
from eks_pod_identity.documents.target_trust import target_trust
from proof_case import REGION, Case, allow, document, read, reading, role_of


@pytest.mark.claim(20, part="stand-in")
@pytest.mark.parametrize(
    "tag",
    [
        "eks-cluster-arn",
        "eks-cluster-name",
        "kubernetes-namespace",
        "kubernetes-service-account",
        "kubernetes-pod-name",
        "kubernetes-pod-uid",
    ],
)  # fmt: skip - the six in one line
def test_each_of_the_six_session_tags_is_sent(case: Case, tag: str):
    """TAGS: a trust policy that requires the tag admits the call, and the tag has the documented value."""
    pod_name = "workload"
    trust = case.trust(scope=TrustScope.ACCOUNT)
    trust["Statement"][0]["Condition"] = {"Null": {f"aws:RequestTag/{tag}": "false"}}
    values = {
        "eks-cluster-arn": case.cluster_arn,
        "eks-cluster-name": case.cluster,
        "kubernetes-namespace": case.namespace,
        "kubernetes-service-account": "api",
        "kubernetes-pod-name": pod_name,
    }
    if tag in values:
        trust["Statement"][0]["Condition"]["StringEquals"] = {f"aws:RequestTag/{tag}": values[tag]}
    case.associate(case.role("api", trust))

    assert role_of(case.run_api().arn) == f"{case.account}/api"


@pytest.mark.claim(20, part="stand-in")
def test_one_role_serves_many_workloads_by_matching_tags(case: Case):
    """TAGS: ABAC on `aws:PrincipalTag/kubernetes-service-account` in the resource."""
    bucket = case.bucket("shared", "api/a", "worker/a")
    policy = reading(bucket, "${aws:PrincipalTag/kubernetes-service-account}/*")
    role = case.role("shared", case.trust(case.binding("api"), case.binding("worker")), policy)
    case.associate(role, "api")
    case.associate(role, "worker")

    api = case.run(case.injected_pod("api", name="api"), read(bucket, "api/a"), read(bucket, "worker/a"))
    worker = case.run(case.injected_pod("worker", name="worker"), read(bucket, "api/a"), read(bucket, "worker/a"))

    assert [each.ok for each in api.actions] == [True, False]
    assert [each.ok for each in worker.actions] == [False, True]


@pytest.mark.claim(20, part="stand-in")
def test_access_by_the_namespace_tag_holds_in_a_condition_too(case: Case):
    """TAGS: `aws:PrincipalTag/kubernetes-namespace` in a condition of the role's policy."""
    bucket = case.bucket("invoices", "a")
    allowed = allow(
        "s3:GetObject",
        f"arn:aws:s3:::{bucket}/*",
        Condition={"StringEquals": {"aws:PrincipalTag/kubernetes-namespace": case.namespace}},
    )
    case.associate(case.role("api", case.trust(), document(allowed)))

    assert case.run_api(read(bucket, "a")).actions[0].ok


@pytest.mark.claim(20, part="stand-in")
def test_the_tags_go_on_to_the_target_role(case: Case):
    """TAGS: all six are transitive, so a target's trust may require them as request tags."""
    target = case.target_role(account=case.target_account)
    ids = [external_id(REGION, case.account, case.cluster, case.namespace, "api")]
    trust = target_trust(f"arn:aws:iam::{case.account}:role/source", ids)
    for statement in trust["Statement"]:
        statement["Condition"].setdefault("StringEquals", {})["aws:RequestTag/kubernetes-namespace"] = case.namespace
    case.retrust("target", trust, case.target_account)
    case.associate(case.source_role(target), targetRoleArn=target)

    assert role_of(case.run_api().arn) == f"{case.target_account}/target"


@pytest.mark.claim(21, part="stand-in")
def test_disabled_session_tags_are_gone_from_the_trust_decision(case: Case):
    """REF: `disableSessionTags` removes the tags; a trust that requires one is no longer met."""
    case.associate(case.role("api", case.trust()), disableSessionTags=True)

    assert "AccessDeniedException" in case.run_api().credentials.message


@pytest.mark.claim(21, part="stand-in")
def test_disabled_session_tags_are_gone_from_the_session(case: Case):
    """REF: no subset stays: a policy by tag matches nothing."""
    bucket = case.bucket("shared", f"{case.namespace}/a")
    policy = reading(bucket, "${aws:PrincipalTag/kubernetes-namespace}/*")
    case.associate(case.role("api", case.trust(case.binding(session_tags=False)), policy), disableSessionTags=True)

    run = case.run_api(read(bucket, f"{case.namespace}/a"))

    assert role_of(run.arn) == f"{case.account}/api"
    assert run.actions[0].denied


@pytest.mark.claim(23, part="stand-in")
def test_a_session_policy_narrows_the_role(case: Case):
    """REF, POLICY: the result is the intersection."""
    bucket = case.bucket("invoices", "2026/a", "archive/a")
    role = case.role("api", case.trust(case.binding(session_tags=False)), reading(bucket))
    case.associate(role, policy=reading(bucket, "2026/*"), disableSessionTags=True)

    run = case.run_api(read(bucket, "2026/a"), read(bucket, "archive/a"))

    assert [(each.ok, each.denied) for each in run.actions] == [(True, False), (False, True)]


@pytest.mark.claim(23, part="stand-in")
def test_a_session_policy_never_widens(case: Case):
    """REF: a session policy cannot allow more than the role."""
    bucket = case.bucket("invoices", "2026/a", "archive/a")
    role = case.role("api", case.trust(case.binding(session_tags=False)), reading(bucket, "2026/*"))
    case.associate(role, policy=reading(bucket), disableSessionTags=True)

    run = case.run_api(read(bucket, "2026/a"), read(bucket, "archive/a"))

    assert [(each.ok, each.denied) for each in run.actions] == [(True, False), (False, True)]


@pytest.mark.claim(24, part="stand-in")
def test_a_shared_role_is_least_privilege_for_each_application(case: Case):
    """REF: one role, a session policy per association."""
    bucket = case.bucket("shared", "api/a", "worker/a")
    bindings = [case.binding(name, session_tags=False) for name in ("api", "worker")]
    role = case.role("shared", case.trust(*bindings), reading(bucket))
    for name in ("api", "worker"):
        case.associate(role, name, policy=reading(bucket, f"{name}/*"), disableSessionTags=True)

    api = case.run(case.injected_pod("api", name="api"), read(bucket, "api/a"), read(bucket, "worker/a"))
    worker = case.run(case.injected_pod("worker", name="worker"), read(bucket, "api/a"), read(bucket, "worker/a"))

    assert [each.ok for each in api.actions] == [True, False]
    assert [each.ok for each in worker.actions] == [False, True]


def test_with_a_target_the_session_policy_need_not_allow_the_chaining(case: Case):
    """POLICY: it applies when the target is assumed, and the source's `sts:AssumeRole` is untouched by it."""
    bucket = case.bucket("reports", "monthly/a", "salaries/a", account=case.target_account)
    target = case.target_role(reading(bucket), account=case.target_account)
    source = case.source_role(target, scope=TrustScope.ACCOUNT)
    case.associate(source, targetRoleArn=target, policy=reading(bucket, "monthly/*"), disableSessionTags=True)

    run = case.run_api(read(bucket, "monthly/a"), read(bucket, "salaries/a"))

    assert role_of(run.arn) == f"{case.target_account}/target"
    assert [(each.ok, each.denied) for each in run.actions] == [(True, False), (False, True)]
