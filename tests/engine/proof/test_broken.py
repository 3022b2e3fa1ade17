"""Broken configurations and the errors of the pod's SDK, on which `docs/troubleshooting.md` is based.

Each test names the rule that reports the mistake beforehand. Mistakes that EKS or IAM refuse at creation are shown
with the message of that refusal; rules that guard against too much access (PI103, PI104, PI204, PI205, PI306) break no
pod.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from eks_pod_identity.bindings import external_id
from eks_pod_identity.documents.source_trust import TrustScope
from eks_pod_identity.documents.target_trust import target_trust
from proof_case import REGION, Case, Document, allow, document, read, reading
from sandbox.proof.expectations import Action

REASON = (
    "(AccessDeniedException): Unauthorized Exception! EKS does not have permissions to assume the associated role."
)
GUIDE = " ".join((Path(__file__).parents[3] / "docs" / "troubleshooting.md").read_text(encoding="utf-8").split())


def as_in_guide(message: str) -> str:
    """Return the message as the guide has it: one line, and the id of the request left out."""
    return re.sub(r"\[[0-9a-f-]{36}\]", "[…]", " ".join(message.split()))


def assert_unauthorized(case: Case) -> None:
    """Assert that the pod gets no credentials, and that its SDK prints the message in `docs/troubleshooting.md`."""
    run = case.run_api()
    assert not run.credentials.ok
    assert REASON in run.credentials.message
    assert as_in_guide(run.credentials.message) in GUIDE


def change_trust(trust: Document, change: Callable[[dict], object]) -> dict:
    """Return the trust with its first statement changed."""
    copy = json.loads(json.dumps(trust))
    change(copy["Statement"][0])
    return copy


def condition(operator: str, **keys: object) -> Callable[[dict], object]:
    """Return a change that adds a condition."""
    return lambda statement: statement["Condition"].setdefault(operator, {}).update(keys)


RUNTIME_TRUSTS = {
    "PI101 only AssumeRole": lambda s: s.update(Action="sts:AssumeRole"),
    "PI101 only TagSession": lambda s: s.update(Action="sts:TagSession"),
    "PI102 a misspelled service": lambda s: s.update(Principal={"Service": "pod.eks.amazonaws.com"}),
    "PI102 the service with a partition's suffix": lambda s: s.update(
        Principal={"Service": "pods.eks.amazonaws.com.cn"}
    ),
    "PI102 the service of the control plane": lambda s: s.update(Principal={"Service": "eks.amazonaws.com"}),
    "PI107 another ServiceAccount": condition(
        "StringEquals", **{"aws:RequestTag/kubernetes-service-account": "another"}
    ),
    "PI105 an external id": condition("StringEquals", **{"sts:ExternalId": "anything"}),
    "PI105 a principal tag": condition("StringEquals", **{"aws:PrincipalTag/kubernetes-namespace": "anything"}),
    "PI105 a request tag that EKS does not send": condition("StringEquals", **{"aws:RequestTag/team": "payments"}),
}


@pytest.mark.parametrize("broken", RUNTIME_TRUSTS)
def test_a_trust_broken_after_creation_leaves_the_pod_unauthorized(case: Case, broken: str):
    case.associate(case.role("api", case.trust()))
    case.retrust("api", change_trust(case.trust(), RUNTIME_TRUSTS[broken]))

    assert_unauthorized(case)
    assert case.last_refusal()["reason"].startswith(f"association role arn:aws:iam::{case.account}:role/api")


def test_pi105_an_association_arn_as_source_arn_leaves_the_pod_unauthorized(case: Case):
    """Widely copied: EKS sends the cluster's ARN. EKS creates the association nevertheless."""
    role = case.role("api", case.trust())
    association = case.associate(role)
    statement = condition("ArnEquals", **{"aws:SourceArn": association["associationArn"]})
    case.retrust("api", change_trust(case.trust(), statement))

    assert_unauthorized(case)


def test_pi206_a_trust_by_request_tag_with_session_tags_off_leaves_the_pod_unauthorized(case: Case):
    case.associate(case.role("api", case.trust()), disableSessionTags=True)

    assert_unauthorized(case)


