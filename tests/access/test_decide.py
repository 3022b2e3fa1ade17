"""Decisions about what an identity may do, step by step, and their text."""

from dataclasses import replace

import pytest

from eks_pod_identity.access import CheckEffect, CheckType, Outcome, QuestionError, Role
from eks_pod_identity.iam.unknown import UNKNOWN
from workload import (
    ACCOUNT,
    BOTH,
    BUCKET,
    INVOICES,
    OBJECT,
    OTHER_ACCOUNT,
    ROLE_ARN,
    TARGET_ARN,
    TRUST_WITHOUT_TAGS,
    allow,
    deny,
    document,
    trust_of_pods,
    with_target_role,
    workload,
)

KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1"
READ = "s3:GetObject"


def test_an_allowed_action_names_what_allows_it_and_what_was_not_checked() -> None:
    decision = workload().decide(READ, OBJECT)

    assert decision.outcome is Outcome.ALLOW
    assert not decision.final
    assert {"SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY", "VPC_ENDPOINT", "RESOURCE"} <= set(decision.assumes)
    assert [step.name for step in decision.steps] == ["hop 1 AssumeRole", "hop 1 TagSession", READ]
    assert str(decision) == (
        f"ALLOW: payments/api in cluster prod may s3:GetObject on {OBJECT}\n"
        "  ✓ hop 1 AssumeRole: allowed by statement 1 of the trust policy of role api\n"
        "  ✓ hop 1 TagSession: allowed by statement 1 of the trust policy of role api\n"
        "  ✓ s3:GetObject: allowed by statement 1 of 'invoices'\n"
        "  … unless an organization, resource control, resource or endpoint policy denies it\n"
        "  assuming that the resource is in the account of the role"
    )


def test_the_nearest_miss_names_the_statement_both_values_and_what_the_action_acts_on() -> None:
    decision = workload().decide("s3:ListBucket", BUCKET)

    assert decision.outcome is Outcome.IMPLICIT_DENY
    assert (
        "nearest: statement 2 of 'invoices': Resource arn:aws:s3:::invoices/* does not match arn:aws:s3:::invoices; "
        "s3:ListBucket acts on the bucket"
    ) in str(decision)
    assert "no identity-based policy allows the s3:ListBucket action" in str(decision)


def test_a_trust_for_another_service_account_is_the_first_step_that_fails() -> None:
    decision = workload(service_account="worker").decide(READ, OBJECT)

    assert decision.outcome is Outcome.IMPLICIT_DENY
    assert decision.step.name == "hop 1 AssumeRole"
    assert 'aws:RequestTag/kubernetes-service-account wants "api", the request has "worker"' in str(decision)


def test_a_session_policy_turns_session_tags_off() -> None:
    tagged = workload(session_policy=INVOICES).decide(READ, OBJECT)
    untagged = workload(role={"trust": TRUST_WITHOUT_TAGS}, session_policy=INVOICES).decide(READ, OBJECT)

    assert tagged.step.name == "hop 1 AssumeRole"
    assert untagged.outcome is Outcome.ALLOW
    assert [step.name for step in untagged.steps] == ["hop 1 AssumeRole", READ]


def test_an_unknown_key_that_decides_is_named_with_the_required_values() -> None:
    identity = workload(allow(READ, "*", {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}))

    decision = identity.decide(READ, OBJECT)

    assert decision.outcome is Outcome.UNKNOWN
    assert [str(missing) for missing in decision.missing] == ["aws:SourceIp (IpAddress 10.0.0.0/8)"]
    assert identity.decide(READ, OBJECT, context={"aws:SourceIp": "10.1.2.3"}).outcome is Outcome.ALLOW
    assert identity.decide(READ, OBJECT, context={"aws:sourceip": "11.1.2.3"}).outcome is Outcome.IMPLICIT_DENY


def test_an_unknown_key_that_does_not_decide_is_not_asked_for() -> None:
    condition = {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}

    assert workload(deny("s3:*", "*", condition)).decide(READ, OBJECT).outcome is Outcome.IMPLICIT_DENY


