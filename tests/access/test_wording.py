"""The text of decisions, word by word."""

from dataclasses import replace
from typing import Any

import pytest

from eks_pod_identity.access import Identity, Role
from eks_pod_identity.access.wording import mismatch, statement_name
from eks_pod_identity.iam.association import ACCOUNT as ACCOUNT_OF_CLUSTER
from eks_pod_identity.iam.document import parse
from eks_pod_identity.iam.evaluate import Check, evaluate
from eks_pod_identity.iam.possible import ABSENT, Open, Value
from eks_pod_identity.iam.request import Session, pod_request
from eks_pod_identity.iam.statement import Statement
from eks_pod_identity.iam.unknown import UNKNOWN
from workload import (
    ACCOUNT,
    BOTH,
    BUCKET,
    INVOICES,
    OBJECT,
    OTHER_ACCOUNT,
    TARGET_ARN,
    TRUST,
    TRUST_WITHOUT_TAGS,
    allow,
    deny,
    document,
    trust_of_pods,
    with_target_role,
    workload,
)

READ = "s3:GetObject"
LIFTABLE = "  No resource policy was given; in the same account, one could still allow this."
TRUSTED = [
    "  ✓ hop 1 AssumeRole: allowed by statement 1 of the trust policy of role api",
    "  ✓ hop 1 TagSession: allowed by statement 1 of the trust policy of role api",
]
EVERYTHING = document(allow("*"))


def lines(identity: Identity, action: str = READ, resource: str = OBJECT, **question: object) -> list[str]:
    """Return the decision as lines, without the answer in the first."""
    return str(identity.decide(action, resource, **question)).splitlines()[1:]  # pyright: ignore[reportArgumentType]


def test_an_explicit_deny_names_policy_type_statement_and_the_conditions_that_hold() -> None:
    condition = {
        "StringEquals": {"aws:PrincipalTag/kubernetes-namespace": "payments"},
        "Null": {"aws:SourceArn": "true"},
    }

    assert lines(workload(allow("*"), deny("s3:*", "*", condition))) == [
        *TRUSTED,
        "  ✗ s3:GetObject: explicit deny in an identity-based policy: statement 2 of 'invoices'",
        (
            "      statement 2 of 'invoices': StringEquals aws:PrincipalTag/kubernetes-namespace \"payments\" holds, "
            'the request has "payments"'
        ),
        "      statement 2 of 'invoices': Null aws:SourceArn \"true\" holds, the request has no such key",
    ]


def test_a_deny_without_conditions_needs_no_reasons() -> None:
    assert lines(workload(allow("*"), role={"boundary": document(allow("*"), deny("s3:*"))})) == [
        *TRUSTED,
        "  ✗ s3:GetObject: explicit deny in a permissions boundary: statement 2 of the permissions boundary",
    ]


def test_a_session_policy_that_does_not_allow_is_named() -> None:
    narrowed = workload(role={"trust": TRUST_WITHOUT_TAGS}, session_policy=document(allow(READ, f"{BUCKET}/2025/*")))

    assert lines(narrowed) == [
        TRUSTED[0],
        "  ✗ s3:GetObject: no session policy allows the s3:GetObject action",
        (
            "      nearest: statement 1 of the session policy: Resource arn:aws:s3:::invoices/2025/* does not match "
            f"{OBJECT}"
        ),
        LIFTABLE,
    ]


def test_a_role_without_policies_has_no_nearest_statement() -> None:
    assert lines(workload(role={"policies": {}})) == [
        *TRUSTED,
        "  ✗ s3:GetObject: no identity-based policy allows the s3:GetObject action",
        LIFTABLE,
    ]


def test_no_more_than_three_statements_are_near_and_four_values_shown() -> None:
    buckets = [f"arn:aws:s3:::b{number}/*" for number in range(6)]
    text = lines(workload(*(allow(READ, buckets) for _ in range(5))))

    near = [line for line in text if "nearest" in line]
    assert len(near) == 3
    assert near[0] == (
        "      nearest: statement 1 of 'invoices': Resource arn:aws:s3:::b0/* or arn:aws:s3:::b1/* or "
        "arn:aws:s3:::b2/* or "
        f"arn:aws:s3:::b3/* and 2 more does not match {OBJECT}"
    )


def test_an_action_that_no_statement_has_is_reported_once() -> None:
    assert lines(workload(), "s3:DeleteObject") == [
        *TRUSTED,
        "  ✗ s3:DeleteObject: no identity-based policy allows the s3:DeleteObject action",
        "      nearest: no statement covers s3:DeleteObject",
        LIFTABLE,
    ]