def test_pi206_a_policy_by_principal_tag_with_session_tags_off_denies_the_action(case: Case):
    """The pod has credentials; the statement by tag no longer matches, and the service says so."""
    bucket = case.bucket("shared", f"{case.namespace}/a")
    policy = reading(bucket, "${aws:PrincipalTag/kubernetes-namespace}/*")
    case.associate(case.role("api", case.trust(case.binding(session_tags=False)), policy), disableSessionTags=True)

    run = case.run_api(read(bucket, f"{case.namespace}/a"))

    assert run.credentials.ok
    assert "is not authorized to perform: s3:GetObject" in run.actions[0].message


def test_pi206_a_role_tag_named_like_a_session_tag_becomes_live_with_session_tags_off(case: Case):
    """The spoofing that PI503 guards against: the role's own tag takes the place of the session tag."""
    bucket = case.bucket("shared", "somebody-else/a")
    policy = reading(bucket, "${aws:PrincipalTag/kubernetes-namespace}/*")
    role = case.role(
        "api", case.trust(case.binding(session_tags=False)), policy, tags={"kubernetes-namespace": "somebody-else"}
    )
    case.associate(role, disableSessionTags=True)

    assert case.run_api(read(bucket, "somebody-else/a")).actions[0].ok


def test_pi207_a_session_policy_with_a_target_does_not_narrow_the_source(case: Case):
    """Advisory: EKS assumes the target although the policy does not allow it, and the policy narrows the target."""
    bucket = case.bucket("reports", "a", account=case.target_account)
    target = case.target_role(reading(bucket), account=case.target_account)
    source = case.source_role(target, scope=TrustScope.ACCOUNT)
    case.associate(source, targetRoleArn=target, policy=document(allow("s3:ListBucket")), disableSessionTags=True)

    run = case.run_api(read(bucket, "a"))

    assert run.credentials.ok
    assert run.actions[0].denied


def test_pi209_a_session_policy_that_allows_nothing_denies_every_action(case: Case):
    bucket = case.bucket("invoices", "a")
    nothing = document({"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"})
    trust = case.trust(case.binding(session_tags=False))
    case.associate(case.role("api", trust, reading(bucket)), policy=nothing, disableSessionTags=True)

    run = case.run_api(read(bucket, "a"))

    assert run.credentials.ok
    assert run.actions[0].denied


def test_pi307_a_workload_that_may_assume_a_role_and_not_tag_its_session_gets_access_denied(case: Case):
    target = case.role("other", target_trust(f"arn:aws:iam::{case.account}:role/api", []))
    case.associate(case.role("api", case.trust(), document(allow("sts:AssumeRole", target))))

    run = case.run_api(Action("sts", "assume_role", {"RoleArn": target, "RoleSessionName": "workload"}))

    assert run.actions[0].denied
    assert "is not authorized to perform: sts:TagSession" in run.actions[0].message
    assert "is not authorized to perform: sts:TagSession" in GUIDE


def test_pi308_a_role_that_is_its_own_target_leaves_the_pod_unauthorized(case: Case):
    role = f"arn:aws:iam::{case.account}:role/api"
    chaining = document(allow(["sts:AssumeRole", "sts:TagSession"], role))
    case.associate(case.role("api", case.trust(), chaining), targetRoleArn=role)

    assert_unauthorized(case)


@pytest.mark.parametrize("missing", ["sts:AssumeRole", "sts:TagSession"])
def test_pi301_a_source_role_that_may_not_chain_leaves_the_pod_unauthorized(case: Case, missing: str):
    target = case.target_role(account=case.target_account)
    granted = {"sts:AssumeRole", "sts:TagSession"} - {missing}
    source = case.role("source", case.trust(), document(allow(sorted(granted), target)))
    case.associate(source, targetRoleArn=target)

    assert_unauthorized(case)
    assert case.last_refusal()["reason"].startswith(f"target role {target}")
    assert missing in case.last_refusal()["reason"]


def test_pi302_an_external_id_on_tag_session_leaves_the_pod_unauthorized(case: Case):
    """`sts:ExternalId` is no key of `sts:TagSession`: with both actions in one statement the tags are denied."""
    target = case.target_role(account=case.target_account)
    trust = target_trust(
        f"arn:aws:iam::{case.account}:role/source",
        [external_id(REGION, case.account, case.cluster, case.namespace, "api")],
    )
    trust["Statement"] = [trust["Statement"][0] | {"Action": ["sts:AssumeRole", "sts:TagSession"]}]
    case.retrust("target", trust, case.target_account)
    case.associate(case.source_role(target), targetRoleArn=target)

    assert_unauthorized(case)


