"""One role for several ServiceAccounts."""

import json
from typing import Any

import pytest

from pulumi_eks_pod_identity import PodIdentity, PodIdentityInputError
from recording import Recording, record


def record_app(*bindings, **more):
    args: Any = {"cluster_name": "dev", "bindings": [dict(item) for item in bindings]} | more
    return record(lambda: PodIdentity("app", args))


API: dict[str, Any] = {"namespace": "payments", "service_account": "api"}
EXPORTER: dict[str, Any] = {"namespace": "reports", "service_account": "exporter"}
SHORT: Any = {"cluster_name": "dev"} | API


def _association_urn(recording: Recording, name: str) -> str:
    component = recording.resource("app").urn.rpartition("::")[0]
    return f"{component}$aws:eks/podIdentityAssociation:PodIdentityAssociation::{name}"


def test_each_binding_is_an_association_named_after_it():
    recording = record_app(API, EXPORTER)

    assert recording.names() == {"app-role", "app-association-payments.api", "app-association-reports.exporter"}


def test_outputs_are_keyed_by_namespace_and_service_account():
    outputs = record_app(API, EXPORTER).outputs["app"]

    assert outputs["associationIds"] == {"payments/api": "a-payments.api", "reports/exporter": "a-reports.exporter"}
    assert outputs["externalIds"] == {
        "payments/api": "eu-west-1/111122223333/dev/payments/api",
        "reports/exporter": "eu-west-1/111122223333/dev/reports/exporter",
    }


@pytest.mark.parametrize("key", ["associationId", "externalId", "serviceAccountName", "namespace"])
def test_outputs_of_the_only_binding_are_empty_where_there_are_several(key):
    assert record_app(API, EXPORTER).outputs["app"].get(key) is None


def test_outputs_of_the_only_binding_are_set_where_the_list_has_one():
    assert record_app(API).outputs["app"]["serviceAccountName"] == "api"


def test_the_same_pair_in_two_clusters_is_keyed_by_cluster():
    recording = record_app({**API, "cluster_name": "blue"}, {**API, "cluster_name": "green"})

    assert recording.names() >= {"app-association-blue.payments.api", "app-association-green.payments.api"}
    assert set(recording.outputs["app"]["externalIds"]) == {"blue/payments/api", "green/payments/api"}
    assert recording.resource("app-association-green.payments.api").inputs["clusterName"] == "green"


def test_adding_or_reordering_bindings_leaves_the_others_as_they_are():
    before = record_app(API).resource("app-association-payments.api")
    after = record_app(EXPORTER, API).resource("app-association-payments.api")

    assert before.inputs == after.inputs
    assert before.dependencies == after.dependencies


def test_a_session_policy_of_one_binding_turns_the_tags_of_that_one_off(read):
    recording = record_app(API, {**EXPORTER, "session_policy": read})

    assert "disableSessionTags" not in recording.resource("app-association-payments.api").inputs
    assert recording.resource("app-association-reports.exporter").inputs["disableSessionTags"] is True
    conditions = [
        set(statement["Condition"])
        for statement in json.loads(recording.resource("app-role").inputs["assumeRolePolicy"])["Statement"]
    ]
    assert conditions == [{"StringEquals"}, {"ArnEquals", "Null", "StringEquals"}]


def test_the_session_policy_of_the_component_is_that_of_bindings_without_one(read):
    other = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]}

    recording = record_app(API, {**EXPORTER, "session_policy": other}, session_policy=read)

    assert json.loads(recording.resource("app-association-payments.api").inputs["policy"]) == read
    assert json.loads(recording.resource("app-association-reports.exporter").inputs["policy"]) == other


def test_the_first_binding_takes_over_the_association_of_the_short_form():
    recording = record_app(API, EXPORTER)

    assert recording.resource("app-association-payments.api").aliases == [
        _association_urn(recording, "app-association")
    ]
    assert recording.resource("app-association-reports.exporter").aliases == []


def test_the_short_form_takes_over_the_association_of_its_pair():
    recording = record(lambda: PodIdentity("app", SHORT))

    former = _association_urn(recording, "app-association-payments.api")
    assert recording.resource("app-association").aliases == [former]


def test_the_short_form_and_a_list_of_one_have_the_same_role_and_token():
    short, long = record(lambda: PodIdentity("app", SHORT)), record_app(API)

    assert short.resource("app-role").inputs == long.resource("app-role").inputs
    assert short.outputs["app"]["restartToken"] == long.outputs["app"]["restartToken"]


def test_a_repeated_pair_is_refused():
    with pytest.raises(PodIdentityInputError, match=r"bindings\[1\]: .*bindings\[0\]"):
        record_app(API, API)