def test_negated_elements_are_described_as_exclusions() -> None:
    excluded = {"Effect": "Allow", "Action": READ, "NotResource": f"{BUCKET}/*"}

    assert f"NotResource {BUCKET}/* excludes {OBJECT}" in "\n".join(lines(workload(excluded)))


def test_a_variable_without_a_value_is_named() -> None:
    own = allow(READ, f"{BUCKET}/${{aws:PrincipalTag/team}}/*")

    assert (
        f"Resource {BUCKET}/${{aws:PrincipalTag/team}}/* does not match {OBJECT}; the request has no "
        "aws:PrincipalTag/team"
    ) in "\n".join(lines(workload(own)))


@pytest.mark.parametrize(
    ("resource", "condition", "text"),
    [
        (f"{BUCKET}/${{aws:PrincipalTag/Team, 'a'}}/*", {}, "the request has no aws:PrincipalTag/Team"),
        (
            f"{BUCKET}/${{aws:PrincipalTag/Team}}/${{aws:PrincipalTag/kubernetes-namespace}}",
            {},
            'aws:PrincipalTag/kubernetes-namespace is "payments" and the request has no aws:PrincipalTag/Team',
        ),
        (
            "*",
            {"StringEquals": {"aws:PrincipalTag/kubernetes-namespace": "${aws:PrincipalTag/Team}"}},
            'the request has "payments"; the request has no aws:PrincipalTag/Team',
        ),
        (
            "*",
            {"StringLike": {"aws:PrincipalTag/kubernetes-namespace": "${aws:PrincipalTag/eks-cluster-name}-*"}},
            'the request has "payments"; aws:PrincipalTag/eks-cluster-name is "prod"',
        ),
    ],
)
def test_what_a_variable_stands_for_is_shown(resource: str, condition: dict[str, Any], text: str) -> None:
    own = allow(READ, resource) | {"Condition": condition}

    (nearest,) = [line for line in lines(workload(own)) if "nearest" in line]
    assert nearest.endswith(text)


def test_an_open_answer_names_each_key_once_with_the_required_value() -> None:
    office = {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]}}

    assert lines(workload(allow(READ, "*", office), allow("s3:*", "*", office))) == [
        *TRUSTED,
        "  ? s3:GetObject: depends on aws:SourceIp (IpAddress 10.0.0.0/8, 192.0.2.0/24)",
    ]


def test_a_refused_argument_is_named_with_its_location() -> None:
    own = allow(READ, "*", {"StringEqual": {"aws:SourceVpc": "vpc-1"}})

    assert lines(workload(own))[-1] == (
        "  ? s3:GetObject: depends on what 'invoices' means: Statement[0].Condition.StringEqual uses the operator "
        '"StringEqual", which IAM lacks, aws:SourceVpc (StringEqual vpc-1)'
    )


def test_the_account_of_the_resource_and_its_policy_may_be_missing() -> None:
    elsewhere: Any = {"context": {"aws:ResourceAccount": OTHER_ACCOUNT}}
    unknown_role = workload(role={"arn": UNKNOWN, "trust": trust_of_pods(), "policies": {"all": EVERYTHING}})

    assert lines(workload(allow("*")), **elsewhere)[-1] == f"  ? s3:GetObject: depends on the policy of {OBJECT}"
    assert lines(unknown_role, **elsewhere)[-1] == (
        f"  ? s3:GetObject: depends on the policy of {OBJECT}, aws:ResourceAccount (the account of the resource)"
    )


def test_the_second_hop_reads_as_a_chain() -> None:
    assert lines(with_target_role()) == [
        *TRUSTED,
        "  ✓ source permission: allowed by statement 1 of 'assume', statement 1 of the trust policy of role data",
        "  ✓ hop 2 AssumeRole: allowed by statement 1 of 'assume', statement 1 of the trust policy of role data",
        "  ✓ hop 2 TagSession: allowed by statement 1 of 'assume', statement 2 of the trust policy of role data",
        "  ✓ s3:GetObject: allowed by statement 1 of 'invoices'",
        "  … unless an organization, resource control, resource or endpoint policy denies it",
        "  assuming that the resource is in the account of the role",
    ]


def test_without_tags_the_second_hop_is_one_request_and_a_session_policy_narrows_the_target_only() -> None:
    identity = with_target_role()
    assert identity.target is not None
    untagged = replace(
        identity, role=replace(identity.role, trust=TRUST_WITHOUT_TAGS), session_policy=INVOICES, session_tags=None
    )

    assert [step.name for step in untagged.decide(READ, OBJECT).steps] == [
        "hop 1 AssumeRole",
        "source permission",
        "hop 2 AssumeRole",
        READ,
    ]
    assert lines(replace(untagged, session_policy=document(allow("sqs:*"))))[-3] == (
        "  ✗ s3:GetObject: no session policy allows the s3:GetObject action"
    )


