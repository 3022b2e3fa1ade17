"""Associations of every kind, each gone through as its pod would: which role, which permissions, and for whom not.

Sources: EKS User Guide "how EKS Pod Identity works" (HOW), "target IAM role" (TARGET), "session tags" (TAGS); reference of
CreatePodIdentityAssociation (REF); AWS Containers blog on session policies, March 2026 (POLICY).
"""

import json

import pytest

from eks_pod_identity.bindings import external_id
from eks_pod_identity.target_trust import target_trust
from eks_pod_identity.trust import TrustScope
from proof_case import REGION, Case, allow, document, read, reading
from sandbox.proof.declaration import Action
from sandbox.seed import create_cluster


def role_of(arn: str | None) -> str:
    """The account and the name of the role that a session is of."""
    assert arn is not None
    account, name = arn.split(":")[4], arn.split("/")[1]
    return f"{account}/{name}"


@pytest.mark.claim(1, part="real webhook and tokens; EKS Auth and agent stand-ins")
def test_an_association_alone_gives_the_pods_of_a_service_account_the_role(case: Case):
    """HOW: no OIDC provider and no annotation takes part."""
    bucket = case.bucket("invoices", "a")
    case.associate(case.role("api", case.trust(), reading(bucket)))

    run = case.run_api(read(bucket, "a"))

    assert case.client("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"] == []
    assert role_of(run.arn) == f"{case.account}/api"
    assert run.actions[0].ok


@pytest.mark.claim(14, part="real webhook")
def test_pods_get_what_the_role_allows_and_no_more(case: Case):
    """HOW: the permissions are those of the role."""
    bucket = case.bucket("invoices", "2026/a", "archive/a")
    case.associate(case.role("api", case.trust(), reading(bucket, "2026/*")))

    run = case.run_api(read(bucket, "2026/a"), read(bucket, "archive/a"))

    assert [(each.ok, each.denied) for each in run.actions] == [(True, False), (False, True)]


@pytest.mark.claim(18, part="stand-in")
def test_a_target_role_in_the_same_account_is_what_the_pod_holds(case: Case):
    """TARGET: two assumptions in sequence; the pod has the target's permissions."""
    bucket = case.bucket("reports", "a")
    target = case.target_role(reading(bucket))
    case.associate(case.source_role(target), targetRoleArn=target)

    pod = case.injected_pod()
    run = case.run(pod, read(bucket, "a"))

    assert role_of(run.arn) == f"{case.account}/target"
    assert run.actions[0].ok
    assert list(case.events(pod)[-1]["roles"]) == [f"arn:aws:iam::{case.account}:role/source", target]


@pytest.mark.claim(18, part="stand-in")
def test_the_permissions_of_the_source_role_are_not_the_pods(case: Case):
    """TARGET: the pod holds the target's permissions only."""
    bucket = case.bucket("invoices", "a")
    target = case.target_role()
    source = case.source_role(target)
    case.client("iam").put_role_policy(RoleName="source", PolicyName="own", PolicyDocument=json.dumps(reading(bucket)))
    case.associate(source, targetRoleArn=target)

    assert case.run_api(read(bucket, "a")).actions[0].denied


@pytest.mark.claim(19, part="stand-in")
def test_a_target_role_in_another_account_is_what_the_pod_holds(case: Case):
    """TARGET: the same across accounts."""
    bucket = case.bucket("reports", "a", account=case.target_account)
    target = case.target_role(reading(bucket), account=case.target_account)
    case.associate(case.source_role(target), targetRoleArn=target)

    run = case.run_api(read(bucket, "a"))

    assert role_of(run.arn) == f"{case.target_account}/target"
    assert run.actions[0].ok


def test_a_target_trusts_the_external_id_of_its_own_service_account_only(case: Case):
    """TARGET: `sts:ExternalId` names cluster, namespace and ServiceAccount."""
    target = case.target_role(account=case.target_account, service_account="other")
    case.associate(case.source_role(target), targetRoleArn=target)

    run = case.run_api()

    assert "AccessDeniedException" in run.credentials.message
    assert case.last_refusal()["reason"].startswith(f"target role {target}")


