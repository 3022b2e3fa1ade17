"""The program stops before it registers anything when the credentials are not for the environment's cluster."""

from types import SimpleNamespace

import pulumi
import pytest

import program
from environment import Cluster, Environment
from recording import record


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """The credentials of account 111122223333 in eu-west-1."""
    monkeypatch.setattr(program.aws, "get_caller_identity", lambda: SimpleNamespace(account_id="111122223333"))
    monkeypatch.setattr(program.aws, "get_partition", lambda: SimpleNamespace(partition="aws"))
    monkeypatch.setattr(program.aws, "get_region", lambda: SimpleNamespace(region="eu-west-1"))


def cluster(**options: str) -> Cluster:
    return Cluster.model_validate({"name": "prod", **options})


def test_the_right_credentials_pass():
    program.reject_foreign_credentials(cluster(accountId="111122223333", partition="aws", region="eu-west-1"))


def test_nothing_is_asked_where_the_file_names_nothing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(program.aws, "get_caller_identity", lambda: pytest.fail("asked"))

    program.reject_foreign_credentials(cluster())


@pytest.mark.parametrize(
    ("key", "value", "actual"),
    [
        ("accountId", "999999999999", "111122223333"),
        ("partition", "aws-cn", "aws"),
        ("region", "us-east-1", "eu-west-1"),
    ],
)
def test_other_credentials_are_refused_with_both_values(key: str, value: str, actual: str):
    with pytest.raises(pulumi.RunError, match="Nothing was changed") as refused:
        program.reject_foreign_credentials(cluster(**{key: value}))

    assert f"- cluster.{key}: The file has {value}, " in str(refused.value)
    assert f" {actual}.\n" in str(refused.value)


def test_a_renamed_identity_is_the_one_of_the_former_name():
    environment = Environment.model_validate(
        {
            "cluster": {"name": "dev"},
            "identities": {"payments": {"namespace": "a", "serviceAccount": "b", "formerName": "payments-api"}},
        }
    )

    recording = record(lambda: program.deploy(environment))

    assert recording.resource("payments").aliases == ["payments-api"]
