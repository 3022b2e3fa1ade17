"""Look-ups of a component: complete, partial and empty answers of mocks, and credentials of another account."""

from typing import Any

import pulumi
import pytest

from pulumi_eks_pod_identity import PodIdentity, PodIdentityInputError
from recording import record

GIVEN = {"account_id": "111122223333", "partition": "aws", "region": "eu-west-1"}
AUDIT = "arn:aws:iam::aws:policy/SecurityAudit"
CALLER = "aws:index/getCallerIdentity:getCallerIdentity"
PARTITION = "aws:index/getPartition:getPartition"
REGION = "aws:index/getRegion:getRegion"


class DocumentedMocks(pulumi.runtime.Mocks):
    """Mocks as Pulumi's documentation writes them."""

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> Any:
        return [args.name + "_id", args.inputs]

    def call(self, args: pulumi.runtime.MockCallArgs) -> Any:  # noqa: ARG002 - as documented
        return {}


def test_the_documented_mocks_work_with_given_values(base: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("recording._Mocks", lambda *_: DocumentedMocks())

    recording = record(lambda: PodIdentity("api", base | GIVEN | {"managed_policy_arns": {"a": AUDIT}}))

    assert (
        recording.resource("api-association").inputs["roleArn"].startswith("arn:aws:iam::111122223333:role/api-dev-")
    )


def test_the_error_for_mocks_without_look_ups_names_what_to_answer_or_to_pass(base: Any):
    with pytest.raises(PodIdentityInputError) as caught:
        record(lambda: PodIdentity("api", base), answers=dict.fromkeys((CALLER, PARTITION, REGION), NOTHING))

    for word in ("'account_id'", "'partition'", "'region'", "getCallerIdentity", "getPartition", "getRegion"):
        assert word in str(caught.value)


NOTHING: dict[str, Any] = {"accountId": None, "partition": None, "region": None}


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
@pytest.mark.parametrize(
    ("token", "key", "value"),
    [
        (CALLER, "accountId", None),
        (CALLER, "accountId", "x"),
        (PARTITION, "partition", None),
        (PARTITION, "partition", "None"),
        (REGION, "region", None),
        (REGION, "region", ""),
    ],
)
def test_a_part_that_is_not_answered_reaches_no_document(
    base: Any, token: str, key: str, value: Any, *, preview: bool
):
    argument = "account_id" if key == "accountId" else key

    def program() -> None:
        with pytest.raises(PodIdentityInputError, match=rf"- {argument}: The look-up {token}"):
            PodIdentity("api", base)

    assert record(program, preview=preview, answers={token: {key: value}}).names() == set()


def test_given_values_need_no_answer_of_the_mocks(base: Any):
    recording = record(
        lambda: PodIdentity("api", base | GIVEN), answers=dict.fromkeys((CALLER, PARTITION, REGION), NOTHING)
    )

    assert recording.names() == {"api-role", "api-association"}


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
@pytest.mark.parametrize("key", GIVEN)
def test_an_output_without_a_value_is_looked_up(base: Any, key: str, *, preview: bool):
    plain = record(lambda: PodIdentity("api", base), preview=preview)

    recording = record(lambda: PodIdentity("api", base | {key: pulumi.Output.from_input(None)}), preview=preview)

    assert recording.resource("api-role").inputs == plain.resource("api-role").inputs
    assert recording.outputs["api"]["externalId"] == plain.outputs["api"]["externalId"]
