"""The restart token changes exactly with what the agent caches."""

from typing import Any

import pytest

from eks_pod_identity.restart import restart_token, restart_token_of_bindings

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


def token(default: str | None, policies: dict[str, str | None], *, tags_disabled: bool = False) -> str:
    return restart_token_of_bindings("r", None, default, policies, tags_disabled=tags_disabled)


@pytest.mark.parametrize(
    ("policies", "same"),
    [
        pytest.param(token(None, {"a": "P"}), token("P", {"a": "P"}), id="its own policy, or that of the component"),
        pytest.param(token(None, {"a": "P", "b": "P"}), token("P", {"a": "P", "b": "P"}), id="each its own"),
        pytest.param(token("Q", {"a": "P"}), token(None, {"a": "P"}), id="a policy of the component that none has"),
        pytest.param(token("P", {"": "P"}), token(None, {"a": "P"}), id="the short form"),
        pytest.param(token(None, {"a": "P"}), token(None, {"a": "P"}, tags_disabled=True), id="tags disabled as well"),
        pytest.param(
            token(None, {"a": "P", "b": "Q"}), token(None, {"a": "P", "b": "Q"}, tags_disabled=True), id="for each"
        ),
        pytest.param(token("P", {"a": "P", "b": "Q"}), token("P", {"b": "Q", "a": "P"}), id="in another order"),
        pytest.param(token(None, {"a": None}), token(None, {"a": None, "b": None}), id="a further binding"),
        pytest.param(token("P", {"a": "P"}), token("P", {"a": "P", "b": "P"}), id="a further one with the policy"),
    ],
)
def test_equal_associations_have_equal_tokens(policies: str, same: str):
    assert policies == same


@pytest.mark.parametrize(
    ("policies", "other"),
    [
        pytest.param(token(None, {"a": None}), token(None, {"a": None}, tags_disabled=True), id="tags disabled"),
        pytest.param(
            token(None, {"a": "P", "b": None}),
            token(None, {"a": "P", "b": None}, tags_disabled=True),
            id="tags of one disabled",
        ),
        pytest.param(token(None, {"a": "P", "b": "Q"}), token(None, {"a": "Q", "b": "P"}), id="policies exchanged"),
        pytest.param(token("P", {"a": "P", "b": "Q"}), token("P", {"a": "P", "b": "R"}), id="another policy"),
        pytest.param(token("P", {"a": "P"}), token(None, {"a": None}), id="no policy"),
    ],
)
def test_other_associations_have_other_tokens(policies: str, other: str):
    assert policies != other
