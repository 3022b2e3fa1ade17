"""No error shows a secret, whichever argument it is about."""

from collections.abc import Callable
from typing import Any, cast

import pulumi
import pytest

from pulumi_eks_pod_identity import (
    PodIdentity,
    PodIdentityAgent,
    PodIdentityInputError,
    PodIdentityRole,
    PodIdentityTargetRole,
)
from pulumi_eks_pod_identity._run.hooks import hooks
from recording import ACCOUNT, TARGET_ACCOUNT, record

SECRET = "hunter2"


def secret(value: Any = SECRET) -> Any:
    return pulumi.Output.secret(value)


def identity(name: str, **more: Any) -> PodIdentity:
    args: Any = {"cluster_name": "dev", "namespace": name, "service_account": "api"} | more
    return PodIdentity(name, args)


def agent(name: str, **more: Any) -> PodIdentityAgent:
    args: Any = more
    return PodIdentityAgent(name, args)


def role(name: str, **more: Any) -> PodIdentityRole:
    args: Any = {"cluster_name": "dev", "namespace": name, "service_account": "api"} | more
    return PodIdentityRole(name, args)


def binding(**more: Any) -> dict[str, Any]:
    return {"namespace": "a", "service_account": "b"} | more


PROGRAMS: dict[str, tuple[Callable[[], Any], str]] = {
    "the namespace of an association that there is": (
        lambda: [identity("one", namespace=secret()), identity("two", namespace=secret())],
        '- service_account: PodIdentity "one" already has an association for this ServiceAccount ("[secret]/api")',
    ),
    "the ServiceAccount of an association that there is": (
        lambda: [
            identity("one", namespace="x", service_account=secret()),
            identity("two", namespace="x", service_account=secret()),
        ],
        '("x/[secret]")',
    ),
    "a role name that there is": (
        lambda: [identity("one", role_name=secret()), identity("two", role_name=secret())],
        '- role_name: PodIdentity "one" creates a role of the same name ("[secret]")',
    ),
    "a role name that there is in upper case": (
        lambda: [identity("one", role_name=secret()), identity("two", role_name=secret(SECRET.upper()))],
        '("[secret]")',
    ),
    "a role name made of the cluster's": (
        lambda: [identity("one", cluster_name=secret()), role("one", cluster_name=secret())],
        '("one-[secret]-eu-west-1-',
    ),
    "the cluster of an agent that there is": (
        lambda: [agent("one", cluster_name=secret()), agent("two", cluster_name=secret())],
        'on the cluster ("[secret]")',
    ),
    "a ServiceAccount that is created already": (
        lambda: [
            identity("one", namespace="x", service_account=secret(), create_service_account=True),
            identity("two", namespace="x", service_account=secret(), create_service_account=True, cluster_name="b"),
        ],
        '- create_service_account: PodIdentity "one" already creates this ServiceAccount ("x/[secret]")',
    ),
    "a cluster that a binding names again": (
        lambda: PodIdentity(
            "one",
            {"cluster_name": secret(), "bindings": [binding(), binding(cluster_name=SECRET)]},  # pyright: ignore[reportArgumentType] # plain dicts of the test
        ),
        '- bindings[1]: "[secret]/a/b" repeats',
    ),
    "a key of a map": (lambda: identity("one", tags=secret({f"{SECRET}<>": "x"})), "- tags: A tag key contains"),
    "two keys of a map": (
        lambda: identity("one", tags=secret({SECRET: "x", SECRET.upper(): "y"})),
        "- tags: [secret] are the same key",
    ),
    "a key of labels": (
        lambda: identity("one", create_service_account=True, service_account_labels=secret({SECRET: 5})),
        "- service_account_labels: Expected a string",
    ),
    "an item of a list": (
        lambda: PodIdentityTargetRole(
            "one",
            {"source_role_arn": f"arn:aws:iam::{ACCOUNT}:role/x", "external_ids": secret([f"{SECRET} "])},
        ),
        "- external_ids[0]: [secret] has leading or trailing white space",
    ),
    "a statement": (
        lambda: identity("one", extra_trust_statements=secret([{"Effect": SECRET}])),
        "- extra_trust_statements[0]: [PI106] The Effect is [secret]",
    ),
    "an action": (
        lambda: identity(
            "one",
            policies={"a": secret({"Statement": [{"Effect": "Allow", "Action": f"s3:{SECRET}", "Resource": "*"}]})},
        ),
        "- policies.a: [PI603]",
    ),
    "a resource in a plain policy": (
        lambda: identity(
            "one",
            policies={"a": {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": secret()}]}},
        ),
        "- policies.a.Statement[0].Resource: ",
    ),
    "JSON text": (
        lambda: identity("one", session_policy=secret(f'{{"{SECRET}":')),
        "[PI203] The session policy is not JSON",
    ),
    "text that is cut": (lambda: identity("one", role_name=secret(SECRET * 30)), "- role_name: [secret] is not"),
    "a part of an ARN": (
        lambda: identity("one", assumable_role_arns={"a": secret(f"arn:aws-{SECRET}:iam::{ACCOUNT}:role/x")}),
        "- assumable_role_arns.a: ",
    ),
}


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
@pytest.mark.parametrize(("program", "text"), PROGRAMS.values(), ids=PROGRAMS.keys())
def test_no_error_shows_a_secret(program: Callable[[], Any], text: str, *, preview: bool):
    with pytest.raises(PodIdentityInputError) as caught:
        record(program, preview=preview)

    assert SECRET not in str(caught.value).lower()
    assert text in str(caught.value)


def test_an_error_about_one_argument_does_not_show_the_secret_of_another():
    with pytest.raises(PodIdentityInputError) as caught:
        record(lambda: identity("one", account_id=secret(ACCOUNT), role_arn=f"arn:aws:iam::{TARGET_ACCOUNT}:role/x"))

    assert f'account "{TARGET_ACCOUNT}", but the cluster is in "[secret]"' in str(caught.value)
    assert ACCOUNT not in str(caught.value)


@pytest.mark.parametrize("argument", ["region", "account_id", "cluster_name", "namespace", "service_account"])
def test_an_error_about_an_external_id_does_not_show_its_secret_parts(argument: str):
    long = "x" * 100  # so that the external ids are cut where they are quoted
    parts = {
        "region": "eu-north-1",
        "account_id": ACCOUNT,
        "cluster_name": long,
        "namespace": "payments",
        "service_account": SECRET,
    }
    expected = "/".join(parts.values())
    answers = {"external_id": {"value": expected.replace("eu-north-1", "us-east-1")}}

    with pytest.raises(PodIdentityInputError) as caught:
        record(lambda: identity("one", **parts | {argument: secret(parts[argument])}), answers=answers)

    assert parts[argument] not in str(caught.value)
    assert "- region: EKS gave the association the external id" in str(caught.value)
    [error] = caught.value.respell().errors or []
    assert error["property_path"].endswith(" ") == ("[secret]" in error["reason"])


def test_an_error_about_an_external_id_that_is_secret_itself_does_not_show_it():
    with pytest.raises(PodIdentityInputError) as caught:
        record(lambda: identity("one"), answers={"external_id": {"value": secret()}})

    assert f'the external id "[secret]", but target roles trust "eu-west-1/{ACCOUNT}/dev/one/api"' in str(caught.value)


def test_advice_about_a_refused_association_has_placeholders_for_secrets(monkeypatch: pytest.MonkeyPatch):
    texts: list[str] = []
    monkeypatch.setattr(pulumi.log, "error", texts.append)
    refused = pulumi.ErrorHookArgs(
        urn="urn:pulumi:dev::shop::eks-pod-identity:index:PodIdentity$aws:eks/x:X::one-association",
        id="",
        name="one-association",
        type="aws:eks/x:X",
        failed_operation="create",
        new_inputs={"clusterName": secret(), "region": secret(SECRET)},
        errors=["Association already exists: a-1"] * 50,
    )

    async def program() -> None:
        await cast("Any", hooks().association_error_hook("one-association", "one"))(refused)

    record(program)

    [text] = texts
    assert SECRET not in text
    assert (
        "pulumi import aws:eks/podIdentityAssociation:PodIdentityAssociation one-association CLUSTER,a-1@REGION"
        in text
    )


def test_the_plugin_points_the_engine_at_no_secret():
    with pytest.raises(PodIdentityInputError) as caught:
        record(lambda: identity("one", tags=secret({f"{SECRET}<>": "x"})))

    assert [error["property_path"] for error in caught.value.respell().errors or []] == ["tags "]
