"""Which failed calls the provider retries, and which it does not.

Sources, in hashicorp/terraform-provider-aws, internal/service/iam: role.go (`retryCreateRole`, `deleteRole`),
role_policy.go, role_policy_attachment.go (`attachPolicyToRole`, `detachPolicyFromRole`), policy.go and
openid_connect_provider.go.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.aws_plugin.aws_stub import Answer, Stub, eks_error, iam_error, ok, stub
from tests.sandbox.aws_plugin.engine_client import (
    ATTACHMENT,
    CLUSTER,
    OIDC_PROVIDER,
    POLICY,
    ROLE,
    ROLE_POLICY,
    TRUST,
    EngineClient,
    RefusedError,
    initialization_failure,
)

Start = Callable[..., EngineClient]
POLICY_ARN = "arn:aws:iam::111122223333:policy/p"
OIDC_ARN = "arn:aws:iam::111122223333:oidc-provider/a.example.com"
ATTACHED = {"role": "r", "policyArn": POLICY_ARN}
CONCURRENT = iam_error(409, "ConcurrentModification", "Another change is under way.")
CONFLICT = iam_error(409, "DeleteConflict", "Cannot delete entity, must delete policies first.")
GONE = iam_error(404, "NoSuchEntity", "not found")


def at(start: Start, served: Stub, **more: Any) -> EngineClient:
    endpoints = [dict.fromkeys(("iam", "sts", "eks"), served.address)]
    return start({"accessKey": "1", "secretKey": "x", "endpoints": endpoints}, **more)


def refusing(action: str, refusal: Answer) -> Callable[..., Answer]:
    """Return an IAM that rejects one call and has nothing to list."""
    lists = {
        "ListRolePolicies": "<PolicyNames/>",
        "ListAttachedRolePolicies": "<AttachedPolicies/>",
        "ListInstanceProfilesForRole": "<InstanceProfiles/>",
        "ListPolicyVersions": "<Versions/>",
        "CreateOpenIDConnectProvider": f"<OpenIDConnectProviderArn>{OIDC_ARN}</OpenIDConnectProviderArn>",
    }

    def answer(_method: str, _path: str, body: str, _before: int) -> Answer:
        called = body.split("&", 1)[0].removeprefix("Action=")
        return refusal if called == action else ok(f"<R><{called}Result>{lists.get(called, '')}</{called}Result></R>")

    return answer


def count(served: Stub, action: str) -> int:
    return sum(body.startswith(f"Action={action}&") for _, _, body in served.requests)


def create(resource_type: str, **news: Any) -> Callable[[EngineClient], object]:
    return lambda plugin: plugin.check_and_create(resource_type, news)


def delete(resource_type: str, id_: str, **state: Any) -> Callable[[EngineClient], object]:
    return lambda plugin: plugin.delete(resource_type, id_, state)


@pytest.mark.parametrize(
    ("action", "refusal", "operation"),
    [
        ("CreateRole", CONCURRENT, create(ROLE, name="r", assumeRolePolicy=TRUST)),
        (
            "CreateRole",
            iam_error(400, "MalformedPolicyDocument", "Invalid principal in policy"),
            create(ROLE, name="r", assumeRolePolicy=TRUST),
        ),
        ("AttachRolePolicy", CONCURRENT, create(ATTACHMENT, **ATTACHED)),
        ("DetachRolePolicy", CONCURRENT, delete(ATTACHMENT, f"r/{POLICY_ARN}", **ATTACHED)),
        ("DeleteRole", CONFLICT, delete(ROLE, "r")),
    ],
)
def test_a_call_that_is_retried_until_the_time_is_up(
    start: Start, action: str, refusal: Answer, operation: Callable[[EngineClient], object]
) -> None:
    with stub(refusing(action, refusal)) as served, pytest.raises(RefusedError):
        operation(at(start, served, retry_seconds=0.5))

    assert count(served, action) > 1


@pytest.mark.parametrize(
    ("action", "refusal", "operation"),
    [
        ("PutRolePolicy", CONCURRENT, create(ROLE_POLICY, role="r", name="p", policy=TRUST)),
        ("DeleteRolePolicy", CONCURRENT, delete(ROLE_POLICY, "r:p")),
        ("CreatePolicy", CONCURRENT, create(POLICY, name="p", policy=TRUST)),
        ("DeletePolicy", CONCURRENT, delete(POLICY, POLICY_ARN)),
        ("DeletePolicy", CONFLICT, delete(POLICY, POLICY_ARN)),
        ("DeleteRole", CONCURRENT, delete(ROLE, "r")),
    ],
)
def test_a_call_that_is_not_retried(
    start: Start, action: str, refusal: Answer, operation: Callable[[EngineClient], object]
) -> None:
    with stub(refusing(action, refusal)) as served, pytest.raises(RefusedError):
        operation(at(start, served))

    assert count(served, action) == 1


@pytest.mark.parametrize(
    ("read", "resource_type", "news"),
    [
        ("GetRolePolicy", ROLE_POLICY, {"role": "r", "name": "p", "policy": TRUST}),
        ("ListAttachedRolePolicies", ATTACHMENT, ATTACHED),
    ],
)
def test_a_new_policy_or_attachment_is_read_until_iam_shows_it(
    start: Start, read: str, resource_type: str, news: dict[str, Any]
) -> None:
    with stub(refusing(read, GONE)) as served, pytest.raises(RefusedError) as error:
        at(start, served, retry_seconds=1.0).check_and_create(resource_type, news)

    assert count(served, read) > 2
    assert initialization_failure(error.value).id


def test_a_new_oidc_provider_is_read_once_although_iam_may_not_show_it_yet(start: Start) -> None:
    news = {"url": "https://a.example.com", "clientIdLists": ["sts.amazonaws.com"]}
    with stub(refusing("GetOpenIDConnectProvider", GONE)) as served, pytest.raises(RefusedError) as error:
        at(start, served).check_and_create(OIDC_PROVIDER, news)

    assert str(error.value) == f"reading IAM OIDC Provider ({OIDC_ARN}): couldn't find resource"
    assert initialization_failure(error.value).id == OIDC_ARN


@pytest.mark.parametrize(
    ("text", "again"), [("Cluster has an update in progress", True), ("Cluster has nodegroups attached", False)]
)
def test_the_delete_of_a_cluster_waits_for_an_operation_in_progress(start: Start, text: str, *, again: bool) -> None:
    """Source: internal/service/eks/cluster.go, `resourceClusterDelete`."""
    refusal = eks_error(409, "ResourceInUseException", text)
    with stub(lambda *_: refusal) as served, pytest.raises(RefusedError, match="ResourceInUseException"):
        at(start, served, retry_seconds=0.5).delete(CLUSTER, "dev", {"region": "eu-west-1"})

    assert (len(served.requests) > 1) is again