def test_pi304_another_external_id_leaves_the_pod_unauthorized(case: Case):
    target = case.target_role(account=case.target_account, service_account="renamed")
    case.associate(case.source_role(target), targetRoleArn=target)

    assert_unauthorized(case)


def test_a_target_that_does_not_exist_leaves_the_pod_unauthorized(case: Case):
    """EKS does not check the target when the association is created."""
    target = f"arn:aws:iam::{case.target_account}:role/missing"
    case.associate(case.source_role(target), targetRoleArn=target)

    assert_unauthorized(case)


def test_a_role_deleted_under_its_association_leaves_the_pod_unauthorized(case: Case):
    case.associate(case.role("api", case.trust()))
    case.client("iam").delete_role(RoleName="api")

    assert_unauthorized(case)


REFUSED = {
    "PI101 trust without TagSession": (
        lambda case: case.associate(
            case.role("api", change_trust(case.trust(), RUNTIME_TRUSTS["PI101 only AssumeRole"]))
        ),
        "Trust policy of the role provided is invalid",
    ),
    "PI102 trust in a misspelled service": (
        lambda case: case.associate(
            case.role("api", change_trust(case.trust(), RUNTIME_TRUSTS["PI102 a misspelled service"]))
        ),
        "Trust policy of the role provided is invalid",
    ),
    "PI106 a Resource in the trust": (
        lambda case: case.role("api", change_trust(case.trust(), lambda s: s.update(Resource="*"))),
        "MalformedPolicyDocument",
    ),
    "PI201 a session policy with session tags on": (
        lambda case: case.associate(case.role("api", case.trust()), policy=reading("invoices")),
        "InvalidParameterException",
    ),
    "PI202 a session policy over 2,048 characters": (
        lambda case: case.associate(
            case.role("api", case.trust()), policy=reading("invoices", "x" * 2048), disableSessionTags=True
        ),
        "InvalidParameterException",
    ),
    "PI203 a session policy that is not JSON": (
        lambda case: case.associate(case.role("api", case.trust()), policy="{", disableSessionTags=True),
        "InvalidParameterException",
    ),
    "PI203 a session policy with a principal": (
        lambda case: case.associate(
            case.role("api", case.trust()),
            policy=document(allow("s3:GetObject", Principal="*")),
            disableSessionTags=True,
        ),
        "InvalidParameterException",
    ),
    "PI305 a role of another account": (
        lambda case: case.associate(case.role("api", case.trust(), account=case.target_account)),
        "Cross-account pass role is not allowed",
    ),
    "PI401 a second association of the ServiceAccount": (
        lambda case: [case.associate(case.role(name, case.trust())) for name in ("one", "two")],
        "Association already exists: a-",
    ),
}


@pytest.mark.parametrize("broken", REFUSED)
def test_a_role_that_aws_refuses_at_creation_is_refused_with_its_message(case: Case, broken: str):
    attempt, message = REFUSED[broken]

    with pytest.raises(ClientError, match=message):
        attempt(case)
    assert message in GUIDE


def test_pi303_a_target_that_names_the_source_role_breaks_when_that_role_is_recreated(case: Case):
    """IAM stores the unique id of a role that a trust names, and a new role of the same name has another."""
    target = case.target_role(account=case.target_account)
    source = case.source_role(target)
    named = target_trust(source, [external_id(REGION, case.account, case.cluster, case.namespace, "api")])
    for statement in named["Statement"]:
        statement["Principal"] = {"AWS": source}
        statement.get("Condition", {}).pop("ArnEquals", None)
    case.retrust("target", named, case.target_account)
    case.associate(source, targetRoleArn=target)
    before = case.run(case.injected_pod(name="before"))
    iam = case.client("iam")
    iam.delete_role_policy(RoleName="source", PolicyName="policy-0")
    iam.delete_role(RoleName="source")
    case.source_role(target)

    after = case.run(case.injected_pod(name="after"))

    assert before.credentials.ok
    assert REASON in after.credentials.message
    assert case.last_refusal()["reason"].startswith(f"target role {target}")


def test_a_pod_whose_association_is_gone_gets_the_error_in_the_guide(case: Case):
    association = case.associate(case.role("api", case.trust()))["associationId"]
    pod = case.injected_pod()
    case.client("eks").delete_pod_identity_association(clusterName="main", associationId=association)

    message = as_in_guide(case.run(pod).credentials.message)

    assert message.partition("Received non 200")[2] in GUIDE
