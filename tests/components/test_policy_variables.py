"""Policy variables need a document of Version 2012-10-17. In an older one they are literal text."""

import json
from typing import Any

import pytest

from pulumi_eks_pod_identity import PodIdentity, PodIdentityRole

BINDING = {"cluster_name": "prod", "namespace": "payments", "service_account": "api"}
OWN = "arn:aws:s3:::tenants/${aws:PrincipalTag/kubernetes-namespace}/*"


def statement(resource: str = "arn:aws:s3:::tenants/*", **more: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource, **more}]}


@pytest.mark.parametrize(
    "policy",
    [
        statement(OWN),
        {"Version": "2008-10-17", **statement(OWN)},
        json.dumps(statement(OWN)),
        statement(Condition={"StringLike": {"s3:prefix": ["a", "${aws:username}/*"]}}),
        statement("arn:aws:s3:::tenants/${*}"),
    ],
    ids=["a map", "an older version", "text", "a condition", "an escaped asterisk"],
)
@pytest.mark.parametrize("component", [PodIdentity, PodIdentityRole])
def test_a_variable_without_the_version_is_refused(component: Any, policy: object):
    [problem] = component.validate({**BINDING, "policies": {"own": policy}})

    assert problem.path[:3] == ("policies", "own", "Statement")
    assert "[PI604]" in problem.rule
    assert '"Version": "2012-10-17"' in problem.fix


def test_a_session_policy_is_checked_too():
    [problem] = PodIdentity.validate({**BINDING, "session_policy": statement("arn:aws:s3:::a/${aws:userid}")})

    assert problem.path[:2] == ("session_policy", "Statement")
    assert "[PI604]" in problem.rule


@pytest.mark.parametrize("policy", [{"Version": "2012-10-17", **statement(OWN)}, statement()])
def test_a_variable_with_the_version_and_a_document_without_variables_pass(policy: object):
    assert list(PodIdentity.validate({**BINDING, "policies": {"own": policy}})) == []
