"""How each part of an identity affects the chain from the pod to its action."""

from dataclasses import replace
from typing import Any

import pytest

from eks_pod_identity.access import CheckEffect, CheckType, Identity, Outcome, Role
from eks_pod_identity.access.identity import keys_of
from eks_pod_identity.iam.association import Association
from eks_pod_identity.iam.possible import ABSENT
from eks_pod_identity.iam.unknown import UNKNOWN
from workload import (
    ACCOUNT,
    BOTH,
    INVOICES,
    OBJECT,
    OTHER_ACCOUNT,
    ROLE_ARN,
    TARGET_ARN,
    TARGET_TRUST,
    TRUST,
    allow,
    deny,
    document,
    trust_of_pods,
    with_target_role,
    workload,
)

READ = "s3:GetObject"
YES, NO, DENIED, OPEN = Outcome.ALLOW, Outcome.IMPLICIT_DENY, Outcome.EXPLICIT_DENY, Outcome.UNKNOWN
EVERYTHING = document(allow("*"))
NO_STS = document(allow("*"), deny("sts:*"))
NO_STS_OF_RESOURCE = document({"Effect": "Deny", "Principal": "*", "Action": "sts:*", "Resource": TARGET_ARN})


def source(**parts: Any) -> Identity:
    identity = with_target_role()
    return replace(identity, role=replace(identity.role, **parts))


@pytest.mark.parametrize(
    ("identity", "step", "outcome"),
    [
        (source(), READ, YES),
        # The boundary of the source role limits which roles it may assume.
        (source(boundary=EVERYTHING), READ, YES),
        (source(boundary=NO_STS), "source permission", DENIED),
        (source(boundary=document(allow("s3:*"))), "source permission", NO),
        # Service control policies of its account limit it too, and resource control policies of the target's account.
        (replace(source(), service_control_policies=[EVERYTHING]), READ, YES),
        (replace(source(), service_control_policies=[NO_STS]), "hop 2 AssumeRole", DENIED),
        (replace(source(), resource_control_policies=[NO_STS_OF_RESOURCE]), "hop 2 AssumeRole", DENIED),
        # Permission on TagSession alone is not enough, nor on AssumeRole alone.
        (source(policies={"assume": document(allow(BOTH[0], TARGET_ARN))}), "source permission", NO),
        (source(policies={"assume": document(allow(BOTH[1], TARGET_ARN))}), "source permission", NO),
        (source(policies={"assume": UNKNOWN}), "source permission", OPEN),
    ],
)
def test_the_source_role_must_be_allowed_to_assume_the_target(identity: Identity, step: str, outcome: Outcome) -> None:
    decision = identity.decide(READ, OBJECT)

    assert (decision.step.name, decision.outcome) == (step, outcome)


def test_the_permission_of_the_source_role_is_shown_without_the_trust_that_refuses() -> None:
    decision = with_target_role(
        trust=document({**TARGET_TRUST["Statement"][0], "Principal": {"AWS": OTHER_ACCOUNT}})
    ).decide(READ, OBJECT)

    permission, hop = decision.steps[-2:]
    assert (permission.name, permission.outcome, permission.action) == ("source permission", YES, BOTH[0])
    assert CheckType.RESOURCE not in [check.check_type for check in permission.checks]
    assert CheckType.PRINCIPAL in [check.check_type for check in permission.checks]
    assert hop.outcome is NO


def test_whether_both_roles_are_in_one_account_may_not_be_known() -> None:
    """In one account the trust policy may name the role. Across accounts, its own policy must allow too."""
    names_role = document({"Effect": "Allow", "Principal": {"AWS": ROLE_ARN}, "Action": BOTH})
    target = Role(TARGET_ARN.replace(OTHER_ACCOUNT, ACCOUNT), names_role, {"invoices": INVOICES})
    without_permission = source(policies={})

    assert replace(without_permission, target=target).decide(READ, OBJECT).outcome is YES
    assert replace(without_permission, target=replace(target, arn=TARGET_ARN)).decide(READ, OBJECT).outcome is NO
    assert replace(without_permission, target=replace(target, arn=UNKNOWN)).decide(READ, OBJECT).outcome is OPEN


