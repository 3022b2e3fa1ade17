"""Every input takes a plain value, an Output, a secret, a coroutine, a future and None, at every depth."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from pulumi_eks_pod_identity import (
    PodIdentity,
    PodIdentityAgent,
    PodIdentityInputError,
    PodIdentityRole,
    PodIdentityTargetRole,
    addon_association,
)
from recording import ACCOUNT, TARGET_ACCOUNT, Recording, record

READ = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::invoices/*"]}],
}
EC2 = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
ISSUER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
BASE = {"cluster_name": "dev", "namespace": "payments", "service_account": "api"}
ROLE = {
    "role_name": "api",
    "role_path": "/workloads/",
    "role_description": "x",
    "permissions_boundary_arn": "arn:aws:iam::aws:policy/PowerUserAccess",
    "max_session_duration_seconds": 7200,
    "policies": {"a": READ, "b": json.dumps(READ)},
    "managed_policy_arns": {"audit": "arn:aws:iam::aws:policy/SecurityAudit"},
    "extra_trust_statements": [EC2],
    "account_id": ACCOUNT,
    "partition": "aws",
    "tags": {"Owner": "payments"},
}
SOURCE = {"irsa_provider_arn": ISSUER, "assumable_role_arns": {"x": f"arn:aws:iam::{TARGET_ACCOUNT}:role/x"}}
COMPONENTS: dict[str, tuple[Any, dict[str, Any]]] = {
    "PodIdentity": (
        PodIdentity,
        BASE
        | ROLE
        | SOURCE
        | {
            "region": "eu-west-1",
            "create_target_role": True,
            "target_role_name": "t",
            "target_policies": {"a": READ},
            "target_managed_policy_arns": {"audit": "arn:aws:iam::aws:policy/SecurityAudit"},
            "session_policy": READ,
            "create_service_account": True,
            "service_account_labels": {"a": "b"},
            "service_account_annotations": {"c": "d"},
        },
    ),
    "PodIdentity with roles that exist": (
        PodIdentity,
        {
            "cluster_name": "dev",
            "bindings": [{"namespace": "payments", "service_account": "api", "session_policy": READ}],
            "role_arn": f"arn:aws:iam::{ACCOUNT}:role/a",
            "target_role_arn": f"arn:aws:iam::{TARGET_ACCOUNT}:role/b",
        },
    ),
    "PodIdentityRole": (PodIdentityRole, BASE | ROLE | SOURCE | {"region": "eu-west-1"}),
    "PodIdentityTargetRole": (
        PodIdentityTargetRole,
        BASE
        | ROLE
        | {
            "source_role_arn": f"arn:aws:iam::{ACCOUNT}:role/a",
            "cluster_region": "eu-west-1",
            "cluster_account_id": ACCOUNT,
        },
    ),
    "PodIdentityTargetRole with external ids": (
        PodIdentityTargetRole,
        {
            "source_role_arn": f"arn:aws:iam::{ACCOUNT}:role/a",
            "external_ids": [f"eu-west-1/{ACCOUNT}/dev/payments/api"],
        },
    ),
    "PodIdentityAgent": (
        PodIdentityAgent,
        {
            "cluster_name": "dev",
            "addon_version": "v1.3.10-eksbuild.2",
            "configuration": {"podLabels": {"team": "platform"}},
            "resources": {"requests": {"cpu": "10m"}},
            "tags": {"Owner": "payments"},
        },
    ),
}
PLAIN = {"bindings", "create_target_role", "create_service_account", "disable_session_tags"}
"""Arguments that determine which resources exist, and so are plain; a session policy in bindings is an input."""

KEYS_ARE_PLAIN = {
    "policies",
    "managed_policy_arns",
    "target_policies",
    "target_managed_policy_arns",
    "assumable_role_arns",
}


async def coroutine(value: Any) -> Any:
    await asyncio.sleep(0)
    return value


def future(value: Any) -> Any:
    future: asyncio.Future[Any] = asyncio.get_event_loop().create_future()
    future.set_result(value)
    return future


FORMS: dict[str, Callable[[Any], Any]] = {
    "an Output": pulumi.Output.from_input,
    "a secret": pulumi.Output.secret,
    "an Output of an Output": lambda value: pulumi.Output.from_input(value).apply(pulumi.Output.from_input),
    "a coroutine": coroutine,
    "a future": future,
}


def whole(key: str, value: Any, form: Callable[[Any], Any]) -> Any:
    """Return an argument in a form: the whole, or each value if its keys name resources."""
    if key == "bindings":
        return [item | {"session_policy": form(item["session_policy"])} for item in value]
    if key in KEYS_ARE_PLAIN:
        return {name: form(item) for name, item in value.items()}
    return value if key in PLAIN else form(value)


def deep(key: str, value: Any, form: Callable[[Any], Any]) -> Any:
    """Return an argument with each leaf in a form."""
    if key == "bindings":
        return [item | {"session_policy": deep("", item["session_policy"], form)} for item in value]
    if key in PLAIN:
        return value
    if isinstance(value, dict):
        return {name: deep("", item, form) for name, item in value.items()}
    if isinstance(value, list):
        return [deep("", item, form) for item in value]
    return form(value)


def register(component: Any, args: Callable[[], Any]) -> tuple[Recording, dict[str, Any]]:
    recording = record(lambda: component("x", args()))
    return recording, {name: recording.resource(name).inputs for name in recording.names()}


@pytest.mark.parametrize("depth", [whole, deep])
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
@pytest.mark.parametrize(("component", "args"), COMPONENTS.values(), ids=COMPONENTS.keys())
def test_every_form_registers_what_the_plain_value_registers(component: Any, args: Any, form: Any, depth: Any):
    plain, expected = register(component, lambda: args)

    recording, inputs = register(component, lambda: {key: depth(key, value, form) for key, value in args.items()})

    assert inputs == expected
    assert recording.outputs["x"] == plain.outputs["x"]


@pytest.mark.parametrize(("component", "args"), COMPONENTS.values(), ids=COMPONENTS.keys())
def test_none_means_absent_at_every_depth(component: Any, args: Any):
    def with_nones(key: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: with_nones("", item) for name, item in value.items()} | {"nothing": None}
        if isinstance(value, list):
            more = [None] if key in {"external_ids", "extra_trust_statements", "bindings"} else []
            return [with_nones("", item) for item in value] + more
        return value

    everything = dict.fromkeys(component.__init__.__annotations__["args"].__annotations__)
    nones = everything | {key: with_nones(key, value) for key, value in args.items()}

    assert register(component, lambda: nones)[1] == register(component, lambda: args)[1]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
@pytest.mark.parametrize(
    "key", ["role_name", "role_path", "role_description", "max_session_duration_seconds", "irsa_provider_arn", "tags"]
)
def test_an_output_without_a_value_means_absent(key: str, form: Any):
    inputs = register(PodIdentity, lambda: BASE | {key: form(None)})[1]

    assert inputs == register(PodIdentity, lambda: BASE)[1]


@pytest.mark.parametrize(
    ("key", "value", "place"),
    [
        ("target_role_arn", None, "target_role_arn"),
        ("role_arn", None, "role_arn"),
        ("session_policy", None, "session_policy"),
        ("policies", {"a": None}, "policies.a"),
        ("managed_policy_arns", {"a": None}, "managed_policy_arns.a"),
        ("namespace", None, "namespace"),
    ],
)
def test_an_output_without_a_value_is_refused_where_resources_depend_on_it(key: str, value: Any, place: str):
    def program() -> None:
        args: Any = BASE | {key: deep(key, value, pulumi.Output.from_input)}
        PodIdentity("x", args)

    with pytest.raises(PodIdentityInputError, match=rf"- {place}: The Output has no value"):
        record(program)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_an_add_ons_association_takes_every_form(form: Any):
    arn = f"arn:aws:iam::{ACCOUNT}:role/csi"
    resolved: list[Any] = []

    async def look(item: Any) -> None:
        resolved.extend([await item["service_account"].future(), await item["role_arn"].future()])

    record(
        lambda: pulumi.Output.from_input(
            look(addon_association({"service_account": form("a"), "role_arn": form(arn)}))
        )
    )

    assert resolved == ["a", arn]


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
def test_a_value_unknown_at_preview_hides_only_what_is_made_from_it(*, preview: bool):
    def program() -> None:
        cluster = pulumi.Output.from_input("dev").apply(lambda known: pulumi.output.UNKNOWN if preview else known)
        PodIdentity("x", BASE | {"policies": {"a": READ}, "role_description": cluster})  # pyright: ignore[reportArgumentType] # plain dicts of the test

    role = record(program, preview=preview).resource("x-role").inputs

    assert isinstance(role["description"], pulumi.output.Unknown) == preview
    assert json.loads(role["assumeRolePolicy"])["Statement"]


DOCUMENT_TWICE = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "*"}],
}
LONG = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::" + "a" * 6000}],
}
TAGGED = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::x/${aws:PrincipalTag/kubernetes-namespace}/*",
        }
    ],
}
AUDIT = "arn:aws:iam::aws:policy/SecurityAudit"
WRONG: list[dict[str, Any]] = [
    {"cluster_name": "a:b"},
    {"namespace": "preview-*"},
    {"service_account": "a..b"},
    {"role_name": "a" * 65},
    {"role_path": "workloads"},
    {"role_description": "“x”"},
    {"permissions_boundary_arn": f"arn:aws:iam::{ACCOUNT}:role/x"},
    {"permissions_boundary_arn": f"arn:aws:iam::{TARGET_ACCOUNT}:policy/x"},
    {"max_session_duration_seconds": 60},
    {"account_id": "x"},
    {"account_id": "999999999999"},
    {"partition": "china"},
    {"region": "Ireland"},
    {"policies": {"x": "{"}},
    {"policies": {"x": DOCUMENT_TWICE}},
    {"policies": {"a": LONG, "b": LONG}},
    {"policies": {"x": LONG}, "policy_kind": "managed", "tags": {"aws:x": "y"}},
    {"policies": {"x": TAGGED}, "disable_session_tags": True},
    {"managed_policy_arns": {"x": f"arn:aws:iam::{TARGET_ACCOUNT}:policy/x"}},
    {"managed_policy_arns": {"x": AUDIT.replace("aws:iam", "aws-cn:iam")}},
    {"managed_policy_arns": {"a": AUDIT, "b": AUDIT}},
    {"assumable_role_arns": {"a": "x"}},
    {"assumable_role_arns": {"a": f"arn:aws-cn:iam::{TARGET_ACCOUNT}:role/x"}},
    {"irsa_provider_arn": f"arn:aws:iam::{TARGET_ACCOUNT}:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/E"},
    {"tags": {"kubernetes-namespace": "x"}},
    {"tags": {"x": "y" * 257}},
    {"tags": {"a": "x", "A": "y"}},
    {"session_policy": DOCUMENT_TWICE},
    {"session_policy": LONG},
    {"target_role_arn": "x"},
    {"target_role_arn": f"arn:aws-cn:iam::{TARGET_ACCOUNT}:role/t"},
    {"role_arn": f"arn:aws:iam::{TARGET_ACCOUNT}:role/t"},
    {"role_arn": f"arn:aws:iam::{ACCOUNT}:role/t", "target_role_arn": f"arn:aws:iam::{ACCOUNT}:role/t"},
    {"create_target_role": True, "target_policies": {"x": DOCUMENT_TWICE}},
    {"create_target_role": True, "target_managed_policy_arns": {"a": AUDIT, "b": AUDIT}},
    {"role_name": "a" * 65, "policies": {"x": "{"}, "tags": {"x": "y" * 257}},
    {"tags": {"Expires": "2027-03-31 00:00:00 +0000 UTC"}},
    {"policies": {"x": {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Sid": "not ok"}]}}},
]


def refusal(args: Callable[[], Any], *, preview: bool = False) -> str:
    with pytest.raises(PodIdentityInputError) as caught:
        record(lambda: PodIdentity("x", args()), preview=preview)
    return str(caught.value)


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
@pytest.mark.parametrize("depth", [whole, deep])
@pytest.mark.parametrize("wrong", WRONG, ids=[f"{number}-{'+'.join(item)}" for number, item in enumerate(WRONG)])
def test_an_output_is_refused_with_the_message_for_a_plain_value(wrong: Any, depth: Any, *, preview: bool):
    plain = {"policy_kind", "create_target_role"} | PLAIN

    def with_outputs() -> Any:
        return BASE | {
            key: value if key in plain else depth(key, value, pulumi.Output.from_input) for key, value in wrong.items()
        }

    assert refusal(with_outputs, preview=preview) == refusal(lambda: BASE | wrong, preview=preview)


@pytest.mark.parametrize("wrong", WRONG, ids=[f"{number}-{'+'.join(item)}" for number, item in enumerate(WRONG)])
def test_a_component_with_a_wrong_output_creates_nothing(wrong: Any):
    plain = {"policy_kind", "create_target_role"} | PLAIN
    names: set[str] = set()

    def program() -> None:
        args: Any = BASE | {
            key: value if key in plain else whole(key, value, pulumi.Output.from_input) for key, value in wrong.items()
        }
        PodIdentity("x", args)

    recordings: list[Recording] = []
    with pytest.raises(PodIdentityInputError):
        record(program, into=recordings)
    names |= recordings[0].names()

    assert names == set()


@pytest.mark.parametrize(
    "wrong",
    [
        {"role_name": "hunter 2"},
        {"role_name": 'hunter "2" x'},
        {"role_path": "hunter2"},
        {"cluster_name": "hunter/2"},
        {"namespace": "hunter-*"},
        {"target_role_arn": "arn:aws:iam::1:role/hunter2"},
        {"account_id": "hunter2"},
        {"tags": {"x": "hunter2" * 40}},
        {"max_session_duration_seconds": 4711471147},
        {"managed_policy_arns": {"x": "hunter2"}},
    ],
)
def test_a_wrong_secret_is_not_shown(wrong: Any):
    text = refusal(lambda: BASE | {key: deep(key, value, pulumi.Output.secret) for key, value in wrong.items()})

    assert "hunter" not in text
    assert "4711" not in text
    assert "4,711" not in text
    assert next(iter(wrong)) in text