def test_a_target_that_does_not_trust_the_source_is_at_fault_itself() -> None:
    other = document({"Effect": "Allow", "Principal": {"AWS": OTHER_ACCOUNT}, "Action": BOTH})

    decision = with_target_role(trust=other).decide(READ, OBJECT)

    assert [(step.name, step.outcome.value) for step in decision.steps[2:]] == [
        ("source permission", "ALLOW"),
        ("hop 2 AssumeRole", "IMPLICIT_DENY"),
    ]
    assert decision.step.resource == TARGET_ARN
    assert "no resource-based policy allows the sts:AssumeRole action (the trust policy of role data)" in str(decision)
    assert f"Principal {OTHER_ACCOUNT} does not match arn:aws:iam::{ACCOUNT}:role/workloads/api" in str(decision)


def test_a_target_whose_trust_is_not_known_is_missing() -> None:
    decision = with_target_role(trust=UNKNOWN).decide(READ, OBJECT)

    assert decision.step.name == "hop 2 AssumeRole"
    assert [missing.what for missing in decision.missing] == ["the text of the trust policy of role data"]


def test_the_caller_of_the_first_hop_is_the_service() -> None:
    trusting_others = document({**TRUST["Statement"][0], "Principal": {"Service": "ec2.amazonaws.com"}})

    assert 'Principal ec2.amazonaws.com does not match "pods.eks.amazonaws.com"' in "\n".join(
        lines(workload(role={"trust": trusting_others}))
    )


def test_an_assumed_tls_condition_is_stated() -> None:
    identity = workload(allow(READ, "*", {"Bool": {"aws:SecureTransport": "true"}}))

    assert "  assuming that aws:SecureTransport is true: SDKs use TLS" in lines(identity)
    context = {"aws:SecureTransport": True, "aws:ResourceAccount": ACCOUNT}
    assert not [line for line in lines(identity, context=context) if "assuming" in line]


def test_unknown_names_are_reported_as_unknown() -> None:
    identity = Identity(UNKNOWN, "payments", UNKNOWN, Role(UNKNOWN, trust_of_pods()))

    decision = identity.decide("s3:PutObject", OBJECT)

    assert str(decision).startswith("IMPLICIT_DENY: payments/(not known) in cluster (not known) may not s3:PutObject")
    assert "the trust policy of role (name not known)" in str(decision)


@pytest.mark.parametrize(
    ("policy", "resource", "hint"),
    [
        (document(allow(READ, "arn:aws:s3:::Invoices/*")), OBJECT, "ARNs are case-sensitive"),
        (
            document(allow(READ, f"{BUCKET}/${{aws:PrincipalTag/kubernetes-namespace}}/*")),
            OBJECT,
            'aws:PrincipalTag/kubernetes-namespace is "payments"',
        ),
        (
            {"Statement": [allow(READ, f"{BUCKET}/${{aws:PrincipalTag/kubernetes-namespace}}/*")]},
            f"{BUCKET}/payments/1",
            'without "Version": "2012-10-17" IAM takes the variable literally',
        ),
        (document(allow(READ, BUCKET)), OBJECT, "s3:GetObject acts on the object"),
        (document(allow(READ, f"{BUCKET}/2025/*")), OBJECT, ""),
    ],
)
def test_what_people_overlook_in_a_resource_is_named(policy: Any, resource: str, hint: str) -> None:
    text = str(workload(role={"policies": {"invoices": policy}}).decide(READ, resource))

    (nearest,) = [line for line in text.splitlines() if "nearest" in line]
    assert nearest.partition(f" does not match {resource}")[2] == (f"; {hint}" if hint else "")


STATEMENTS = parse(document(allow(READ), deny(READ))).statements
ONLY = parse({"Statement": allow(READ)}).statements[0]


@pytest.mark.parametrize(
    ("name", "statement", "text"),
    [
        ("invoices", STATEMENTS[0], "statement 1 of 'invoices'"),
        ("invoices", STATEMENTS[1], "statement 2 of 'invoices'"),
        ("invoices", ONLY, "statement 1 of 'invoices'"),
        ("the boundary", ONLY, "statement 1 of the boundary"),
        ("level 2", ONLY, "statement 1 of level 2"),
        ("thermometer", ONLY, "statement 1 of 'thermometer'"),
        ("a" * 130, ONLY, f"statement 1 of '{'a' * 119}…'"),
    ],
)
def test_statements_are_numbered_from_one(name: str, statement: Statement, text: str) -> None:
    assert statement_name(name, statement) == text