def test_strict_answers_unknown_rather_than_assume() -> None:
    decision = workload().decide(READ, OBJECT, strict=True)

    assert decision.outcome is Outcome.UNKNOWN
    assert "SERVICE_CONTROL_POLICY" in {missing.what for missing in decision.missing}


def test_a_chain_has_the_steps_of_both_hops() -> None:
    decision = with_target_role().decide(READ, OBJECT)

    assert decision.outcome is Outcome.ALLOW
    assert [step.name for step in decision.steps] == [
        "hop 1 AssumeRole",
        "hop 1 TagSession",
        "source permission",
        "hop 2 AssumeRole",
        "hop 2 TagSession",
        READ,
    ]


def test_a_source_role_without_tag_session_is_at_fault_itself() -> None:
    decision = with_target_role(document(allow("sts:AssumeRole", TARGET_ARN))).decide(READ, OBJECT)

    assert decision.step.name == "source permission"
    assert "no identity-based policy allows the sts:TagSession action" in str(decision)


def test_an_external_id_on_tag_session_fails_at_the_target() -> None:
    root = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    condition = {"StringEquals": {"sts:ExternalId": f"eu-west-1/{ACCOUNT}/prod/payments/api"}}
    trust = document({"Effect": "Allow", "Principal": root, "Action": BOTH, "Condition": condition})

    decision = with_target_role(trust=trust).decide(READ, OBJECT)

    assert decision.step.name == "hop 2 TagSession"
    assert 'sts:ExternalId wants "eu-west-1/111122223333/prod/payments/api", the request has no such key' in str(
        decision
    )


def test_a_target_in_the_same_account_may_name_the_source_role_instead_of_a_permission() -> None:
    target = Role(
        f"arn:aws:iam::{ACCOUNT}:role/data",
        document({"Effect": "Allow", "Principal": {"AWS": ROLE_ARN}, "Action": BOTH}),
        {"invoices": INVOICES},
    )

    assert workload(target=target).decide(READ, OBJECT).outcome is Outcome.ALLOW


def test_a_policy_whose_text_is_not_known_is_to_be_fetched() -> None:
    managed = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"

    decision = workload(role={"policies": {managed: UNKNOWN}}).decide(READ, OBJECT)

    assert decision.outcome is Outcome.UNKNOWN
    assert [missing.what for missing in decision.missing] == [f"the text of {managed}"]


def test_a_key_decides_in_its_own_policy() -> None:
    identity = workload(allow("kms:Decrypt", KEY))
    delegated = document(
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}
    )

    assert identity.decide("kms:Decrypt", KEY).outcome is Outcome.UNKNOWN
    assert identity.decide("kms:Decrypt", KEY, resource_policy=delegated).outcome is Outcome.ALLOW
    assert identity.decide("kms:Decrypt", KEY, resource_policy="").outcome is Outcome.IMPLICIT_DENY


def test_another_account_must_allow_too() -> None:
    topic = f"arn:aws:sns:eu-west-1:{OTHER_ACCOUNT}:orders"
    identity = workload(allow("sns:Publish", topic))
    policy = document({"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sns:Publish", "Resource": topic})

    assert identity.decide("sns:Publish", topic).outcome is Outcome.UNKNOWN
    assert identity.decide("sns:Publish", topic, resource_policy=policy).outcome is Outcome.ALLOW
    assert workload().decide("sns:Publish", topic, resource_policy=policy).outcome is Outcome.IMPLICIT_DENY


def test_a_denial_that_a_resource_policy_could_lift_is_not_final() -> None:
    decision = workload().decide("s3:PutObject", OBJECT)

    assert decision.could_be_granted_by == (CheckType.RESOURCE,)
    assert not decision.final
    assert workload().decide("s3:PutObject", OBJECT, resource_policy="").final


