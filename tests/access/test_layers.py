"""How several types of policies decide together: IAM User Guide, "Policy evaluation logic" and "Session policies"."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eks_pod_identity.access import Identity, Outcome
from workload import (
    ACCOUNT,
    BUCKET,
    OBJECT,
    OTHER_ACCOUNT,
    ROLE_ARN,
    TRUST_WITHOUT_TAGS,
    allow,
    deny,
    document,
    workload,
)

READ = "s3:GetObject"
OTHER = document(allow("s3:PutObject"))
EVERYTHING = document(allow("*"))
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/api/eks-prod-api-1"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
YES, NO, DENIED, OPEN = Outcome.ALLOW, Outcome.IMPLICIT_DENY, Outcome.EXPLICIT_DENY, Outcome.UNKNOWN


def of_bucket(principal: Any, effect: str = "Allow") -> dict[str, Any]:
    return document({"Effect": effect, "Principal": principal, "Action": "s3:*", "Resource": [BUCKET, f"{BUCKET}/*"]})


def identity(own: Any = EVERYTHING, boundary: Any = None, session: Any = None, **parts: Any) -> Identity:
    role = {"trust": TRUST_WITHOUT_TAGS, "policies": {"own": own}, "boundary": boundary}
    return workload(role=role, session_policy=session, session_tags=False, **parts)


@pytest.mark.parametrize(
    ("own", "boundary", "session", "outcome"),
    [
        (EVERYTHING, None, None, YES),
        (EVERYTHING, EVERYTHING, None, YES),
        (EVERYTHING, OTHER, None, NO),
        (EVERYTHING, None, OTHER, NO),
        (EVERYTHING, EVERYTHING, EVERYTHING, YES),
        (EVERYTHING, EVERYTHING, OTHER, NO),
        (OTHER, EVERYTHING, EVERYTHING, NO),
        (EVERYTHING, document(allow("*"), deny("s3:*")), None, DENIED),
        (EVERYTHING, None, document(allow("*"), deny("s3:*")), DENIED),
        (document(deny("s3:*")), EVERYTHING, EVERYTHING, DENIED),
        (EVERYTHING, None, "", YES),
    ],
)
def test_boundary_and_session_policy_limit_what_the_role_may_do(
    own: Any, boundary: Any, session: Any, outcome: Outcome
) -> None:
    assert identity(own, boundary, session).decide(READ, OBJECT).outcome is outcome


@pytest.mark.parametrize(
    ("principal", "own", "boundary", "session", "outcome"),
    [
        # The account: the policies of its roles decide.
        ({"AWS": ROOT}, OTHER, None, None, NO),
        ({"AWS": ACCOUNT}, OTHER, None, None, NO),
        ({"AWS": ROOT}, EVERYTHING, None, None, YES),
        # The role: it needs no policy, but the boundary and the session policy limit it.
        ({"AWS": ROLE_ARN}, OTHER, None, None, YES),
        ({"AWS": ROLE_ARN}, OTHER, OTHER, None, NO),
        ({"AWS": ROLE_ARN}, OTHER, None, OTHER, NO),
        ({"AWS": ROLE_ARN}, OTHER, EVERYTHING, EVERYTHING, YES),
        ({"AWS": ROLE_ARN.replace("workloads/", "")}, OTHER, None, None, NO),
        # The session: neither limits it.
        ({"AWS": SESSION}, OTHER, None, None, YES),
        ({"AWS": SESSION}, OTHER, OTHER, None, YES),
        ({"AWS": SESSION}, OTHER, None, OTHER, YES),
        ({"AWS": SESSION}, OTHER, OTHER, document(deny("s3:*")), DENIED),
        ({"AWS": f"{SESSION}x"}, OTHER, None, None, NO),
        # Everybody: as the role.
        ("*", OTHER, None, None, YES),
        ({"AWS": "*"}, OTHER, OTHER, None, NO),
        # Others.
        ({"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}, OTHER, None, None, NO),
        ({"Service": "s3.amazonaws.com"}, OTHER, None, None, NO),
        ({"Federated": "cognito-identity.amazonaws.com"}, OTHER, None, None, NO),
        ({"CanonicalUser": "79a59df9"}, EVERYTHING, None, None, YES),
    ],
)
def test_a_resource_policy_grants_by_how_it_names_the_caller(
    principal: Any, own: Any, boundary: Any, session: Any, outcome: Outcome
) -> None:
    asked = identity(own, boundary, session, session_name="eks-prod-api-1")

    assert asked.decide(READ, OBJECT, resource_policy=of_bucket(principal)).outcome is outcome


def test_whether_a_session_is_named_is_not_known_without_its_name() -> None:
    assert identity(OTHER).decide(READ, OBJECT, resource_policy=of_bucket({"AWS": SESSION})).outcome is OPEN
    stranger = of_bucket({"AWS": SESSION.replace("eks-prod", "build")})
    assert identity(OTHER).decide(READ, OBJECT, resource_policy=stranger).outcome is NO


@pytest.mark.parametrize("principal", [{"AWS": ROOT}, {"AWS": ROLE_ARN}, {"AWS": SESSION}, "*"])
def test_a_deny_of_the_resource_counts_however_it_names_the_caller(principal: Any) -> None:
    asked = identity(session_name="eks-prod-api-1")

    assert asked.decide(READ, OBJECT, resource_policy=of_bucket(principal, "Deny")).outcome is DENIED


def test_a_resource_policy_with_not_principal_is_not_guessed_at() -> None:
    policy = document(
        {"Effect": "Deny", "NotPrincipal": {"AWS": ROLE_ARN}, "Action": "s3:*", "Resource": f"{BUCKET}/*"}
    )

    decision = identity().decide(READ, OBJECT, resource_policy=policy)

    assert decision.outcome is OPEN
    assert "Statement[0].NotPrincipal" in str(decision)


@pytest.mark.parametrize(
    ("principal", "own", "outcome"),
    [
        ({"AWS": ROOT}, EVERYTHING, YES),
        ({"AWS": ROOT}, OTHER, NO),
        ({"AWS": ROLE_ARN}, EVERYTHING, YES),
        ({"AWS": ROLE_ARN}, OTHER, NO),
        ("*", EVERYTHING, YES),
        ({"AWS": OTHER_ACCOUNT}, EVERYTHING, NO),
        (None, EVERYTHING, OPEN),
    ],
)
def test_in_another_account_both_sides_must_allow(principal: Any, own: Any, outcome: Outcome) -> None:
    policy = of_bucket(principal) if principal else None

    decision = identity(own).decide(
        READ, OBJECT, resource_policy=policy, context={"aws:ResourceAccount": OTHER_ACCOUNT}
    )

    assert decision.outcome is outcome


@pytest.mark.parametrize(
    ("principal", "own", "outcome"),
    [
        ({"AWS": ROOT}, EVERYTHING, YES),
        ({"AWS": ROOT}, OTHER, NO),
        ({"AWS": ROLE_ARN}, OTHER, YES),
        ({"AWS": OTHER_ACCOUNT}, EVERYTHING, NO),
    ],
)
def test_a_key_of_the_same_account_must_delegate_or_name_the_caller(
    principal: Any, own: Any, outcome: Outcome
) -> None:
    key = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1"
    policy = document({"Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*"})

    assert identity(own).decide("kms:Decrypt", key, resource_policy=policy).outcome is outcome


def test_get_caller_identity_needs_no_resource_policy() -> None:
    assert identity().decide("sts:GetCallerIdentity", "*").outcome is YES


def test_resource_control_policies_deny_and_never_need_to_allow() -> None:
    others = of_bucket("*", "Deny")
    elsewhere = document({"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*"})

    assert identity(resource_control_policies=[elsewhere]).decide(READ, OBJECT).outcome is YES
    assert identity(resource_control_policies=[elsewhere, others]).decide(READ, OBJECT).outcome is DENIED


def test_a_resource_control_policy_applies_to_eks_too() -> None:
    """The usual one against confused deputies: services act only for resources of the organization."""
    guard = document(
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sts:*",
            "Resource": "*",
            "Condition": {
                "StringNotEqualsIfExists": {"aws:SourceOrgID": "o-abcdefghij"},
                "Bool": {"aws:PrincipalIsAWSService": "true"},
            },
        }
    )

    decision = identity(resource_control_policies=[guard]).decide(READ, OBJECT)

    assert decision.outcome is OPEN
    assert [missing.what for missing in decision.missing] == ["aws:SourceOrgID"]


POLICIES = st.lists(
    st.builds(
        lambda effect, action, resource: {"Effect": effect, "Action": action, "Resource": resource},
        st.sampled_from(["Allow", "Allow", "Deny"]),
        st.sampled_from([READ, "s3:*", "sqs:*", "*"]),
        st.sampled_from(["*", f"{BUCKET}/*", OBJECT, "arn:aws:s3:::other/*"]),
    ),
    min_size=1,
    max_size=3,
).map(lambda statements: document(*statements))


@settings(max_examples=150, deadline=None)
@given(POLICIES, POLICIES, POLICIES)
def test_a_boundary_and_a_session_policy_only_narrow(own: Any, boundary: Any, session: Any) -> None:
    alone = identity(own).decide(READ, OBJECT).outcome
    limited = {
        identity(own, boundary).decide(READ, OBJECT).outcome,
        identity(own, None, session).decide(READ, OBJECT).outcome,
        identity(own, boundary, session).decide(READ, OBJECT).outcome,
    }

    assert alone is YES or YES not in limited
    assert alone is not DENIED or limited == {DENIED}


def test_a_missing_value_is_reported_with_the_condition_that_needs_it() -> None:
    own = document(
        allow("sqs:*", "*", {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}),
        allow(
            READ, "*", {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]}, "Null": {"aws:userid": "false"}}
        ),
        allow(READ, f"{BUCKET}/${{aws:PrincipalTag/kubernetes-pod-name}}"),
    )

    missing = workload(role={"policies": {"own": own}}).decide(READ, f"{BUCKET}/api-1").missing

    assert [(part.what, part.wanted, part.location) for part in missing] == [
        ("aws:SourceIp", "IpAddress 10.0.0.0/8, 192.0.2.0/24", "Statement[1].Condition.IpAddress"),
        (
            "aws:PrincipalTag/kubernetes-pod-name",
            f"Resource {BUCKET}/${{aws:PrincipalTag/kubernetes-pod-name}}",
            "Statement[2]",
        ),
    ]
