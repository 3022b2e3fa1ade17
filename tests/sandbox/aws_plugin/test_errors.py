"""Errors of AWS: which are retried, which are ignored, and how the others are reported."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from sandbox.aws_plugin.wire import encode
from tests.sandbox.aws_plugin.aws_stub import Answer, Stub, eks_error, iam_error, ok, stub
from tests.sandbox.aws_plugin.engine_client import (
    ADDON,
    ASSOCIATION,
    ATTACHMENT,
    CLUSTER,
    POLICY,
    ROLE,
    ROLE_POLICY,
    TRUST,
    EngineClient,
    RefusedError,
)

Start = Callable[..., EngineClient]
ARN = "arn:aws:iam::111122223333:role/r"
BOUND = {"clusterName": "dev", "namespace": "n", "serviceAccount": "s", "roleArn": ARN}
ASSOCIATED = {
    "association": {
        **BOUND,
        "associationId": "a-1",
        "associationArn": "arn:aws:eks:eu-west-1:111122223333:podidentityassociation/dev/a-1",
        "externalId": "eu-west-1/111122223333/dev/n/s",
    }
}


def configuration(served: Stub) -> dict[str, Any]:
    endpoints = [dict.fromkeys(("iam", "sts", "eks"), served.address)]
    return {"accessKey": "111122223333", "secretKey": "x", "endpoints": endpoints}


def at(start: Start, served: Stub, **more: Any) -> EngineClient:
    return start(configuration(served), **more)


def always(answer: Answer) -> Callable[..., Answer]:
    return lambda *_: answer


def test_an_association_that_exists_is_an_error_and_not_adopted(start: Start) -> None:
    taken = eks_error(409, "ResourceInUseException", "Association already exists: a-7r5o0kzp1dxyvbnqe")
    with stub(always(taken)) as served, pytest.raises(RefusedError) as error:
        at(start, served).check_and_create(ASSOCIATION, BOUND)

    assert str(error.value) == (
        "creating EKS Pod Identity Association (dev/n/s): "
        "ResourceInUseException: Association already exists: a-7r5o0kzp1dxyvbnqe"
    )
    assert len(served.requests) == 1


def test_a_create_is_retried_until_eks_sees_the_role(start: Start) -> None:
    missing = eks_error(400, "InvalidParameterException", "Role provided in the request does not exist.")
    with stub(lambda *request: missing if request[3] < 2 else ok(ASSOCIATED)) as served:
        id_, _, state = at(start, served).check_and_create(ASSOCIATION, BOUND)

    assert (id_, state["associationId"], len(served.requests)) == ("a-1", "a-1", 3)


def test_a_role_that_eks_never_sees_is_an_error_after_the_retries(start: Start) -> None:
    missing = eks_error(400, "InvalidParameterException", "Role provided in the request does not exist.")
    with (
        stub(always(missing)) as served,
        pytest.raises(RefusedError, match="Role provided in the request does not exist"),
    ):
        at(start, served, retry_seconds=0.5).check_and_create(ASSOCIATION, BOUND)

    assert len(served.requests) > 1


def test_another_invalid_parameter_is_not_retried(start: Start) -> None:
    invalid = eks_error(400, "InvalidParameterException", "Trust policy of the role provided is invalid")
    with stub(always(invalid)) as served, pytest.raises(RefusedError, match="InvalidParameterException: Trust policy"):
        at(start, served).check_and_create(ASSOCIATION, BOUND)

    assert len(served.requests) == 1


def test_a_throttled_call_is_retried(start: Start) -> None:
    throttled = eks_error(429, "ThrottlingException", "Rate exceeded")
    with stub(lambda *request: throttled if request[3] < 2 else ok(ASSOCIATED)) as served:
        id_, _, _ = at(start, served).check_and_create(ASSOCIATION, BOUND)

    assert (id_, len(served.requests)) == ("a-1", 3)


def test_a_call_that_stays_throttled_fails_with_one_line(start: Start) -> None:
    with stub(always(iam_error(400, "Throttling", "Rate exceeded"))) as served:
        plugin = at(start, served)
        plugin.configure({**configuration(served), "maxRetries": 1})
        with pytest.raises(RefusedError) as error:
            plugin.check_and_create(ROLE, {"assumeRolePolicy": TRUST, "name": "r"})

    assert str(error.value) == "creating IAM Role (r): Throttling: Rate exceeded"
    assert len(served.requests) == 2


def test_a_role_that_exists_is_an_error(start: Start) -> None:
    taken = iam_error(409, "EntityAlreadyExists", "Role with name r already exists.")
    with stub(always(taken)) as served, pytest.raises(RefusedError) as error:
        at(start, served).check_and_create(ROLE, {"assumeRolePolicy": TRUST, "name": "r"})

    assert str(error.value) == "creating IAM Role (r): EntityAlreadyExists: Role with name r already exists."


@pytest.mark.parametrize(
    ("resource_type", "id_", "state", "gone"),
    [
        (ROLE, "r", {}, iam_error(404, "NoSuchEntity", "gone")),
        (ROLE, "r", {"forceDetachPolicies": True}, iam_error(404, "NoSuchEntity", "gone")),
        (ROLE_POLICY, "r:p", {}, iam_error(404, "NoSuchEntity", "gone")),
        (POLICY, "arn:aws:iam::111122223333:policy/p", {}, iam_error(404, "NoSuchEntity", "gone")),
        (ATTACHMENT, f"r/{ARN}", {}, iam_error(404, "NoSuchEntity", "gone")),
        (ASSOCIATION, "a-1", BOUND, eks_error(404, "ResourceNotFoundException", "gone")),
        (ADDON, "dev:agent", {}, eks_error(404, "ResourceNotFoundException", "gone")),
    ],
)
def test_a_missing_resource_is_deleted_and_read_without_an_error(
    start: Start, resource_type: str, id_: str, state: dict[str, Any], gone: Answer
) -> None:
    with stub(always(gone)) as served:
        plugin = at(start, served)

        plugin.delete(resource_type, id_, state)

        assert plugin.read(resource_type, id_, state) == ("", {}, {})


def test_an_unreachable_aws_is_reported_in_one_line(start: Start) -> None:
    plugin = start({"accessKey": "a", "secretKey": "b", "endpoints": [{"iam": "http://127.0.0.1:9"}], "maxRetries": 0})

    with pytest.raises(RefusedError) as error:
        plugin.check_and_create(ROLE, {"assumeRolePolicy": TRUST, "name": "r"})

    assert str(error.value) == 'creating IAM Role (r): Could not connect to the endpoint URL: "http://127.0.0.1:9/"'


def test_missing_credentials_are_reported_in_one_line(start: Start) -> None:
    plugin = start({"endpoints": [{"iam": "http://127.0.0.1:9"}], "maxRetries": 0})

    with pytest.raises(RefusedError, match=r"^creating IAM Role \(r\): Unable to locate credentials"):
        plugin.check_and_create(ROLE, {"assumeRolePolicy": TRUST, "name": "r"})


def test_an_internal_error_is_reported_in_one_line(start: Start) -> None:
    with stub(always(ok({"unexpected": 1}))) as served, pytest.raises(RefusedError) as error:
        at(start, served).check_and_create(ASSOCIATION, BOUND)

    assert str(error.value).startswith("internal error in the sandbox's stand-in for the AWS plugin: KeyError at ")


@pytest.mark.parametrize(
    ("deprecated", "refused", "deleted"),
    [
        ({"inlinePolicies": [{"name": "p", "policy": TRUST}]}, "PutRolePolicy", True),
        ({"managedPolicyArns": ["arn:aws:iam::aws:policy/p"]}, "AttachRolePolicy", False),
    ],
)
def test_a_role_whose_deprecated_policies_fail_is_not_recorded(
    start: Start, deprecated: dict[str, Any], refused: str, *, deleted: bool
) -> None:
    """Source: internal/service/iam/role.go, `resourceRoleCreate`."""

    def answer(_method: str, _path: str, body: str, _before: int) -> Answer:
        action = body.split("&", 1)[0].removeprefix("Action=")
        if action == refused:
            return iam_error(400, "MalformedPolicyDocument", "not this one")
        lists = {
            "ListRolePolicies": "<PolicyNames/>",
            "ListAttachedRolePolicies": "<AttachedPolicies/>",
            "ListInstanceProfilesForRole": "<InstanceProfiles/>",
        }
        return ok(f"<R><{action}Result>{lists.get(action, '')}</{action}Result></R>")

    with stub(answer) as served, pytest.raises(RefusedError, match="not this one") as error:
        at(start, served).check_and_create(ROLE, {"assumeRolePolicy": TRUST, "name": "r", **deprecated})

    assert "grpc-status-details-bin" not in error.value.metadata
    assert any(body.startswith("Action=DeleteRole&") for _, _, body in served.requests) is deleted


@pytest.mark.parametrize(
    "text",
    [
        "roleArn, arn:aws:iam::111122223333:role/r, does not exist",
        "Error in role params",
        "Role could not be assumed because the trusted entity is not correct",
        "The provided role doesn't have the Amazon EKS Managed Policies associated with it.",
        "IAM role's policy must include the `ec2:DescribeSubnets` action",
    ],
)
def test_the_create_of_a_cluster_is_retried_until_eks_sees_its_role(start: Start, text: str) -> None:
    """Source: internal/service/eks/cluster.go, `resourceClusterCreate`."""
    news = {"name": "dev", "roleArn": ARN, "vpcConfig": {"subnetIds": ["a", "b"]}}
    with stub(always(eks_error(400, "InvalidParameterException", text))) as served, pytest.raises(RefusedError):
        at(start, served, retry_seconds=0.5).check_and_create(CLUSTER, news)

    assert len(served.requests) > 1


def test_an_addon_that_fails_is_reported_with_its_reasons(start: Start) -> None:
    def answer(_method: str, _path: str, _body: str, _before: int) -> Answer:
        issue = {"code": "ConfigurationConflict", "message": "conflicts with kubectl"}
        addon = {"addonName": "agent", "clusterName": "dev", "addonArn": "a", "createdAt": 0, "modifiedAt": 0}
        return ok({"addon": {**addon, "status": "CREATE_FAILED", "health": {"issues": [issue]}}})

    with stub(answer) as served, pytest.raises(RefusedError) as error:
        at(start, served).check_and_create(ADDON, {"clusterName": "dev", "addonName": "agent"})

    assert str(error.value) == (
        "waiting for EKS Add-On (dev:agent) create: CREATE_FAILED: ConfigurationConflict: conflicts with kubectl"
    )


@pytest.mark.parametrize("overwrite", [True, False])
def test_an_addon_whose_update_fails_advises_to_overwrite_unless_it_does(start: Start, *, overwrite: bool) -> None:
    """Source: internal/service/eks/addon.go, `resourceAddonUpdate`."""
    addon = {"addonName": "agent", "clusterName": "dev", "addonArn": "a", "createdAt": 0, "modifiedAt": 0}
    news = {"clusterName": "dev", "addonName": "agent"}
    after = {**news, "configurationValues": "{}", **({"resolveConflictsOnUpdate": "OVERWRITE"} if overwrite else {})}
    with stub(always(ok({"addon": {**addon, "status": "UPDATE_FAILED"}, "update": {"id": "u"}}))) as served:
        plugin = at(start, served)
        with pytest.raises(RefusedError) as error:
            plugin.update(ADDON, "dev:agent", plugin.check(ADDON, news), plugin.check(ADDON, after))

    advice = "" if overwrite else '. Consider setting resolve_conflicts_on_update to "OVERWRITE"'
    assert str(error.value) == f"waiting for EKS Add-On (dev:agent) update: UPDATE_FAILED{advice}"


def test_an_addon_is_waited_for(start: Start) -> None:
    def answer(_method: str, _path: str, _body: str, before: int) -> Answer:
        addon = {"addonName": "agent", "clusterName": "dev", "addonArn": "a", "createdAt": 0, "modifiedAt": 0}
        return ok({"addon": {**addon, "status": "CREATING" if before < 3 else "ACTIVE"}})

    with stub(answer) as served:
        id_, _, _ = at(start, served).check_and_create(ADDON, {"clusterName": "dev", "addonName": "agent"})

    assert id_ == "dev:agent"
    assert len(served.requests) > 4


def test_a_cancel_ends_a_wait(start: Start) -> None:
    addon = {"addonName": "agent", "clusterName": "dev", "addonArn": "a", "createdAt": 0, "modifiedAt": 0}
    with stub(always(ok({"addon": {**addon, "status": "CREATING"}}))) as served:
        plugin = at(start, served)
        inputs = plugin.check(ADDON, {"clusterName": "dev", "addonName": "agent"})
        request = provider_pb2.CreateRequest(urn=f"urn:pulumi:d::p::{ADDON}::a", properties=encode(inputs))
        pending: Any = plugin.stub.Create.future(request)
        while not served.requests:
            time.sleep(0.01)
        begun = time.monotonic()

        plugin.plugin.finish(5)

        assert str(pending.exception(timeout=5).details()).endswith("the operation was cancelled")
        assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    ("allowed", "forbidden"), [(["444455556666"], []), ([], ["111122223333"]), (["111122223333"], ["111122223333"])]
)
def test_an_account_that_is_not_allowed_is_refused_before_any_change(
    start: Start, allowed: list[str], forbidden: list[str]
) -> None:
    who = "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111122223333</Account><Arn>a</Arn>"
    who += "<UserId>u</UserId></GetCallerIdentityResult></GetCallerIdentityResponse>"
    with (
        stub(always(ok(who))) as served,
        pytest.raises(RefusedError, match="AWS account ID not allowed: 111122223333"),
    ):
        start({**configuration(served), "allowedAccountIds": allowed, "forbiddenAccountIds": forbidden})
