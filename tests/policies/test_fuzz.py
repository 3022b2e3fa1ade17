"""No input makes a policy raise: an exception would stop the user's run."""

import json
import string
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.catalogue import RULES
from eks_pod_identity.rules.chain.target_trust import target_trust_findings
from eks_pod_identity.rules.resource import (
    ADDON,
    ASSOCIATION,
    CLUSTER,
    FARGATE_PROFILE,
    NODE_GROUP,
    POLICY,
    POLICY_ATTACHMENT,
    ROLE,
    ROLE_POLICY,
    ROLE_POLICY_ATTACHMENT,
    ROLE_POLICY_ATTACHMENTS_EXCLUSIVE,
    SERVICE_ACCOUNT,
)
from eks_pod_identity.rules.session.judge import session_policy_findings
from eks_pod_identity.rules.trust.judge import trust_findings
from policy_harness import UNKNOWN as UNKNOWN_ON_THE_WIRE
from policy_harness import analyze, analyze_stack, servicer, stack_resource, urn_of

TYPES = [
    ADDON,
    ASSOCIATION,
    CLUSTER,
    FARGATE_PROFILE,
    POLICY,
    POLICY_ATTACHMENT,
    ROLE,
    ROLE_POLICY,
    ROLE_POLICY_ATTACHMENT,
    ROLE_POLICY_ATTACHMENTS_EXCLUSIVE,
    NODE_GROUP,
    SERVICE_ACCOUNT,
    "eks-pod-identity:index:PodIdentity",
    "eks-pod-identity:index:PodIdentityAgent",
    "aws:s3/bucket:Bucket",
]
PROPERTIES = [
    "addonName",
    "agent",
    "annotations",
    "arn",
    "assumeRolePolicy",
    "associationArn",
    "bindings",
    "clusterName",
    "computeConfig",
    "disableSessionTags",
    "externalId",
    "inlinePolicies",
    "labels",
    "managedPolicyArns",
    "metadata",
    "name",
    "namespace",
    "namespaceConfig",
    "path",
    "permissionsBoundary",
    "podIdentityAssociations",
    "policy",
    "policyArn",
    "policyArns",
    "region",
    "role",
    "roleArn",
    "roleName",
    "roles",
    "selectors",
    "serviceAccount",
    "tags",
    "tagsAll",
    "targetRoleArn",
    "__target",
    "__proto__",
]
WORDS = st.sampled_from(
    [
        "",
        "*",
        "?" * 40,
        "*" * 400,
        "Allow",
        "Deny",
        "sts:AssumeRole",
        "sts:TagSession",
        "sts:*",
        "s3:*Object",
        "nope:Thing",
        "pods.eks.amazonaws.com",
        "pod.eks.amazonaws.com",
        "arn:aws:iam::111122223333:root",
        "arn:aws:iam::111122223333:role/a/b",
        "arn:::::",
        "AROAEXAMPLE",
        "eu-west-1/111122223333/dev/payments/api",
        "StringEquals",
        "ForAllValues:StringLikeIfExists",
        "IfExists",
        "Null",
        "aws:SourceArn",
        "aws:RequestTag/",
        "aws:RequestTag/kubernetes-namespace",
        "aws:PrincipalTag/kubernetes-namespace",
        "sts:ExternalId",
        "${aws:PrincipalTag/kubernetes-namespace}",
        "${" * 50,
        "2012-10-17",
        "\x00\x1b[31m",
        "\u202e\u2028",
        "é" * 3000,
        UNKNOWN_ON_THE_WIRE,
    ]
)
ELEMENTS = st.sampled_from(
    [
        "Version",
        "Id",
        "Statement",
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
        "AWS",
        "Service",
        "StringEquals",
        "ArnLike",
        "Null",
        "aws:SourceAccount",
        "sts:ExternalId",
        "__target",
    ]
)
TEXT = WORDS | st.text(max_size=30)
# The SDK itself refuses NaN and infinities before a policy is asked; the rules are asked about them below.
FLOATS = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([1e300, -(2.0**63), 0.1, 10.0**22])
SCALARS = st.none() | st.booleans() | FLOATS | TEXT
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ELEMENTS | TEXT, inner, max_size=4),
    max_leaves=25,
)
STATEMENTS = st.fixed_dictionaries(
    {},
    optional={
        "Effect": st.sampled_from(["Allow", "Deny", UNKNOWN]) | VALUES,
        "Principal": st.dictionaries(st.sampled_from(["AWS", "Service"]), TEXT | st.lists(TEXT, max_size=3)) | VALUES,
        "NotPrincipal": VALUES,
        "Action": TEXT | st.lists(TEXT, max_size=3) | VALUES,
        "NotAction": VALUES,
        "Resource": TEXT | VALUES,
        "Condition": st.dictionaries(TEXT, st.dictionaries(TEXT, TEXT | st.lists(TEXT, max_size=3), max_size=3))
        | VALUES,
    },
)
DOCUMENTS = st.fixed_dictionaries({"Statement": st.lists(STATEMENTS | st.just(UNKNOWN), max_size=3)}) | VALUES
TEXTS = (
    st.fixed_dictionaries({"Statement": st.lists(STATEMENTS, max_size=3)}).map(
        lambda value: json.dumps(value, default=str)
    )
    | st.text(alphabet=string.printable, max_size=60)
    | VALUES.map(json.dumps)
)
RESOURCES = st.tuples(
    st.sampled_from(TYPES),
    st.dictionaries(st.sampled_from(PROPERTIES) | TEXT, TEXTS | VALUES, max_size=6),
)
RELAXED = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@RELAXED
@given(DOCUMENTS | TEXTS)
def test_no_document_makes_a_rule_raise(document: Any):
    for find in (
        lambda: trust_findings(document, subject="it", used_by_pods=True),
        lambda: session_policy_findings(document, subject="it"),
        lambda: target_trust_findings(document, subject="it"),
    ):
        for verdict in find():
            assert verdict.code in RULES
            verdict.message().encode()
            assert "\n" not in verdict.message(raw=True)


