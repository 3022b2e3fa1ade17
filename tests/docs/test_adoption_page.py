"""The statement that an existing role needs for its target role is the one that a component writes."""

import json
import re
from pathlib import Path

from eks_pod_identity import association_errors
from eks_pod_identity.documents.target_trust import source_permission

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "adoption.md").read_text(encoding="utf-8")


def test_the_statement_for_a_target_role_is_the_one_that_a_component_writes():
    section = PAGE.partition("## An existing role with a target role")[2]
    block = re.search(r"```json\n(.*?)```", section, re.DOTALL)
    assert block is not None
    statement = json.loads(block[1])

    assert source_permission(statement["Resource"])["Statement"] == [statement]


def test_the_message_for_an_association_that_exists_is_the_one_that_is_printed():
    advice = association_errors.advice(
        ["ResourceInUseException: Association already exists: a-1234567890abcdefg"] * 50,
        cluster="dev",
        region="",
        urn="urn:pulumi:dev::shop::eks-pod-identity:index:PodIdentity$aws:eks/podIdentityAssociation:"
        "PodIdentityAssociation::api-association",
        name="api-association",
        parent="api",
    )

    first, command, *_ = advice.text.splitlines()
    assert first in PAGE
    assert re.sub(r"api=urn:\S+", "api=urn:…", command) in PAGE
