"""Hostile documents and broken states never cause a traceback."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from eks_pod_identity.access import Outcome, identities_of_state
from eks_pod_identity.iam.unknown import UNKNOWN
from workload import OBJECT, workload

WORDS = [
    "Version",
    "Statement",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "Condition",
    "Principal",
    "AWS",
    "Service",
]
TEXTS = [
    "Allow",
    "Deny",
    "*",
    "s3:*",
    "2012-10-17",
    "${aws:PrincipalTag/x}",
    "${",
    "StringLike",
    "pods.eks.amazonaws.com",
]
leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(TEXTS)
    | st.text(max_size=5)
    | st.just(UNKNOWN)
)
sources = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*WORDS, *TEXTS]), inner, max_size=4),
    max_leaves=15,
)
statements = st.dictionaries(st.sampled_from(WORDS[2:8]), sources, max_size=6)
documents = sources | st.fixed_dictionaries(
    {"Version": st.just("2012-10-17"), "Statement": st.lists(statements, max_size=3)}
)


@settings(max_examples=150, deadline=None)
@given(documents, documents, documents, documents)
def test_no_document_ends_in_a_traceback(trust: Any, policy: Any, boundary: Any, resource_policy: Any) -> None:
    roles = [{"trust": trust}, {"policies": {"odd": policy}}, {"boundary": boundary}]

    for role in roles:
        decision = workload(role=role, session_policy=None).decide(
            "s3:GetObject", OBJECT, resource_policy=resource_policy
        )
        assert decision.outcome in Outcome
        assert str(decision).startswith(decision.outcome.value)


KINDS = [
    "aws:iam/role:Role",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
    "aws:iam/policy:Policy",
    "aws:eks/addon:Addon",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation",
]
KEYS = [
    "arn",
    "name",
    "role",
    "roles",
    "policy",
    "policyArn",
    "roleArn",
    "targetRoleArn",
    "inlinePolicies",
    "managedPolicyArns",
    "permissionsBoundary",
    "assumeRolePolicy",
    "tagsAll",
    "clusterName",
    "namespace",
    "serviceAccount",
    "disableSessionTags",
    "podIdentityAssociations",
    "namespaceConfig",
    "associationArn",
]
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["a", "arn:aws:iam::1:role/a", "{}", "04da6b54"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from([*KEYS, "plaintext"]), inner, max_size=3)
    ),
    max_leaves=6,
)
resources = st.builds(
    lambda resource_type, number, parts, more: {
        "urn": f"urn:pulumi:a::b::{resource_type}::{number}",
        "type": resource_type,
        "outputs": parts,
        **more,
    },
    st.sampled_from(KINDS),
    st.integers(0, 9),
    st.dictionaries(st.sampled_from(KEYS), plain, max_size=8),
    st.dictionaries(
        st.sampled_from(["provider", "propertyDependencies", "external", "delete", "inputs"]), plain, max_size=2
    ),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(resources, max_size=6))
def test_no_state_ends_in_a_traceback(states: list[Any]) -> None:
    for identity in identities_of_state({"deployment": {"resources": states}}).values():
        assert str(identity.decide("s3:GetObject", OBJECT))
