"""No input makes a policy raise: an exception would stop the user's run."""

import json
import string
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eks_pod_identity.rules import RULES, UNKNOWN, session_policy_findings, target_trust_findings, trust_findings
from eks_pod_identity.rules.resource import (
    ADDON,
    ASSOCIATION,
    CLUSTER,
    FARGATE_PROFILE,
    POLICY,
    POLICY_ATTACHMENT,
    ROLE,
    ROLE_POLICY,
    ROLE_POLICY_ATTACHMENT,
    SERVICE_ACCOUNT,
)
from policy_harness import UNKNOWN as UNKNOWN_ON_THE_WIRE
from policy_harness import analyze, analyze_stack, stack_resource, urn_of

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
    "podIdentityAssociations",
    "policy",
    "policyArn",
    "region",
    "role",
    "roleArn",
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
SCALARS = st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | TEXT
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
        lambda one: json.dumps(one, default=str)
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
        for one in find():
            assert one.code in RULES
            one.message().encode()
            assert "\n" not in one.message(raw=True)


@RELAXED
@given(RESOURCES)
def test_no_resource_makes_a_policy_raise(resource: tuple[str, dict[str, Any]]):
    kind, properties = resource

    found = analyze(kind, properties, config={"requiredTags": {"Owner": ["a"]}, "levels": {"PI208": "mandatory"}})

    assert all(one.message.startswith("[") for one in found.diagnostics)


@RELAXED
@given(st.lists(RESOURCES, max_size=6), st.sampled_from(["roleArn", "role", "policyArn", "clusterName"]))
def test_no_stack_makes_a_policy_raise(resources: list[tuple[str, dict[str, Any]]], key: str):
    urns = [urn_of(str(index), kind) for index, (kind, _) in enumerate(resources)]
    stack = [
        stack_resource(kind, properties, name=str(index), dependencies={key: urns})
        for index, (kind, properties) in enumerate(resources)
    ]

    found = analyze_stack(stack)

    assert all(one.message.startswith("[") for one in found.diagnostics)


@RELAXED
@given(
    st.dictionaries(st.sampled_from(["levels", "exempt", "requiredTags", "remediateTags", "onUnknown", "x"]), VALUES)
)
def test_no_configuration_makes_a_policy_raise(config: dict[str, Any]):
    found = analyze(ROLE, {"assumeRolePolicy": "{}", "tags": {"Owner": "a"}}, config=config)

    assert found.diagnostics


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
        found = find(text, subject="it")

        assert found
        for one in found:
            one.message().encode()


def test_a_lone_surrogate_in_a_document_is_a_message_that_can_be_sent():
    document = '{"Statement": [{"Effect": "Allow", "Action": "s3:\\ud800", "Resource": "*"}]}'

    found = analyze(ASSOCIATION, {"policy": document, "disableSessionTags": True})

    assert "PI203" in found.codes
