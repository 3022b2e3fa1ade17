"""The messages about documents, tags and names, as a snapshot."""

from collections.abc import Iterable
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from eks_pod_identity.iam import parse
from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.chain.target_trust import target_trust_findings, target_verdicts
from eks_pod_identity.rules.finding import Finding, Verdict, merge
from eks_pod_identity.rules.resource import ASSOCIATION, ROLE, Resource
from eks_pod_identity.rules.session.judge import session_policy_findings, session_policy_verdicts
from eks_pod_identity.rules.stack.pi402_names import name_findings, name_verdicts
from eks_pod_identity.rules.tags.judge import tag_verdicts
from eks_pod_identity.rules.tags.required import Required
from eks_pod_identity.rules.trust.judge import trust_findings, trust_verdicts

ACCOUNT = "111122223333"
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
PODS = {
    "Effect": "Allow",
    "Principal": {"Service": "pods.eks.amazonaws.com"},
    "Action": ["sts:AssumeRole", "sts:TagSession"],
    "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
}
READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::invoices/*"}

ISSUER = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE"
TWO_ACCOUNTS = [ACCOUNT, "444455556666"]
TARGET = {**PODS, "Principal": ROOT}
WEB = {
    "Effect": "Allow",
    "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{ISSUER}"},
    "Action": "sts:AssumeRoleWithWebIdentity",
}
FINE = {"Owner": "payments", "Environment": "dev", "CostCenter": "4711"}

STATEMENTS: dict[str, Any] = {
    "nothing": {},
    "null": None,
    "text": "Allow",
    "no parts": {"Effect": "Allow"},
    "elements": {**PODS, "Effect": "allow", "Conditions": {}, "Sid": "a b"},
    "resource": {**PODS, "Resource": "*"},
    "not resource": {**PODS, "NotResource": "*"},
    "both": {**PODS, "NotAction": "sts:*", "NotPrincipal": {"AWS": "*"}, "NotResource": "*", "Resource": "*"},
    "wrong types": {**PODS, "Action": [7, ""], "Principal": {"Service": 7, "AWS": [], "Users": "x"}, "Condition": []},
    "no principals": {**PODS, "Principal": {}},
    "principal of text": {**PODS, "Principal": "pods.eks.amazonaws.com"},
    "principal of numbers": {**PODS, "Principal": 7},
    "wildcard inside": {**PODS, "Principal": {"Service": "*.amazonaws.com", "AWS": "arn:aws:iam::*:root"}},
    "actions": {**PODS, "Action": ["sts:AssumeRole", "sts:TagSession", "s3:GetObject", "sts:Nope", "nope:Nope", "x"]},
    "not action": {"Effect": "Allow", "Principal": PODS["Principal"], "NotAction": ["iam:GetRole", "sts:Nope"]},
    "operators": {
        **PODS,
        "Condition": {"Equals": {"aws:SourceAccount": ACCOUNT}, "Null": [], "Bool": {"aws:x": [{}]}},
    },
    "booleans": {**PODS, "Condition": {"Bool": {"aws:SecureTransport": [True, False]}, "NumericEquals": {"a:b": 1}}},
    "identity": {**PODS, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o", "aws:PrincipalArn": "a"}}},
    "never": {
        **PODS,
        "Condition": {
            "StringEquals": {
                "aws:SourceAccount": "prod",
                "aws:RequestTag/eks-cluster-name": "arn:aws:eks:a:b:cluster/c",
            },
            "StringEqualsIgnoreCase": {"aws:SourceArn": "arn:aws:eks:*"},
            "ArnLike": {"aws:SourceAccount": ACCOUNT},
        },
    },
    "denied": {"Effect": "Deny", "Principal": "*", "Action": "sts:TagSession"},
    "denied partly": {"Effect": "Deny", "Principal": PODS["Principal"], "Action": "sts:*", "Condition": UNKNOWN},
    "unknown": UNKNOWN,
    "unknown effect": {**PODS, "Effect": UNKNOWN},
    "unknown action": {**PODS, "Action": ["sts:AssumeRole", UNKNOWN], "Condition": {}},
    "unknown only action": {**PODS, "Action": UNKNOWN, "Condition": {}},
    "unknown principal": {**PODS, "Principal": {"Service": UNKNOWN, "AWS": ["x", UNKNOWN]}},
    "unknown whole principal": {**PODS, "Principal": UNKNOWN},
    "unknown condition": {**PODS, "Condition": {"StringEquals": UNKNOWN}},
    "unknown value": {**PODS, "Condition": {"StringLike": {"aws:SourceAccount": ["*", UNKNOWN]}}},
    "target of a role": {**PODS, "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/a"}},
    "target of an account": {**PODS, "Principal": ROOT, "Condition": {}},
    "target with an id": {**PODS, "Principal": ROOT, "Condition": {"StringEquals": {"sts:ExternalId": "x"}}},
    "target with an unknown id": {
        **PODS,
        "Principal": ROOT,
        "Condition": {"StringEquals": {"sts:ExternalId": UNKNOWN}},
    },
    "target denied": {**PODS, "Effect": "Deny", "Principal": ROOT, "Condition": {}},
    "target unlike": {**PODS, "NotPrincipal": ROOT, "Principal": None, "Condition": {}},
    "session of everything": {"Effect": "Allow", "Action": "*", "Resource": "*"},
    "session of all services": {"Effect": "Allow", "Action": "*:*", "Resource": "**"},
    "session": {**READ, "Resource": ["x", 7], "Principal": "*"},
    "session unlike": {"Effect": "Deny", "NotAction": "s3:Nope", "NotResource": "x", "NotPrincipal": "*"},
}
TRUST_STATEMENTS: dict[str, Any] = {
    "principal tags": {
        **PODS,
        "Condition": {"StringEquals": {"aws:PrincipalTag/team": "a", "aws:principaltag/kubernetes-namespace": "a"}},
    },
    "always sent": {**PODS, "Condition": {"Null": {"aws:SourceAccount": "true", "aws:SourceArn": "false"}}},
    "absent names": {
        **PODS,
        "Condition": {
            "StringEquals": {
                "aws:username": "a",
                "aws:PrincipalAccount": ACCOUNT,
                "aws:PrincipalOrgPaths": "a",
                "aws:RequestTag/team": "a",
                "sts:ExternalId": "a",
            }
        },
    },
    "names that Kubernetes lacks": {
        **PODS,
        "Condition": {
            "StringEquals": {"aws:RequestTag/kubernetes-namespace": "Team", "aws:RequestTag/kubernetes-pod-uid": "X"},
            "StringLike": {"aws:RequestTag/kubernetes-service-account": ["A*", "B*", "C*", "D*"]},
        },
    },
    "wildcards": {
        **PODS,
        "Condition": {"StringEquals": {"aws:RequestTag/eks-cluster-name": ["dev-*", "${aws:username}"]}},
    },
    "cluster arns": {
        **PODS,
        "Condition": {
            "StringLike": {"aws:RequestTag/eks-cluster-arn": "dev", "aws:SourceArn": "arn:aws:iam::*:role/a"}
        },
    },
    "together": {
        **PODS,
        "Condition": {
            "StringEquals": {"aws:SourceAccount": ACCOUNT},
            "ArnLike": {"aws:SourceArn": "arn:aws:eks:*:444455556666:cluster/*"},
        },
    },
    "service not known": {**PODS, "Principal": {"Service": UNKNOWN}},
    "aws not known": {**PODS, "Principal": {"AWS": UNKNOWN}},
    "spelled otherwise": {**PODS, "Principal": {"Service": "pods.eks.amazonaws.com.cn"}},
    "capitals": {**PODS, "Principal": {"Service": " EKS.amazonaws.com"}},
    "canonical user": {**PODS, "Principal": {"CanonicalUser": "pods.eks.amazonaws.com"}},
    "federated name": {**PODS, "Principal": {"Federated": "pod.eks.amazonaws.com"}},
    "bare misspelling": {**PODS, "Principal": "pod.eks.amazonaws.com"},
    "an arn like it": {**PODS, "Principal": {"AWS": "arn:aws:iam::111122223333:role/eks-pod-identity"}},
    "federated": {**WEB, "Condition": {}},
    "federated with an audience": {**WEB, "Condition": {"StringEquals": {f"{ISSUER}:aud": "sts.amazonaws.com"}}},
    "federated for some": {**WEB, "Condition": {"StringLike": {f"{ISSUER}:sub": "system:serviceaccount:payments:*"}}},
    "federated for all": {**WEB, "Condition": {"StringLike": {f"{ISSUER}:sub": "system:serviceaccount:*"}}},
    "federated for all but one": {**WEB, "Condition": {"StringNotEquals": {f"{ISSUER}:sub": "a"}}},
    "federated from an address": {**WEB, "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}},
    "federated with a name": {**WEB, "Condition": {"StringLike": {"sts:RoleSessionName": "a*"}}},
    "federated not known": {**WEB, "Condition": UNKNOWN},
    "federated subject not known": {**WEB, "Condition": {"StringEquals": {f"{ISSUER}:sub": UNKNOWN}}},
    "federated provider not known": {**WEB, "Principal": {"Federated": UNKNOWN}},
    "federated by SAML": {**WEB, "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/a"}},
    "federated and may not": {**WEB, "Action": "sts:AssumeRoleWithSAML"},
    "everyone of a kind": {**WEB, "Principal": {"Federated": "*"}},
    "another account's root": {**PODS, "Principal": {"AWS": "arn:aws-cn:iam::444455556666:root"}, "Condition": {}},
    "denied always": {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sts:*",
        "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o"}, "Null": {"aws:SourceAccount": "false"}},
    },
    "denied together": {
        "Effect": "Deny",
        "Principal": PODS["Principal"],
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    },
}
TRUSTS: dict[str, Any] = {
    "capitals alone": {"Statement": {**PODS, "Principal": {"Service": " EKS.amazonaws.com"}}},
    "split by values": {
        "Statement": [
            {**PODS, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:SourceAccount": TWO_ACCOUNTS}}},
            {**PODS, "Action": "sts:TagSession"},
        ]
    },
    "split by values, both granted": {
        "Statement": [
            {**PODS, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:SourceAccount": TWO_ACCOUNTS}}},
            {**PODS, "Action": "sts:TagSession"},
            {**PODS, "Action": "sts:TagSession", "Condition": {"StringLike": {"aws:SourceAccount": "4*"}}},
        ]
    },
    "split by tags": {
        "Statement": [
            {**PODS, "Action": "sts:AssumeRole", "Condition": {"Null": {"aws:RequestTag/eks-cluster-arn": "true"}}},
            {**PODS, "Action": "sts:TagSession"},
        ]
    },
    "two denials": {
        "Statement": [
            PODS,
            {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:GetFederationToken"},
            {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Condition": UNKNOWN},
            TRUST_STATEMENTS["denied always"],
        ]
    },
    "two providers": {
        "Statement": [
            PODS,
            {**WEB, "Principal": {"Federated": ["cognito-identity.amazonaws.com", WEB["Principal"]["Federated"]]}},
        ]
    },
    "nothing wanted": {"Statement": {**PODS, "Condition": {"StringEquals": {"aws:SourceAccount": []}}}},
    "target, beside a service": {
        "Statement": [
            {**TARGET, "Condition": {"StringEquals": {"sts:ExternalId": "x"}}},
            {**TARGET, "Action": "sts:TagSession", "Condition": {}},
            {**TARGET, "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
        ]
    },
    "target, with a denial": {
        "Statement": [
            {**TARGET, "Condition": {"StringEquals": {"sts:ExternalId": "x"}}},
            {**TARGET, "Action": "sts:TagSession", "Condition": {}},
            {
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": "sts:AssumeRole",
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        ]
    },
    "target, one of two tagged perhaps": {
        "Statement": [
            {**TARGET, "Condition": {"StringEquals": {"sts:ExternalId": "x"}}},
            {**TARGET, "Principal": {"AWS": "444455556666"}, "Action": "sts:AssumeRole", "Condition": {}},
            {**TARGET, "Action": "sts:TagSession", "Condition": {}},
            {**TARGET, "Principal": {"AWS": "444455556666"}, "Action": "sts:TagSession", "Condition": UNKNOWN},
        ]
    },
    "target, open after one that tags": {
        "Statement": [
            {**TARGET, "Action": "sts:TagSession", "Condition": {}},
            {**TARGET, "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/a"}, "Condition": {}},
            {**TARGET, "Condition": {}},
        ]
    },
    "target, for roles of another partition": {
        "Statement": {
            **TARGET,
            "Principal": {"AWS": "arn:aws-cn:iam::444455556666:root"},
            "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws-cn:iam::444455556666:role/*"}},
        }
    },
    "target, for roles of no account": {
        "Statement": {**TARGET, "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::444455556666:role/*"}}}
    },
    "target, for its account": {
        "Statement": {**TARGET, "Condition": {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}}
    },
    "target, a role after others": {
        "Statement": [
            {"Effect": "Deny", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/a"}, "Action": "sts:AssumeRole"},
            {"Effect": "Allow", "Action": "sts:AssumeRole"},
            {**TARGET, "Principal": {"AWS": [*ROOT.values(), f"arn:aws:iam::{ACCOUNT}:role/b"]}},
        ]
    },
    "everyone after nobody": {
        "Statement": [PODS, {"Effect": "Allow", "Action": "sts:AssumeRole"}, {**PODS, "Principal": "*"}]
    },
    "target, everything of sts": {"Statement": {**TARGET, "Action": "STS:*", "Condition": {}}},
    "split and not known": {"Statement": [{**PODS, "Action": "sts:AssumeRole"}, UNKNOWN]},
    "target, tagged by another statement": {
        "Statement": [
            {**TARGET, "Condition": {"StringEquals": {"sts:ExternalId": "x"}}},
            {**TARGET, "Action": "sts:TagSession", "Condition": UNKNOWN},
        ]
    },
    "target, one of two tagged": {
        "Statement": [
            {**PODS, "Effect": "Deny", "Action": "sts:GetCallerIdentity"},
            {**TARGET, "Condition": {"StringEquals": {"sts:ExternalId": "x"}}},
            {**TARGET, "Principal": {"AWS": "444455556666"}, "Action": "sts:AssumeRole"},
            {**TARGET, "Action": "sts:TagSession", "Condition": {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}},
        ]
    },
    **{name: {"Statement": [PODS, statement]} for name, statement in TRUST_STATEMENTS.items()},
}
DOCUMENTS: dict[str, Any] = {
    "unknown": UNKNOWN,
    "unknown statements": {"Statement": UNKNOWN},
    "no json": "{",
    "nothing": {},
    "null": None,
    "a list": [],
    "one statement": {"Statement": PODS},
    "no statements": {"Version": "2012-10-17", "Statement": []},
    "version": {"Version": "2020-01-01", "Statement": [PODS], "Extra": 1},
    "names twice": {"Statement": [{**PODS, "Sid": "a"}, {**PODS, "Sid": "a"}, {**PODS, "Sid": UNKNOWN}]},
    "keys twice": '{"Version": "2012-10-17", "Statement": [], "Statement": []}',
    "deep": {
        "Statement": [{"Condition": {"a": {"b": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}}}]
    },
    "long": "x" * 140_000,
    "letters": {"Statement": [{**READ, "Resource": "arn:aws:s3:::\u2013"}]},
    "wide and unknown": {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, UNKNOWN]},
    "wide and unknown effect": {
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, {**READ, "Effect": UNKNOWN}]
    },
    "wide and denied": {
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, {**READ, "Effect": "Deny"}]
    },
    "split": {
        "Statement": [{**PODS, "Action": "sts:AssumeRole"}, {**PODS, "Action": "sts:TagSession", "Condition": {}}]
    },
    "split the wrong way": {
        "Statement": [{**PODS, "Action": "sts:AssumeRole", "Condition": {}}, {**PODS, "Action": "sts:TagSession"}]
    },
    "allows what it denies": {
        "Version": "2012-10-17",
        "Statement": [READ, {**READ, "Effect": "Deny"}],
    },
    **{name: {"Statement": [PODS, statement]} for name, statement in STATEMENTS.items()},
}


def messages_of(subject: str, verdicts: Iterable[Verdict]) -> list[str]:
    """Return the messages of findings and unjudged properties, with the fixes that differ from the rule's."""
    lines: list[str] = []
    for verdict in merge(verdicts):
        lines.append(f"{subject}: {verdict.message().partition(' Fix: ')[0]}")
        if isinstance(verdict, Finding):
            lines += [f"  {fix}" for fix in dict.fromkeys((verdict.hint, verdict.raw_hint)) if fix]
    return lines


def document_messages(document: Any) -> str:
    """Return all messages about *document* as each of the three types of policies."""
    parts = {
        "trust": trust_verdicts(parse(document), "The trust", used_by_pods=True),
        "target": target_verdicts(parse(document), "The target", is_used=True),
        "session": [] if document in TRUSTS.values() else session_policy_verdicts(document, "The session policy"),
    }
    return "\n".join(
        line for document_type, verdicts in parts.items() for line in messages_of(document_type, verdicts)
    )


@pytest.mark.parametrize("name", [*DOCUMENTS, *TRUSTS])
def test_the_messages_about_a_document_match_the_snapshot(name: str, snapshot: SnapshotAssertion):
    assert document_messages({**DOCUMENTS, **TRUSTS}[name]) == snapshot


TAGS: dict[str, Any] = {
    "missing": {},
    "one missing": {"Owner": "payments"},
    "another case": {"owner": "payments", "ENVIRONMENT": "dev", "CostCenter": "4711"},
    "blank": {"Owner": "", "Environment": " ", "CostCenter": "4711"},
    "values": {"Owner": "payments", "Environment": "test", "CostCenter": "47110"},
    "a number": {"Owner": 7, "Environment": 7, "CostCenter": 4711},
    "unknown": UNKNOWN,
    "unknown value": {"Owner": UNKNOWN, "Environment": UNKNOWN, "CostCenter": "4711"},
    "reserved": {**FINE, "aws:a": "b", "AWS:b": "c", "kubernetes-namespace": "a", "c": "aws:d"},
    "long": {**FINE, "k" * 128: "v" * 256, "k" * 129: "v", "l": "v" * 257},
    "empty key": {**FINE, "": "v"},
    "characters": {**FINE, "a(b": "c", "d": "e!f!", "g": "h_.:/=+-@ 1\u00e9\u00a0"},
    "two cases": {**FINE, "team": "a", "TEAM": "b", "Team": "c"},
    "50": {**FINE, **{f"t{number}": "v" for number in range(47)}, "aws:a": "b"},
    "51": {**FINE, **{f"t{number}": "v" for number in range(48)}},
}
REQUIRED = (Required("Owner"), Required("Environment", ("dev", "prod")), Required("CostCenter", pattern="[0-9]{4}"))


@pytest.mark.parametrize("resource_type", [ROLE, ASSOCIATION])
@pytest.mark.parametrize("name", list(TAGS))
def test_the_messages_about_tags_match_the_snapshot(name: str, resource_type: str, snapshot: SnapshotAssertion):
    resource = Resource(
        "urn", resource_type, "api", {"tags": TAGS[name]}, provider_properties={"defaultTags": {"tags": {}}}
    )

    assert "\n".join(messages_of(resource_type.rpartition(":")[2], tag_verdicts(resource, REQUIRED))) == snapshot


def test_default_tags_that_are_not_known_are_named():
    resource = Resource("urn", ROLE, "api", {}, provider_properties={"defaultTags": UNKNOWN})

    assert messages_of("role", tag_verdicts(resource, REQUIRED)) == [
        'role: [PI501] The role "api" could not be judged: the provider\'s defaultTags is not known yet.'
    ]


def test_the_messages_about_names_match_the_snapshot(snapshot: SnapshotAssertion):
    names: list[Any] = ["*", "team-?", "Team", "a.b", "", 7, UNKNOWN]
    lines = [
        line
        for name in names
        for line in messages_of(
            "names", name_verdicts({"clusterName": name, "namespace": name, "serviceAccount": name}, "The association")
        )
    ]

    assert "\n".join(lines) == snapshot


@pytest.mark.parametrize(
    ("find", "name"),
    [
        (trust_findings, "resource"),
        (session_policy_findings, "session"),
        (target_trust_findings, "target with an id"),
    ],
)
def test_the_functions_for_documents_name_their_subject(find: Any, name: str):
    assert {finding.subject for finding in find({"Statement": [STATEMENTS[name]]}, subject="it")} == {"it"}


def test_the_function_for_names_names_its_subject():
    assert {finding.subject for finding in name_findings(namespace="*", subject="it")} == {"it"}


def test_a_message_gives_the_fix_in_the_terms_that_are_asked_for():
    (finding,) = trust_findings({"Statement": [{**PODS, "Condition": {}}]}, subject="it")

    assert finding.message().endswith(f"Fix: {finding.rule.fix}")
    assert finding.message(raw=True).endswith(f"Fix: {finding.rule.raw_fix}")
