"""Arguments without an effect are accepted: empty ones, those equal to the default, and Outputs without a value."""

from typing import Any

import pulumi
import pytest

from pulumi_eks_pod_identity import PodIdentity, PodIdentityInputError, PodIdentityTargetRole
from recording import ACCOUNT, output_of, record

ROLE = f"arn:aws:iam::{ACCOUNT}:role/x"
EXISTING: dict[str, Any] = {"cluster_name": "dev", "namespace": "payments", "service_account": "api", "role_arn": ROLE}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("role_path", "/"),
        ("max_session_duration_seconds", 3600),
        ("max_session_duration_seconds", 3600.0),
        ("policy_kind", "inline"),
        ("policies", {"a": None}),
        ("managed_policy_arns", {"a": None}),
        ("assumable_role_arns", {}),
        ("extra_trust_statements", ()),
        ("extra_trust_statements", [None]),
        ("target_policies", {"a": None}),
        ("service_account_labels", {"a": None}),
        ("create_namespace", None),
    ],
)
def test_empty_values_pass(key: str, value: Any):
    assert PodIdentity.validate(EXISTING | {key: value}) == ()


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
@pytest.mark.parametrize(
    ("key", "nothing", "something"),
    [
        ("role_name", None, "x"),
        ("role_path", "/", "/x/"),
        ("role_description", None, "x"),
        ("permissions_boundary_arn", None, "arn:aws:iam::aws:policy/PowerUserAccess"),
        ("max_session_duration_seconds", 3600, 7200),
        (
            "extra_trust_statements",
            [],
            [{"Effect": "Deny", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}],
        ),
        ("target_role_name", None, "x"),
        ("service_account_labels", {}, {"a": "b"}),
        ("service_account_annotations", None, {"a": "b"}),
    ],
)
def test_an_output_is_checked_by_its_value(key: str, nothing: Any, something: Any, *, preview: bool):
    def program(value: Any) -> Any:
        return lambda: PodIdentity("x", EXISTING | {key: output_of(value)})  # pyright: ignore[reportArgumentType] # plain dicts of the test

    assert record(program(nothing), preview=preview).names() == {"x-association"}
    with pytest.raises(PodIdentityInputError, match=rf"- {key}: "):
        record(program(something), preview=preview)


def test_an_output_that_stays_unknown_counts_as_set():
    unknown = pulumi.Output.from_input("").apply(lambda _: pulumi.output.UNKNOWN)

    with pytest.raises(PodIdentityInputError, match="'role_name' cannot be combined with 'role_arn'"):
        record(lambda: PodIdentity("x", EXISTING | {"role_name": unknown}), preview=True)  # pyright: ignore[reportArgumentType] # plain dicts of the test


def test_empty_bindings_beside_external_ids_pass():
    args: Any = {"source_role_arn": ROLE, "assumed_by": "workload", "bindings": []}

    assert PodIdentityTargetRole.validate(args) == ()


def test_an_empty_list_of_bindings_is_one_problem():
    problems = PodIdentity.validate({"cluster_name": "dev", "namespace": "a", "service_account": "b", "bindings": []})

    assert [problem.typed_path() for problem in problems] == ["bindings"]