def test_a_pair_repeated_by_naming_the_cluster_is_refused():
    with pytest.raises(PodIdentityInputError, match=r"one association per ServiceAccount"):
        record_app(API, {**API, "cluster_name": "dev"})


def test_an_empty_list_is_refused():
    with pytest.raises(PodIdentityInputError, match="at least one"):
        record_app()


def test_a_service_account_is_created_for_each_binding_and_each_namespace_once():
    worker = {"namespace": "payments", "service_account": "worker"}

    recording = record_app(API, worker, create_service_account=True, create_namespace=True)

    assert {item.name for item in recording.of("Namespace")} == {"app-namespace-payments"}
    assert {item.name for item in recording.of("ServiceAccount")} == {
        "app-service-account-payments.api",
        "app-service-account-payments.worker",
    }


def test_service_accounts_are_not_created_on_another_cluster():
    with pytest.raises(PodIdentityInputError, match=r"bindings\[0\]\.cluster_name"):
        record_app({**API, "cluster_name": "blue"}, create_service_account=True)


def test_one_target_role_trusts_the_external_id_of_each_binding():
    recording = record_app(API, EXPORTER, create_target_role=True)

    statement = json.loads(recording.resource("app-target-role").inputs["assumeRolePolicy"])["Statement"][0]
    assert statement["Condition"]["StringEquals"]["sts:ExternalId"] == [
        "eu-west-1/111122223333/dev/payments/api",
        "eu-west-1/111122223333/dev/reports/exporter",
    ]


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"namespace": "preview-*"}, "bindings[1].namespace"),
        ({"service_acount": "api"}, "bindings[1].service_acount"),
        ({"session_policy": "{"}, "bindings[1].session_policy"),
    ],
    ids=["value", "key", "document"],
)
def test_a_problem_in_a_binding_adds_no_other(wrong: dict[str, Any], path: str):
    with pytest.raises(PodIdentityInputError) as caught:
        record_app(API, EXPORTER | wrong)

    assert [problem.typed_path() for problem in caught.value.problems] == [path]


ISSUER = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
PROVIDER = f"arn:aws:iam::111122223333:oidc-provider/{ISSUER}"


def test_irsa_is_trusted_for_the_components_own_cluster_only():
    recording = record_app(API, {**EXPORTER, "cluster_name": "green"}, irsa_provider_arn=PROVIDER)

    statement = json.loads(recording.resource("app-role").inputs["assumeRolePolicy"])["Statement"][-1]
    assert statement["Condition"]["StringEquals"][f"{ISSUER}:sub"] == "system:serviceaccount:payments:api"


def test_irsa_without_a_binding_of_the_own_cluster_is_refused():
    with pytest.raises(PodIdentityInputError, match=r"irsa_provider_arn: .*another cluster"):
        record_app({**API, "cluster_name": "green"}, irsa_provider_arn=PROVIDER)


def test_setting_a_default_explicitly_does_not_change_the_restart_token(read: Any):
    without, explicit = (record_app(API, session_policy=read, **more) for more in ({}, {"disable_session_tags": True}))

    assert (
        without.resource("app-association-payments.api").inputs
        == explicit.resource("app-association-payments.api").inputs
    )
    assert without.outputs["app"]["restartToken"] == explicit.outputs["app"]["restartToken"]


@pytest.mark.parametrize(
    ("one_way", "another_way"),
    [
        pytest.param(
            lambda read: {"bindings": [{**API, "session_policy": read}]},
            lambda read: {"bindings": [{**API, "session_policy": read}], "disable_session_tags": True},
            id="tags disabled beside the policy of a binding",
        ),
        pytest.param(
            lambda read: {"bindings": [API], "session_policy": read},
            lambda read: {"bindings": [{**API, "session_policy": json.dumps(read)}]},
            id="the policy of the component, or of each binding",
        ),
        pytest.param(
            lambda read: {**API, "session_policy": read},
            lambda read: {"bindings": [{**API, "session_policy": read}]},
            id="the short form, or a list",
        ),
        pytest.param(
            lambda read: {"bindings": [{**API, "session_policy": read}, EXPORTER]},
            lambda read: {"bindings": [{**API, "cluster_name": "dev", "session_policy": read}, EXPORTER]},
            id="the component's own cluster named",
        ),
    ],
)
def test_equal_associations_restart_no_pod(read: Any, one_way: Any, another_way: Any):
    def register(args: dict[str, Any]) -> tuple[list[dict[str, Any]], str]:
        recording = record(lambda: PodIdentity("app", {"cluster_name": "dev"} | args))  # pyright: ignore[reportArgumentType] # plain dicts of the test
        associations = [item.inputs for item in recording.of("PodIdentityAssociation")]
        return sorted(associations, key=str), recording.outputs["app"]["restartToken"]

    assert register(one_way(read)) == register(another_way(read))