@pytest.mark.parametrize("tags_off", [False, True])
def test_the_external_id_is_sent_with_session_tags_on_and_off(case: Case, tags_off: bool):
    """TARGET: the external id always comes with a target role."""
    target = case.target_role(account=case.target_account)
    source = case.source_role(target, scope=TrustScope.ACCOUNT)
    case.associate(source, targetRoleArn=target, disableSessionTags=tags_off)

    assert role_of(case.run_api().arn) == f"{case.target_account}/target"


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
    """TAGS: a trust policy that requires the tag to be there is met, and the documented value is in it."""
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
    """REF: what the role does not allow, the session policy cannot."""
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


@pytest.mark.parametrize("scope", list(TrustScope))
def test_every_trust_scope_lets_its_own_service_account_in(case: Case, scope: TrustScope):
    """TAGS and reports of `aws:SourceAccount`: what the scope names is what EKS sends."""
    case.associate(case.role("api", case.trust(scope=scope)))

    assert role_of(case.run_api().arn) == f"{case.account}/api"


@pytest.mark.parametrize(
    ("scope", "let_in"),
    [
        (TrustScope.SERVICE_ACCOUNT, False),
        (TrustScope.NAMESPACE, True),
        (TrustScope.CLUSTER, True),
        (TrustScope.ACCOUNT, True),
    ],
)
def test_a_neighbour_in_the_namespace_is_let_in_only_by_a_scope_that_says_so(
    case: Case, scope: TrustScope, let_in: bool
):
    case.associate(case.role("api", case.trust(case.binding("api"), scope=scope)), "neighbour")

    run = case.run(case.injected_pod("neighbour"))

    assert run.credentials.ok is let_in


@pytest.mark.parametrize(("scope", "let_in"), [(TrustScope.CLUSTER, False), (TrustScope.ACCOUNT, True)])
def test_a_service_account_of_another_cluster_is_let_in_only_by_the_account_scope(
    case: Case, scope: TrustScope, let_in: bool
):
    create_cluster(case.aws, "blue", case.account)
    role = case.role("api", case.trust(scope=scope))
    case.associate(role, clusterName="blue")
    pod = case.injected_pod()
    with case.on_node_of("blue"):
        run = case.run(pod)

    assert run.credentials.ok is let_in


@pytest.mark.claim(16, part="stand-in")
def test_one_role_is_reused_across_clusters_and_service_accounts(case: Case):
    """REF: configure a role once and reuse it across clusters."""
    create_cluster(case.aws, "blue", case.account)
    role = case.role("api", case.trust(case.binding("api"), case.binding("worker", cluster="blue")))
    case.associate(role, "api")
    case.associate(role, "worker", clusterName="blue")
    api, worker = case.injected_pod("api", name="api"), case.injected_pod("worker", name="worker")

    first = case.run(api)
    with case.on_node_of("blue"):
        second = case.run(worker)

    assert role_of(first.arn) == role_of(second.arn) == f"{case.account}/api"


def test_a_trust_by_source_arn_takes_the_cluster(case: Case):
    """Reports from live clusters: `aws:SourceArn` is the cluster's ARN; it holds with session tags off."""
    case.associate(case.role("api", case.trust(case.binding(session_tags=False))), disableSessionTags=True)

    assert role_of(case.run_api().arn) == f"{case.account}/api"


def test_a_role_with_a_path_is_assumed(case: Case):
    """A role may have a path; the association names it in full."""
    role = case.client("iam").create_role(
        RoleName="api", Path="/workloads/", AssumeRolePolicyDocument=json.dumps(case.trust())
    )["Role"]["Arn"]
    case.associate(role)

    assert role_of(case.run_api().arn) == f"{case.account}/api"


def test_the_session_is_named_after_cluster_and_pod(case: Case):
    """Seen in CloudTrail: `eks-<cluster>-<pod>-<uuid>`."""
    case.associate(case.role("api", case.trust()))

    arn = case.run_api(Action("sts", "get_caller_identity")).arn

    assert arn is not None
    assert arn.rsplit("/", 1)[1].startswith("eks-main-workload-")