def check(element: str, wanted: tuple[str, ...], seen: Value, **parts: Any) -> Check:
    return Check(element, "Statement[0]", **{"holds": False, "wanted": wanted, "seen": seen, **parts})


OPEN_ACCOUNT = Open(("arn:aws:iam::", ACCOUNT_OF_CLUSTER, ":role/api"))


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (check("Action", ("s3:Put*",), "s3:GetObject"), 'Action s3:Put* does not match "s3:GetObject"'),
        (check("Action", (), "s3:GetObject", holds=None), 'Action (not known) may not match "s3:GetObject"'),
        (check("NotAction", ("s3:*", "sqs:*"), READ), 'NotAction s3:* or sqs:* excludes "s3:GetObject"'),
        (
            check("Resource", ("arn:aws:s3:::b",), OBJECT),
            f"Resource arn:aws:s3:::b does not match {OBJECT}; s3:GetObject acts on the object",
        ),
        (
            check("Resource", ("arn:aws:s3:::${k:a}/${k:b}",), OBJECT, missing=("k:a", "k:b")),
            f"Resource arn:aws:s3:::${{k:a}}/${{k:b}} does not match {OBJECT}; the request has no k:a and no k:b",
        ),
        (
            check("Principal", ("arn:aws:iam::1:role/x",), OPEN_ACCOUNT, holds=None),
            "Principal arn:aws:iam::1:role/x may not match arn:aws:iam::<account>:role/api (not known)",
        ),
        (
            check("Condition", ("a", "b"), ("c", "d"), operator="ForAnyValue:StringEquals", key="aws:TagKeys"),
            'ForAnyValue:StringEquals aws:TagKeys wants "a" or "b", the request has "c", "d"',
        ),
        (
            check("Condition", ("a", "b", "c", "d"), ABSENT, operator="StringEquals", key="k"),
            'StringEquals k wants "a" or "b" or "c" or "d", the request has no such key',
        ),
        (
            check("Condition", ("a", "b", "c", "d", "e"), "x", operator="StringEquals", key="k"),
            'StringEquals k wants "a" or "b" or "c" or "d" and 1 more, the request has "x"',
        ),
        (
            check("Condition", (), OPEN_ACCOUNT, operator="ArnLike", key="k", holds=None),
            "ArnLike k (not known) cannot be judged: arn:aws:iam::<account>:role/api (not known)",
        ),
    ],
)
def test_a_mismatch_quotes_both_sides(part: Check, text: str) -> None:
    request = pod_request(READ, OBJECT, Session(f"arn:aws:iam::{ACCOUNT}:role/api"))

    assert mismatch(part, evaluate(parse(EVERYTHING), request)) == text


def test_several_reasons_and_several_deciding_statements_are_listed() -> None:
    other = {"StringEquals": {"aws:PrincipalAccount": OTHER_ACCOUNT}, "Bool": {"aws:ViaAWSService": "true"}}
    near = allow(READ, f"{BUCKET}/*", other)

    assert lines(workload(near))[-2] == (
        f"      nearest: statement 1 of 'invoices': StringEquals aws:PrincipalAccount wants \"{OTHER_ACCOUNT}\", the "
        f'request has "{ACCOUNT}"; Bool aws:ViaAWSService wants "true", the request has "false"'
    )
    assert lines(workload(allow("*"), allow("s3:*")))[2] == (
        "  ✓ s3:GetObject: allowed by statement 1 of 'invoices', statement 2 of 'invoices'"
    )
    assert lines(workload(allow("*"), deny("s3:*"), deny(READ)))[-1] == (
        "  ✗ s3:GetObject: explicit deny in an identity-based policy: statement 2 of 'invoices', "
        "statement 3 of 'invoices'"
    )


def test_a_deny_is_never_the_nearest_statement() -> None:
    narrow = deny(READ, f"{BUCKET}/2025/*")

    assert lines(workload(allow("s3:PutObject"), narrow))[-2] == "      nearest: no statement covers s3:GetObject"


def test_only_what_denies_is_shown_of_a_denial() -> None:
    condition = {"Bool": {"aws:ViaAWSService": "false"}}
    denied = workload(
        allow("*", "*", condition), role={"boundary": document(allow("*"), deny("s3:*", "*", condition))}
    )

    assert [line for line in lines(denied) if "holds" in line] == [
        (
            "      statement 2 of the permissions boundary: Bool aws:ViaAWSService "
            '"false" holds, the request has "false"'
        )
    ]


def test_an_open_answer_says_may_or_may_not() -> None:
    office = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}

    text = str(workload(allow(READ, "*", office)).decide(READ, OBJECT))

    assert text.startswith(f"UNKNOWN: payments/api in cluster prod may or may not s3:GetObject on {OBJECT}\n")