def test_checks_speak_in_the_words_of_aws() -> None:
    decision = workload(allow(READ), deny(READ, f"{BUCKET}/*")).decide(READ, OBJECT)

    assert {check.check_type.value: check.effect.value for check in decision.checks} == {
        "PRINCIPAL": "EXPLICIT_DENY",
        "PERMISSIONS_BOUNDARY": "NO_IMPACT",
        "SESSION": "NO_IMPACT",
        "RESOURCE": "NOT_GIVEN",
        "SERVICE_CONTROL_POLICY": "NOT_GIVEN",
        "RESOURCE_CONTROL_POLICY": "NOT_GIVEN",
        "VPC_ENDPOINT": "NOT_GIVEN",
    }
    assert decision.outcome is Outcome.EXPLICIT_DENY
    assert "explicit deny in an identity-based policy: statement 2 of 'invoices'" in str(decision)


@pytest.mark.parametrize(
    ("levels", "outcome", "effect"),
    [
        ([document(allow("*"))], Outcome.ALLOW, CheckEffect.ALLOW),
        ([document(allow("*")), {"FullAWSAccess": document(allow("ec2:*"))}], Outcome.IMPLICIT_DENY, None),
        ([document(allow("*"), deny("s3:*"))], Outcome.EXPLICIT_DENY, CheckEffect.EXPLICIT_DENY),
        ([], Outcome.ALLOW, CheckEffect.NO_IMPACT),
    ],
)
def test_every_level_of_an_organization_must_allow(
    levels: list[object], outcome: Outcome, effect: CheckEffect | None
) -> None:
    decision = workload(service_control_policies=levels).decide(READ, OBJECT)

    assert decision.outcome is outcome
    effects = {check.effect for check in decision.checks if check.check_type is CheckType.SERVICE_CONTROL_POLICY}
    assert effect is None or effect in effects


