"""The `proof` of an identity: what is read, and every mistake of it told with its place."""

import pytest

from sandbox.processes import SandboxError
from sandbox.proof.declaration import Action, Proof, declared

READ = {"service": "s3", "action": "get_object", "arguments": {"Bucket": "invoices", "Key": "a"}}


def test_an_identity_without_a_proof_has_an_empty_one():
    assert declared("api", {}) == Proof()


def test_actions_are_read_in_order():
    proof = declared("api", {"proof": {"allow": [READ], "deny": [{"service": "sts", "action": "get_session_token"}]}})

    assert proof.allow == (Action("s3", "get_object", {"Bucket": "invoices", "Key": "a"}),)
    assert proof.deny == (Action("sts", "get_session_token"),)


def test_an_action_is_shown_with_its_arguments():
    assert str(Action("s3", "get_object", {"Bucket": "b", "Key": "k"})) == "s3 get_object(Bucket=b, Key=k)"


def test_every_mistake_is_told_at_once():
    broken = {
        "proof": {
            "permit": [],
            "allow": [{"action": "get_object"}, {"service": "s3"}],
            "deny": [READ | {"arguments": []}, READ | {"args": {}}],
        }
    }

    with pytest.raises(SandboxError) as told:
        declared("api", broken)

    assert [line.split(":")[0] for line in str(told.value).splitlines()] == [
        "identities.api.proof.permit",
        "identities.api.proof.allow[0].service",
        "identities.api.proof.allow[1].action",
        "identities.api.proof.deny[0].arguments",
        "identities.api.proof.deny[1].args",
    ]


@pytest.mark.parametrize("broken", [["allow"], "allow", {"allow": "s3"}])
def test_another_shape_is_told(broken):
    with pytest.raises(SandboxError, match=r"identities\.api\.proof"):
        declared("api", {"proof": broken})
