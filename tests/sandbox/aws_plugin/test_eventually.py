"""A new resource is read until AWS shows it: IAM is eventually consistent."""

from collections.abc import Callable
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2, status_pb2

from tests.sandbox.aws_plugin.aws_stub import Answer, Stub, iam_error, ok, stub
from tests.sandbox.aws_plugin.engine_client import ROLE, TRUST, EngineClient, RefusedError

Start = Callable[..., EngineClient]
ARN = "arn:aws:iam::111122223333:role/r"
MISSING = iam_error(404, "NoSuchEntity", "The role with name r cannot be found.")


def at(start: Start, served: Stub, **more: Any) -> EngineClient:
    endpoints = [dict.fromkeys(("iam", "sts"), served.address)]
    return start({"accessKey": "111122223333", "secretKey": "x", "endpoints": endpoints}, **more)


def shown_after(reads: int) -> Callable[[str, str, str, int], Answer]:
    """Return an IAM in which the first *reads* reads of the new role find nothing."""
    left = [reads]

    def answer(_method: str, _path: str, body: str, _before: int) -> Answer:
        action = body.split("&", 1)[0].removeprefix("Action=")
        if action == "GetRole" and left[0]:
            left[0] -= 1
            return MISSING
        role = f"<Role><RoleName>r</RoleName><Arn>{ARN}</Arn><Path>/</Path><RoleId>AROA</RoleId>"
        role += "<CreateDate>2026-11-23T00:00:00Z</CreateDate><MaxSessionDuration>3600</MaxSessionDuration>"
        role += "<AssumeRolePolicyDocument>%7B%7D</AssumeRolePolicyDocument></Role>"
        lists = {"ListRolePolicies": "<PolicyNames/>", "ListAttachedRolePolicies": "<AttachedPolicies/>"}
        return ok(f"<R><{action}Result>{lists.get(action, role)}</{action}Result></R>")

    return answer


def test_a_new_role_is_read_until_iam_shows_it(start: Start) -> None:
    with stub(shown_after(3)) as served:
        _, _, state = at(start, served).check_and_create(ROLE, {"assumeRolePolicy": TRUST, "name": "r"})

    assert state["arn"] == ARN


def test_a_new_role_that_iam_never_shows_is_recorded_as_incomplete(start: Start) -> None:
    with stub(shown_after(1_000)) as served, pytest.raises(RefusedError, match=r"^reading IAM Role \(r\): ") as error:
        at(start, served, retry_seconds=0.3).check_and_create(ROLE, {"assumeRolePolicy": TRUST, "name": "r"})

    status = status_pb2.Status.FromString(error.value.metadata["grpc-status-details-bin"])
    details = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(details)
    assert details.id == "r"
