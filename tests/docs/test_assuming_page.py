"""The program of the page on assumed roles works as the page says. Its other code runs in the engine tests."""

import configparser
import re
from pathlib import Path

from eks_pod_identity.documents.target_trust import target_trust
from eks_pod_identity.testing import assert_allowed, assert_denied
from pulumi_eks_pod_identity.testing import identities

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "assuming-roles.md").read_text()
ZONES = "arn:aws:iam::444455556666:role/zones"


def code(language: str, containing: str) -> str:
    blocks = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    [block_found] = [block for block in blocks if containing in block]
    return block_found


def test_the_workload_may_assume_the_role_of_the_program_and_no_other() -> None:
    program = compile(code("python", "PodIdentity("), "page", "exec")

    [identity] = identities(lambda: exec(program, {})).values()

    # The trust policy that the other role of the program has.
    trust = target_trust("arn:aws:iam::111122223333:role/external-dns", [])
    for action in ("sts:AssumeRole", "sts:TagSession"):
        assert_allowed(identity, action, ZONES, resource_policy=trust)
        assert_denied(identity, action, "arn:aws:iam::444455556666:role/other", resource_policy=trust)


def test_code_and_profile_name_the_role_of_the_program() -> None:
    profile = configparser.ConfigParser()
    profile.read_string(code("ini", "profile"))

    assert profile["profile zones"]["role_arn"] == ZONES
    assert ZONES in code("python", "boto3")
    assert ZONES in code("python", "PodIdentity(")
