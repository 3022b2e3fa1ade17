"""The program of the page on one role for many workloads keeps namespaces apart, as the page says."""

import re
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from eks_pod_identity.access import Identity
from eks_pod_identity.testing import assert_allowed, assert_denied
from eks_pod_identity.values.tags import SESSION_TAGS
from pulumi_eks_pod_identity import PodIdentityInputError
from pulumi_eks_pod_identity.testing import identities

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "one-role-many-workloads.md").read_text()
PROGRAM, ESTIMATE, MEASURE = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def teams() -> dict[str, Identity]:
    program = compile(PROGRAM, "page", "exec")
    return identities(lambda: exec(program, {}))


def test_the_tags_of_the_example_fit_into_a_token() -> None:
    exec(compile(ESTIMATE, "page", "exec"), {})


def test_the_page_lists_the_session_tags() -> None:
    assert set(re.findall(r"^\| `([a-z-]+)` \| ", PAGE, re.MULTILINE)) >= set(SESSION_TAGS)


@pytest.mark.parametrize(("team", "other"), [("team-a", "team-b"), ("team-b", "team-a")])
def test_a_namespace_has_its_own_prefix_alone(teams: dict[str, Identity], team: str, other: str) -> None:
    identity = teams[f"{team}/api"]

    for action in ("s3:GetObject", "s3:PutObject"):
        assert_allowed(identity, action, f"arn:aws:s3:::tenants/{team}/a")
        assert_denied(identity, action, f"arn:aws:s3:::tenants/{other}/a")
        assert_denied(identity, action, f"arn:aws:s3:::tenants/{team}-archive/a")


def test_a_namespace_lists_its_own_prefix_alone(teams: dict[str, Identity]) -> None:
    bucket = "arn:aws:s3:::tenants"

    assert_allowed(teams["team-a/api"], "s3:ListBucket", bucket, context={"s3:prefix": "team-a/"})
    assert_denied(teams["team-a/api"], "s3:ListBucket", bucket, context={"s3:prefix": "team-b/"})
    assert_denied(teams["team-a/api"], "s3:ListBucket", bucket, context={"s3:prefix": ""})


def test_a_namespace_reads_the_secrets_that_are_tagged_with_it(teams: dict[str, Identity]) -> None:
    secret = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:database-a1b2c3"
    key = "secretsmanager:ResourceTag/namespace"
    read = "secretsmanager:GetSecretValue"

    assert_allowed(teams["team-a/api"], read, secret, context={key: "team-a"})
    assert_denied(teams["team-a/api"], read, secret, context={key: "team-b"})


@pytest.mark.parametrize("answer", [{"SessionTokenUtilization": 42}, {"PackedPolicySize": 42}])
def test_the_measurement_prints_what_sts_answers(
    answer: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sts = boto3.client("sts", region_name="eu-west-1", aws_access_key_id="1", aws_secret_access_key="1")
    monkeypatch.setattr(boto3, "client", lambda _: sts)
    with Stubber(sts) as stub:
        stub.add_response("assume_role", answer)
        exec(compile(MEASURE, "page", "exec"), {})

    assert capsys.readouterr().out == "42 %\n"


def test_a_document_with_a_variable_and_without_a_version_is_refused() -> None:
    program = compile(PROGRAM.replace('"Version": "2012-10-17",', ""), "page", "exec")

    with pytest.raises(
        PodIdentityInputError, match=r'policies.own-prefix.Statement.0..Resource: .PI604. .* "Version": "2012-10-17"'
    ):
        identities(lambda: exec(program, {}))