@RELAXED
@given(RESOURCES)
def test_no_resource_makes_a_policy_raise(resource: tuple[str, dict[str, Any]]):
    resource_type, properties = resource

    result = analyze(
        resource_type, properties, config={"requiredTags": {"Owner": ["a"]}, "levels": {"PI208": "mandatory"}}
    )

    assert all(diagnostic.message.startswith("[") for diagnostic in result.diagnostics)


@RELAXED
@given(st.lists(RESOURCES, max_size=6), st.sampled_from(["roleArn", "role", "policyArn", "clusterName"]))
def test_no_stack_makes_a_policy_raise(resources: list[tuple[str, dict[str, Any]]], key: str):
    urns = [urn_of(str(index), resource_type) for index, (resource_type, _) in enumerate(resources)]
    stack = [
        stack_resource(resource_type, properties, name=str(index), dependencies={key: urns})
        for index, (resource_type, properties) in enumerate(resources)
    ]

    result = analyze_stack(stack)

    assert all(diagnostic.message.startswith("[") for diagnostic in result.diagnostics)


@RELAXED
@given(
    st.dictionaries(st.sampled_from(["levels", "exempt", "requiredTags", "remediateTags", "onUnknown", "x"]), VALUES)
)
def test_no_configuration_makes_a_policy_raise(config: dict[str, Any]):
    result = analyze(ROLE, {"assumeRolePolicy": "{}", "tags": {"Owner": "a"}}, config=config)

    assert result.diagnostics


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"Statement":' * 500 + "1" + "}" * 500,
        "1" * 10_000,
        '{"Statement": [{"Effect": "Allow", "Action": "' + "*a" * 20_000 + '"}]}',
        '"' + "x" * 2_000_000 + '"',
        '{"Version": NaN}',
        '{"Statement": "\\ud800"}',
        "\ud800",
        "",
        " ",
    ],
    ids=[
        "deep list",
        "deep object",
        "digits",
        "stars",
        "huge",
        "nan",
        "escaped surrogate",
        "surrogate",
        "empty",
        "blank",
    ],
)
def test_hostile_texts_are_findings_and_quick(text: str):
    for find in (trust_findings, session_policy_findings):
        verdicts = find(text, subject="it")

        assert verdicts
        for verdict in verdicts:
            verdict.message().encode()


