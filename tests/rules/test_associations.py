"""PI305 and PI402: one association at a time."""

from typing import Any

import pytest

from eks_pod_identity.rules import (
    UNKNOWN,
    Finding,
    Resource,
    name_findings,
)
from eks_pod_identity.rules.chain.pi305_account import account_verdicts
from eks_pod_identity.rules.resource import ASSOCIATION, account_of, provider_account


def codes(verdicts: Any) -> list[str]:
    return [one.code for one in verdicts if isinstance(one, Finding)]


def resource(kind: str = ASSOCIATION, *, provider: dict[str, Any] | None = None, **properties: Any) -> Resource:
    return Resource("urn", kind, "name", properties, provider_properties=provider or {})


# PI402


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ({"cluster_name": "dev", "namespace": "payments", "service_account": "api"}, False),
        ({"cluster_name": "d", "namespace": "p", "service_account": "a"}, False),
        ({"service_account": "a.b-c.d"}, False),
        ({"namespace": "n" * 63, "service_account": "s" * 253, "cluster_name": "c" * 100}, False),
        ({"namespace": UNKNOWN}, False),
        ({"namespace": "team-*"}, True),
        ({"namespace": "team-?"}, True),
        ({"namespace": "a.b"}, True),
        ({"namespace": "n" * 64}, True),
        ({"namespace": ""}, True),
        ({"namespace": 7}, True),
        ({"service_account": "a..b"}, True),
        ({"service_account": "Api"}, True),
        ({"service_account": "s" * 254}, True),
        ({"cluster_name": "-dev"}, True),
        ({"cluster_name": "arn:aws:eks:eu-west-1:111122223333:cluster/dev"}, True),
    ],
)
def test_names(names: dict[str, Any], found: bool):
    assert [one.code for one in name_findings(**names, subject="it")] == (["PI402"] if found else [])


# PI305


@pytest.mark.parametrize(
    ("arn", "account", "expected"),
    [
        ("arn:aws:iam::111122223333:role/a", "111122223333", []),
        ("arn:aws:iam::444455556666:role/a", "111122223333", ["PI305"]),
        ("arn:aws:iam::444455556666:role/a", "", []),
        (UNKNOWN, "111122223333", []),
        ("nonsense", "111122223333", []),
    ],
)
def test_the_account_of_a_role(arn: Any, account: str, expected: list[str]):
    assert codes(account_verdicts(resource(roleArn=arn), account)) == expected


@pytest.mark.parametrize(
    ("properties", "account"),
    [
        ({"allowedAccountIds": '["111122223333"]'}, "111122223333"),
        ({"allowedAccountIds": ["111122223333"]}, "111122223333"),
        ({"allowedAccountIds": ["111122223333", "444455556666"]}, ""),
        ({"assumeRoles": '[{"roleArn": "arn:aws:iam::444455556666:role/deploy"}]'}, "444455556666"),
        ({"allowedAccountIds": "{"}, ""),
        ({"assumeRoles": []}, ""),
        ({"assumeRoles": [UNKNOWN]}, ""),
        ({}, ""),
    ],
)
def test_the_account_that_a_provider_is_bound_to(properties: dict[str, Any], account: str):
    assert provider_account(properties) == account


def test_the_account_of_something_that_is_no_arn():
    assert account_of(UNKNOWN) == ""
    assert account_of("arn:aws:s3:::bucket") == ""
