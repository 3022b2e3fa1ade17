"""The restart token changes exactly with what the agent caches."""

from typing import Any

import pytest

from eks_pod_identity.restart import restart_token

BASE: dict[str, Any] = {"role_arn": "r", "target_role_arn": None, "session_policies": {}, "session_tags": True}


@pytest.mark.parametrize(
    "change",
    [{"role_arn": "s"}, {"target_role_arn": "t"}, {"session_policies": {"a/b": "{}"}}, {"session_tags": False}],
)
def test_each_part_changes_the_token(change: dict[str, Any]):
    assert restart_token(**BASE) != restart_token(**(BASE | change))


def test_the_order_of_session_policies_does_not():
    rest = {key: value for key, value in BASE.items() if key != "session_policies"}

    token = restart_token(**rest, session_policies={"a/b": "1", "c/d": "2"})
    other = restart_token(**rest, session_policies={"c/d": "2", "a/b": "1"})

    assert token == other