@pytest.mark.parametrize(
    ("tags", "outcome"), [({"team": "core"}, YES), ({"team": "x"}, NO), ({}, NO), (UNKNOWN, OPEN)]
)
def test_tags_of_a_role_count_in_its_trust(tags: Any, outcome: Outcome) -> None:
    condition = {"StringEquals": {"aws:ResourceTag/team": "core"}}
    tagged = workload(role={"trust": trust_of_pods(condition), "tags": tags})
    statements = [{**statement, "Condition": condition} for statement in TARGET_TRUST["Statement"]]

    assert tagged.decide(READ, OBJECT).outcome is outcome
    assert with_target_role(trust=document(*statements), tags=tags).decide(READ, OBJECT).outcome is outcome


def test_tags_of_the_role_are_tags_of_the_principal() -> None:
    own = workload(allow(READ, "*", {"StringEquals": {"aws:PrincipalTag/team": "core"}}))

    assert own.decide(READ, OBJECT).outcome is NO
    assert replace(own, role=replace(own.role, tags={"team": "core"})).decide(READ, OBJECT).outcome is YES


def test_the_organization_is_that_of_the_principal_too() -> None:
    own = workload(allow(READ, "*", {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}))

    assert own.decide(READ, OBJECT).outcome is OPEN
    assert replace(own, organization="o-abcdefghij").decide(READ, OBJECT).outcome is YES
    assert replace(own, organization="o-0000000000").decide(READ, OBJECT).outcome is NO


def test_an_action_without_a_resource_assumes_nothing_about_one() -> None:
    decision = workload(allow("sts:GetCallerIdentity")).decide("sts:GetCallerIdentity", "*")

    assert decision.assumes == ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY", "VPC_ENDPOINT")
    assert decision.outcome is YES


def test_a_resource_in_an_arn_with_an_account_is_in_that_account() -> None:
    queue = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:orders"
    everything = workload(allow("*"))

    own = everything.decide("sqs:SendMessage", queue)
    foreign = everything.decide("sqs:SendMessage", queue.replace(ACCOUNT, OTHER_ACCOUNT))

    assert (own.outcome, foreign.outcome) == (YES, OPEN)
    assert "the resource is in the account of the role" not in own.assumes
    assert [str(missing) for missing in foreign.missing] == [
        f"the policy of arn:aws:sqs:eu-west-1:{OTHER_ACCOUNT}:orders"
    ]


@pytest.mark.parametrize("strict", [True, False])
def test_an_answer_is_final_when_every_kind_of_policy_was_given(strict: bool) -> None:
    known = workload(service_control_policies=[], resource_control_policies=[])
    context = {"aws:SourceVpce": None}

    decision = known.decide(READ, OBJECT, resource_policy="", context=context, strict=strict)
    denied = known.decide("s3:DeleteObject", OBJECT, resource_policy="", context=context)

    assert (decision.outcome, decision.final) == (YES, True)
    assert "unless" not in str(decision)
    assert (denied.outcome, denied.final) == (NO, True)
    assert not workload().decide(READ, OBJECT).final
    assert not workload().decide("s3:DeleteObject", OBJECT).final
    assert not workload(allow(READ, "*", {"Bool": {"aws:ViaAWSService": UNKNOWN}})).decide(READ, OBJECT).final


def test_a_policy_of_the_resource_cannot_lift_what_is_denied_in_another_account_or_on_no_resource() -> None:
    other = {"aws:ResourceAccount": OTHER_ACCOUNT}

    assert workload().decide("s3:DeleteObject", OBJECT).could_be_granted_by == (CheckType.RESOURCE,)
    assert workload().decide("s3:DeleteObject", OBJECT, context=other).could_be_granted_by == ()
    assert workload().decide("s3:ListAllMyBuckets", "*").could_be_granted_by == ()


