"""A failed update of a type of Terraform's older SDK is recorded as done until a refresh.

Sources: hashicorp/terraform-plugin-sdk keeps the planned values in the state of a failed update;
pulumi/pulumi-terraform-bridge, pkg/tfbridge/provider.go (`Update` returns `ErrorResourceInitFailed`) and
pkg/pf/tfbridge/provider_update.go (a plain error); issues pulumi/pulumi#21458 and pulumi/pulumi-aws#6062.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, quote

import pytest

from sandbox.aws_plugin.documents import normalize
from sandbox.aws_plugin.wire import UNKNOWN, decode
from tests.sandbox.aws_plugin.aws_stub import Answer, Stub, eks_error, iam_error, ok, stub
from tests.sandbox.aws_plugin.engine_client import (
    ADDON,
    ASSOCIATION,
    CLUSTER,
    OIDC_PROVIDER,
    POLICY,
    ROLE,
    ROLE_POLICY,
    TRUST,
    EngineClient,
    RefusedError,
    detailed_changes,
    initialization_failure,
)

Start = Callable[..., EngineClient]
NARROWED = TRUST.replace('["sts:AssumeRole","sts:TagSession"]', '"sts:AssumeRole"')
ARN = "arn:aws:iam::111122223333:role/r"
CASES: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    ROLE: ("r", {"name": "r", "assumeRolePolicy": TRUST}, {"assumeRolePolicy": NARROWED}),
    POLICY: ("arn:aws:iam::111122223333:policy/p", {"name": "p", "policy": TRUST}, {"policy": NARROWED}),
    OIDC_PROVIDER: (
        "arn:aws:iam::111122223333:oidc-provider/a.example.com",
        {"url": "https://a.example.com", "clientIdLists": ["a"]},
        {"clientIdLists": ["b"]},
    ),
    ADDON: ("dev:agent", {"clusterName": "dev", "addonName": "agent"}, {"configurationValues": "{}"}),
    CLUSTER: (
        "dev",
        {"name": "dev", "roleArn": ARN, "vpcConfig": {"subnetIds": ["a", "b"]}, "version": "1.33"},
        {"version": "1.34"},
    ),
    ROLE_POLICY: ("r:p", {"role": "r", "name": "p", "policy": TRUST}, {"policy": NARROWED}),
}


@contextmanager
def refusing(start: Start) -> Iterator[tuple[EngineClient, Stub]]:
    """Start a plugin before an AWS that rejects every call."""

    def answer(_method: str, path: str, _body: str, _before: int) -> Answer:
        if path.startswith(("/clusters", "/tags")):
            return eks_error(400, "InvalidRequestException", "not now")
        return iam_error(409, "ConcurrentModification", "not now")

    with stub(answer) as served:
        endpoints = [dict.fromkeys(("iam", "sts", "eks"), served.address)]
        yield start({"accessKey": "1", "secretKey": "x", "endpoints": endpoints}), served


def failed_update(plugin: EngineClient, resource_type: str) -> tuple[RefusedError, dict[str, Any], dict[str, Any]]:
    """Update and fail; return the error, the state before, and the new inputs."""
    id_, before, changed = CASES[resource_type]
    olds = plugin.check(resource_type, before)
    planned = plugin.preview_create(resource_type, olds)
    state = {"arn": ARN, **{key: value for key, value in planned.items() if value is not UNKNOWN}}
    inputs = plugin.check(resource_type, {**before, **changed}, olds)
    with pytest.raises(RefusedError) as error:
        plugin.update(resource_type, id_, state, inputs)
    return error.value, state, inputs


@pytest.mark.parametrize("resource_type", CASES)
def test_the_planned_values_and_the_error_are_returned_for_the_state(start: Start, resource_type: str) -> None:
    with refusing(start) as (plugin, _):
        error, state, inputs = failed_update(plugin, resource_type)
        details = initialization_failure(error)
        recorded = decode(details.properties)

        assert list(details.reasons) == [str(error)]
        assert decode(details.inputs) == inputs
        assert details.id == recorded["id"] == CASES[resource_type][0]
        (key,) = CASES[resource_type][2]
        assert recorded[key] != state.get(key)
        assert not detailed_changes(plugin.diff(resource_type, recorded, inputs))


def test_the_recorded_trust_policy_is_the_one_that_iam_refused(start: Start) -> None:
    with refusing(start) as (plugin, _):
        error, _, _ = failed_update(plugin, ROLE)

    assert decode(initialization_failure(error).properties)["assumeRolePolicy"] == normalize(NARROWED)


def answering_role(trust: str) -> Callable[..., Answer]:
    """Return an IAM with one role, whose trust policy is *trust*."""

    role = f"<Role><RoleName>r</RoleName><Arn>{ARN}</Arn><Path>/</Path><RoleId>AROA</RoleId>"
    role += "<CreateDate>2026-11-23T00:00:00Z</CreateDate><MaxSessionDuration>3600</MaxSessionDuration>"
    role += f"<AssumeRolePolicyDocument>{quote(trust)}</AssumeRolePolicyDocument></Role>"
    lists = {"ListRolePolicies": "<PolicyNames/>", "ListAttachedRolePolicies": "<AttachedPolicies/>"}

    def answer(_method: str, _path: str, body: str, _before: int) -> Answer:
        action = dict(parse_qsl(body))["Action"]
        return ok(f"<R><{action}Result>{lists.get(action, role)}</{action}Result></R>")

    return answer


def test_the_next_update_only_reads_and_the_one_after_sees_the_difference(start: Start) -> None:
    with refusing(start) as (plugin, _):
        error, _, inputs = failed_update(plugin, ROLE)
    recorded = decode(initialization_failure(error).properties)

    with stub(answering_role(TRUST)) as served:
        plugin = start({"accessKey": "1", "secretKey": "x", "endpoints": [{"iam": served.address}]})
        state = plugin.update(ROLE, "r", recorded, inputs)

    called = {dict(parse_qsl(body))["Action"] for _, _, body in served.requests}
    assert called == {"GetRole", "ListRolePolicies", "ListAttachedRolePolicies"}
    assert state["assumeRolePolicy"] == normalize(TRUST)
    assert detailed_changes(plugin.diff(ROLE, state, inputs)) == {"assumeRolePolicy": "UPDATE"}


def test_a_refresh_shows_the_difference_at_once(start: Start) -> None:
    with refusing(start) as (plugin, _):
        error, _, inputs = failed_update(plugin, ROLE)
    recorded = decode(initialization_failure(error).properties)

    with stub(answering_role(TRUST)) as served:
        plugin = start({"accessKey": "1", "secretKey": "x", "endpoints": [{"iam": served.address}]})
        _, state, _ = plugin.read(ROLE, "r", recorded, inputs)

    assert detailed_changes(plugin.diff(ROLE, state, inputs)) == {"assumeRolePolicy": "UPDATE"}


def test_an_inline_policy_is_put_again_although_nothing_differs(start: Start) -> None:
    """`resourceRolePolicyPut` always calls PutRolePolicy: internal/service/iam/role_policy.go."""
    with refusing(start) as (plugin, served):
        error, _, inputs = failed_update(plugin, ROLE_POLICY)
        recorded = decode(initialization_failure(error).properties)
        before = len(served.requests)
        with pytest.raises(RefusedError, match="ConcurrentModification"):
            plugin.update(ROLE_POLICY, "r:p", recorded, inputs)

        assert "Action=PutRolePolicy" in served.requests[before][2]


def test_a_failed_update_of_an_association_is_not_recorded(start: Start) -> None:
    """An association is of the plugin framework (internal/service/eks/pod_identity_association.go)."""
    bound = {"clusterName": "dev", "namespace": "n", "serviceAccount": "s", "roleArn": ARN, "region": "eu-west-1"}
    with refusing(start) as (plugin, _):
        inputs = plugin.check(ASSOCIATION, {**bound, "roleArn": f"{ARN}2"})
        with pytest.raises(RefusedError, match="InvalidRequestException") as error:
            plugin.update(ASSOCIATION, "a-1", {**bound, "associationArn": "a"}, inputs)

    assert "grpc-status-details-bin" not in error.value.metadata


def test_tags_change_before_the_rest(start: Start) -> None:
    """Source: internal/provider/sdkv2/tags_interceptor.go (`Before`, `Update`)."""
    with stub(answering_role(TRUST)) as served:
        plugin = start({"accessKey": "1", "secretKey": "x", "endpoints": [{"iam": served.address}]})
        before = plugin.check(ROLE, {"name": "r", "assumeRolePolicy": TRUST})
        after = plugin.check(ROLE, {"name": "r", "assumeRolePolicy": NARROWED, "tags": {"a": "b"}})
        plugin.update(ROLE, "r", before, after)

    called = [dict(parse_qsl(body))["Action"] for _, _, body in served.requests]
    assert called[:2] == ["TagRole", "UpdateAssumeRolePolicy"]