@pytest.mark.parametrize(
    ("action", "resource", "message"),
    [
        ("s3:GetObjekt", OBJECT, "Did you mean s3:GetObject"),
        ("s4:GetObject", OBJECT, 'There is no AWS service "s4". Did you mean'),
        ("s3:Get*", OBJECT, "is not one action"),
        ("GetObject", OBJECT, "is not one action"),
        (READ, f"{BUCKET}/*", "is a pattern. Ask for one resource"),
        (READ, BUCKET, "is a bucket; s3:GetObject acts on the object"),
        ("s3:ListBucket", OBJECT, "is an object; s3:ListBucket acts on the bucket. Ask for arn:aws:s3:::<BucketName>"),
        (READ, KEY, "is a key; s3:GetObject acts on the object"),
        (READ, "invoices", "is no resource of s3"),
        ("s3:ListAllMyBuckets", BUCKET, 'ask for resource "*"'),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(action: str, resource: str, message: str) -> None:
    with pytest.raises(QuestionError) as caught:
        workload().decide(action, resource)

    assert message in str(caught.value)


def test_an_action_without_resources_is_asked_for_with_a_star() -> None:
    assert workload(allow("s3:ListAllMyBuckets")).decide("s3:ListAllMyBuckets", "*").outcome is Outcome.ALLOW


def test_a_document_that_cannot_be_judged_leaves_the_answer_open_and_names_the_location() -> None:
    decision = workload(allow(READ, "*", {"StringEqual": {"aws:SourceVpc": "vpc-1"}})).decide(READ, OBJECT)

    assert decision.outcome is Outcome.UNKNOWN
    assert 'Statement[0].Condition.StringEqual uses the operator "StringEqual", which IAM lacks' in str(decision)


def test_session_tags_are_principal_tags_of_the_session() -> None:
    own = allow(READ, f"{BUCKET}/${{aws:PrincipalTag/kubernetes-namespace}}/*")

    assert workload(own).decide(READ, f"{BUCKET}/payments/1").outcome is Outcome.ALLOW
    assert workload(own).decide(READ, f"{BUCKET}/orders/1").outcome is Outcome.IMPLICIT_DENY
    off = workload(own, role={"trust": TRUST_WITHOUT_TAGS}, session_tags=False)
    assert "the request has no aws:PrincipalTag/kubernetes-namespace" in str(off.decide(READ, f"{BUCKET}/payments/1"))


def test_what_a_trust_asks_of_the_organization_can_be_given() -> None:
    ours = workload(role={"trust": trust_of_pods({"StringEquals": {"aws:SourceOrgID": "o-abcdefghij"}})})

    assert ours.decide(READ, OBJECT).outcome is Outcome.UNKNOWN
    assert ours.decide(READ, OBJECT, context={"aws:SourceOrgID": "o-abcdefghij"}).outcome is Outcome.ALLOW
    assert ours.decide(READ, OBJECT, context={"aws:SourceOrgID": None}).outcome is Outcome.IMPLICIT_DENY
    assert replace(ours, organization="o-abcdefghij").decide(READ, OBJECT).outcome is Outcome.ALLOW
    assert replace(ours, organization="o-0000000000").decide(READ, OBJECT).outcome is Outcome.IMPLICIT_DENY


def test_the_trust_may_compare_the_two_organizations() -> None:
    ours = workload(role={"trust": trust_of_pods({"StringEquals": {"aws:SourceOrgID": "${aws:ResourceOrgID}"}})})

    assert replace(ours, organization="o-abcdefghij").decide(READ, OBJECT).outcome is Outcome.ALLOW


def test_the_address_of_a_pod_is_not_that_of_eks() -> None:
    ours = workload(role={"trust": trust_of_pods({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})})

    assert ours.decide(READ, OBJECT, context={"aws:SourceIp": "10.0.0.1"}).outcome is Outcome.UNKNOWN


def test_a_trust_for_one_pod_needs_its_name() -> None:
    condition = {"StringLike": {"aws:RequestTag/kubernetes-pod-name": "api-*"}}
    ours = workload(role={"trust": trust_of_pods(condition)})

    assert ours.decide(READ, OBJECT).outcome is Outcome.UNKNOWN
    assert replace(ours, pod_name="api-7d9f").decide(READ, OBJECT).outcome is Outcome.ALLOW
    assert replace(ours, pod_name="worker-1").decide(READ, OBJECT).outcome is Outcome.IMPLICIT_DENY


@pytest.mark.parametrize(
    ("actions", "session_tags", "expected"),
    [
        (["sts:AssumeRole", "sts:TagSession"], True, Outcome.ALLOW),
        # The session tags of EKS are transitive: the call passes them on, and that takes sts:TagSession.
        (["sts:AssumeRole"], True, Outcome.IMPLICIT_DENY),
        (["sts:AssumeRole"], False, Outcome.ALLOW),
    ],
)
def test_a_pod_that_assumes_a_role_must_pass_its_tags_on(
    actions: list[str], session_tags: bool, expected: Outcome
) -> None:
    trusted = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": BOTH}
    role = {"policies": {"roles": document(allow(actions, TARGET_ARN))}}
    if not session_tags:
        role["trust"] = TRUST_WITHOUT_TAGS

    decision = workload(role=role, session_tags=session_tags).decide(
        "sts:AssumeRole", TARGET_ARN, resource_policy=document(trusted)
    )

    assert decision.outcome is expected
    assert decision.action == "sts:AssumeRole"
    assert ("sts:TagSession" in [step.name for step in decision.steps]) is session_tags


def test_the_tags_that_a_pod_passes_on_are_known() -> None:
    by_tag = {"StringEquals": {"aws:RequestTag/kubernetes-namespace": "payments"}}
    trusted = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": BOTH}
    policy = document({**trusted, "Condition": by_tag})

    roles = workload(role={"policies": {"roles": document(allow(BOTH, TARGET_ARN))}})

    assert roles.decide("sts:AssumeRole", TARGET_ARN, resource_policy=policy).outcome is Outcome.ALLOW