def nest(depth: int, *, in_lists: bool) -> Any:
    """Return a value as deep as *depth*; a message on the wire may be about a hundred deep."""
    value: Any = "bottom"
    for _ in range(depth):
        value = [value] if in_lists else {"Statement": value}
    return value


def everywhere(place: Any, provider: dict[str, Any] | None = None) -> list[str]:
    """Return the report of the pack on a resource of every type that has *place* in every property."""
    pack = servicer({"requiredTags": {"Owner": ["a"]}, "levels": {"PI208": "mandatory"}})
    properties = dict.fromkeys(PROPERTIES, place)
    results = [analyze(resource_type, properties, provider=provider, pack=pack) for resource_type in TYPES]
    stack = [
        stack_resource(resource_type, properties, name=resource_type, provider=provider) for resource_type in TYPES
    ]
    return [
        diagnostic.message for each in (*results, analyze_stack(stack, pack=pack)) for diagnostic in each.diagnostics
    ]


@pytest.mark.parametrize("depth", [33, 65, 96])
@pytest.mark.parametrize("in_lists", [True, False], ids=["lists", "objects"])
def test_deep_properties_raise_in_no_policy(depth: int, in_lists: bool):
    deep = nest(depth, in_lists=in_lists)

    messages = everywhere(deep, {"defaultTags": deep, "assumeRoles": deep, "allowedAccountIds": deep})

    assert messages
    assert all(message.startswith("[PI") for message in messages)


@pytest.mark.parametrize("number", [1e300, 0.5, -1])
def test_numbers_instead_of_text_raise_in_no_policy(number: float):
    for place in (number, [number], {"Owner": number}, {"Statement": [{"Effect": number, "Action": [number]}]}):
        messages = everywhere(place)

        assert messages
        assert all(message.startswith("[PI") for message in messages)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 10**400])
def test_numbers_that_no_message_can_carry_raise_in_no_rule(number: float):
    elements = ("Effect", "Principal", "Action", "Resource", "Sid", "NotAction", "NotPrincipal")
    documents: list[Any] = [
        number,
        {"Version": number, "Statement": number},
        *({"Statement": [{element: number}, {element: [number]}]} for element in elements),
        {"Statement": [{"Condition": {"StringEquals": {"aws:SourceAccount": number}}}]},
        {"Statement": [{"Principal": {"AWS": [number]}, "Condition": {number: {number: number}}}]},
    ]

    for document in documents:
        for find in (trust_findings, session_policy_findings, target_trust_findings):
            for verdict in find(document, subject="it"):
                verdict.message().encode()


def test_oversized_policies_are_reported_in_messages_of_readable_size():
    """Thousands of principals, actions and conditions: messages stay short enough to read."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": ["pods.eks.amazonaws.com", *(f"pod{i}.eks.amazonaws.com" for i in range(500))]},
        "Action": [f"sts:Nope{i}" for i in range(500)],
        "Condition": {f"Operator{i}": {f"key{i}": ["*?" * 50] * 20} for i in range(100)},
    }
    document = {"Statement": [statement] * 10}

    result = analyze(ROLE, {"assumeRolePolicy": document})

    assert {"PI102", "PI105", "PI106"} <= result.codes
    assert all(len(diagnostic.message) < 2_000 for diagnostic in result.diagnostics)


def test_a_lone_surrogate_in_a_document_is_a_message_that_can_be_sent():
    document = '{"Statement": [{"Effect": "Allow", "Action": "s3:\\ud800", "Resource": "*"}]}'

    result = analyze(ASSOCIATION, {"policy": document, "disableSessionTags": True})

    assert "PI203" in result.codes