def test_levels_are_named_by_their_number_or_by_the_given_name() -> None:
    denying = document(deny("s3:*"))

    numbered = workload(service_control_policies=[EVERYTHING, denying]).decide(READ, OBJECT)
    named = workload(service_control_policies=[{"root": EVERYTHING}, {"ou": EVERYTHING, "guard": denying}])

    assert "explicit deny in a service control policy: statement 1 of level 2" in str(numbered)
    assert "statement 1 of 'guard'" in str(named.decide(READ, OBJECT))
    effects = [
        (check.check_type, check.effect)
        for check in numbered.checks
        if check.check_type in (CheckType.SERVICE_CONTROL_POLICY, CheckType.RESOURCE_CONTROL_POLICY)
    ]
    assert effects == [
        (CheckType.SERVICE_CONTROL_POLICY, CheckEffect.ALLOW),
        (CheckType.SERVICE_CONTROL_POLICY, CheckEffect.EXPLICIT_DENY),
        (CheckType.RESOURCE_CONTROL_POLICY, CheckEffect.NOT_GIVEN),
    ]


def test_the_policy_of_the_resource_is_named_as_such() -> None:
    denying = document({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"})

    text = str(workload().decide(READ, OBJECT, resource_policy=denying))

    assert "explicit deny in a resource-based policy: statement 1 of the resource policy" in text


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (None, ABSENT),
        (True, "true"),
        (False, "false"),
        (7, "7"),
        ("A", "A"),
        (["a", True, 7], ("a", "true", "7")),
        (("a",), ("a",)),
        ({"a"}, ("a",)),
        ([], ()),
    ],
)
def test_condition_keys_take_python_values(value: object, key: object) -> None:
    assert keys_of({"aws:Some-Key": value}) == {"aws:some-key": key}


@pytest.mark.parametrize(
    ("parts", "changes"),
    [
        ({}, {}),
        ({"region": UNKNOWN}, {"region": UNKNOWN}),
        ({"account": OTHER_ACCOUNT}, {"account": OTHER_ACCOUNT}),
        ({"account": UNKNOWN}, {"account": UNKNOWN}),
        ({"partition": "aws-cn"}, {"partition": "aws-cn"}),
        ({"role": Role(UNKNOWN)}, {"account": UNKNOWN, "partition": UNKNOWN}),
        ({"role": Role("arn:aws:iam")}, {"account": UNKNOWN}),
        ({"role": Role("arn")}, {"account": UNKNOWN, "partition": UNKNOWN}),
        ({"role": Role("arn::iam::")}, {"account": UNKNOWN, "partition": UNKNOWN}),
        ({"pod_name": "api-1", "pod_uid": "uid-1"}, {"pod_name": "api-1", "pod_uid": "uid-1"}),
        ({"session_policy": INVOICES}, {"session_tags": False}),
        ({"session_policy": ""}, {"session_tags": True}),
        ({"session_policy": INVOICES, "session_tags": True}, {"session_tags": True}),
        ({"session_tags": False}, {"session_tags": False}),
        ({"session_tags": UNKNOWN}, {"session_tags": UNKNOWN}),
    ],
)
def test_eks_knows_the_association_from_the_identity(parts: dict[str, Any], changes: dict[str, Any]) -> None:
    expected = Association("prod", "payments", "api", "eu-west-1", ACCOUNT, "aws", session_tags=True)
    identity = Identity("prod", "payments", "api", **{"role": Role(ROLE_ARN), "region": "eu-west-1", **parts})

    assert identity.association == replace(expected, **changes)


def test_the_admission_of_an_identity_is_what_its_trust_says() -> None:
    admitted = workload().admission()
    refused = workload(service_account="worker").admission()

    assert [(step.name, step.outcome) for step in admitted] == [("hop 1 AssumeRole", YES), ("hop 1 TagSession", YES)]
    assert [step.outcome for step in refused] == [NO, NO]


def test_the_arn_of_the_role_counts_in_its_trust() -> None:
    """A resource control policy may name the assumed role."""
    guard = document({"Effect": "Deny", "Principal": "*", "Action": "sts:*", "Resource": ROLE_ARN})
    others = document({"Effect": "Deny", "Principal": "*", "Action": "sts:*", "Resource": f"{ROLE_ARN}-x"})

    assert workload(resource_control_policies=[guard]).decide(READ, OBJECT).step.name == "hop 1 AssumeRole"
    assert workload(resource_control_policies=[guard]).decide(READ, OBJECT).outcome is DENIED
    assert workload(resource_control_policies=[others]).decide(READ, OBJECT).outcome is YES
    assert workload(role={"trust": TRUST}).decide(READ, OBJECT).outcome is YES
