"""Associations of every form, each used as its pod would: which role, which permissions, and who is denied.

Sources: EKS User Guide "how EKS Pod Identity works" (HOW), "target IAM role" (TARGET), "session tags" (TAGS);
reference of CreatePodIdentityAssociation (REF). Tags and session policies are in `test_session_matrix.py`, IRSA in
`test_irsa.py`.
"""

import json

import pytest

from eks_pod_identity.documents.source_trust import TrustScope
from proof_case import Case, read, reading, role_of
from sandbox.proof.expectations import Action
from sandbox.seed import create_cluster


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


@pytest.mark.parametrize("scope", list(TrustScope))
def test_every_trust_scope_admits_its_own_service_account(case: Case, scope: TrustScope):
    """TAGS and reports of `aws:SourceAccount`: EKS sends the values of the scope."""
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
def test_a_neighbour_in_the_namespace_is_admitted_only_by_a_wider_scope(case: Case, scope: TrustScope, let_in: bool):
    """TAGS: the trust policy sees namespace and ServiceAccount as request tags; the others are open."""
    case.associate(case.role("api", case.trust(case.binding("api"), scope=scope)), "neighbour")

    run = case.run(case.injected_pod("neighbour"))

    assert run.credentials.ok is let_in


@pytest.mark.parametrize(("scope", "let_in"), [(TrustScope.CLUSTER, False), (TrustScope.ACCOUNT, True)])
def test_a_service_account_of_another_cluster_is_admitted_only_by_the_account_scope(
    case: Case, scope: TrustScope, let_in: bool
):
    """TAGS: a namespace and a ServiceAccount are unique within their cluster only, so the trust names its ARN."""
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
