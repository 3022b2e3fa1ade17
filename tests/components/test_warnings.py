"""Warnings about allowed arguments: at once, or when a value is known."""

from typing import Any

import pulumi
import pytest

from pulumi_eks_pod_identity import PodIdentity
from recording import record

SHORT: dict[str, Any] = {"cluster_name": "dev", "namespace": "payments", "service_account": "api"}
ANNOTATIONS = {"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/old"}


def identity(args: Any) -> PodIdentity:
    return PodIdentity("app", args)


def policy(letter: str) -> dict[str, Any]:
    resource = f"arn:aws:s3:::invoices/{letter * 1800}"
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource}],
    }


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    texts: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda text, *_: texts.append(text))
    return texts


@pytest.mark.parametrize("form", [lambda value: value, pulumi.Output.from_input], ids=["known", "an Output"])
@pytest.mark.parametrize(
    "argument",
    [
        pytest.param(lambda form: {"session_policy": form(policy("é"))}, id="of the component"),
        pytest.param(
            lambda form: {
                "namespace": None,
                "service_account": None,
                "bindings": [{"namespace": "a", "service_account": "b", "session_policy": form(policy("é"))}],
            },
            id="of a binding",
        ),
    ],
)
def test_a_session_policy_that_may_not_fit_into_the_token_warns(warnings: list[str], argument: Any, form: Any):
    record(lambda: identity({**SHORT, **argument(form)}))

    (warning,) = warnings
    assert "may not fit into a session token" in warning
    assert "PackedPolicyTooLarge" in warning
    assert ("of the binding 'a/b'" in warning) == ("bindings" in argument(form))
    assert "é" not in warning


def test_a_session_policy_of_the_same_length_in_ascii_does_not(warnings: list[str]):
    record(lambda: identity({**SHORT, "session_policy": policy("e")}))

    assert warnings == []


@pytest.mark.parametrize("form", [lambda value: value, pulumi.Output.from_input], ids=["known", "an Output"])
def test_the_annotation_of_irsa_warns(warnings: list[str], form: Any):
    arguments = {"create_service_account": True, "service_account_annotations": form(ANNOTATIONS)}

    record(lambda: identity({**SHORT, **arguments}))

    (warning,) = warnings
    assert "belongs to IRSA" in warning


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"service_account_annotations": {"team": "payments"}}, id="another annotation"),
        pytest.param(
            {
                "service_account_annotations": ANNOTATIONS,
                "irsa_provider_arn": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A1",
            },
            id="while leaving IRSA",
        ),
    ],
)
def test_other_annotations_do_not_warn(warnings: list[str], more: dict[str, Any]):
    record(lambda: identity({**SHORT, "create_service_account": True, **more}))

    assert warnings == []
