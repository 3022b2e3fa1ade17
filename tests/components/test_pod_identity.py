"""What a PodIdentity with one binding registers, and what it does not."""

import json

import pulumi
import pytest

from pulumi_eks_pod_identity import PodIdentity, PodIdentityInputError, PolicyKind, TrustScope
from recording import default_name, record

DEV = "arn:aws:eks:eu-west-1:111122223333:cluster/dev"


def record_identity(args, **options):
    """Register one PodIdentity called api."""
    return record(lambda: PodIdentity("api", args, **options.pop("constructor", {})), **options)


def trust(recording, role="api-role"):
    return json.loads(recording.resource(role).inputs["assumeRolePolicy"])["Statement"]


def test_the_minimal_component_is_a_role_and_an_association(base):
    recording = record_identity(base)

    assert recording.names() == {"api-role", "api-association"}


def test_every_child_is_parented_to_the_component(base, read):
    recording = record_identity(
        base
        | {
            "policies": {"invoices": read},
            "managed_policy_arns": {"audit": "arn:aws:iam::aws:policy/SecurityAudit"},
            "create_target_role": True,
            "target_policies": {"data": read},
            "target_managed_policy_arns": {"more": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
            "agent": "managed",
            "create_service_account": True,
            "create_namespace": True,
        }
    )

    assert recording.names() == {
        "api-role",
        "api-policy-invoices",
        "api-attachment-audit",
        "api-association",
        "api-target-role",
        "api-target-policy-data",
        "api-target-attachment-more",
        "api-assume-target",
        "api-service-account",
        "api-namespace",
        "api-agent",
    }
    assert {recording.resource(name).parent for name in recording.names()} == {"api"}


def test_the_role_has_a_readable_name_that_is_known_at_preview(base):
    name = record_identity(base, preview=True).resource("api-role").inputs["name"]

    assert name == default_name("api")
    assert name.startswith("api-dev-eu-west-1-")


def test_a_role_name_of_64_characters_passes(base):
    assert record_identity(base | {"role_name": "a" * 64}).resource("api-role").inputs["name"] == "a" * 64


def test_names_of_one_letter_pass():
    recording = record_identity({"cluster_name": "c", "namespace": "n", "service_account": "s"})

    assert recording.resource("api-association").inputs["serviceAccount"] == "s"


def test_the_trust_policy_is_scoped_to_the_service_account(base):
    [statement] = trust(record_identity(base))

    assert statement["Condition"]["StringEquals"] == {
        "aws:SourceAccount": "111122223333",
        "aws:RequestTag/eks-cluster-arn": DEV,
        "aws:RequestTag/kubernetes-namespace": "payments",
        "aws:RequestTag/kubernetes-service-account": "api",
    }


@pytest.mark.parametrize("scope", [TrustScope.ACCOUNT, "account"])
def test_the_scope_may_be_a_member_or_its_text(base, scope):
    [statement] = trust(record_identity(base | {"trust_scope": scope}))

    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "111122223333"}}


def test_the_association_names_the_role_and_waits_for_its_policies(base, read):
    recording = record_identity(
        base | {"policies": {"invoices": read}, "managed_policy_arns": {"a": "arn:aws:iam::aws:policy/SecurityAudit"}}
    )

    assert recording.resource("api-association").inputs == {
        "clusterName": "dev",
        "namespace": "payments",
        "serviceAccount": "api",
        "roleArn": f"arn:aws:iam::111122223333:role/{default_name('api')}",
    }
    assert recording.dependencies_of("api-association") == {"api-role", "api-policy-invoices", "api-attachment-a"}


def test_the_association_is_deleted_before_it_is_replaced(base):
    assert record_identity(base).resource("api-association").request.deleteBeforeReplace


def test_policies_are_compact_text_in_canonical_order(base):
    policy = {"Statement": {"Resource": "*", "Action": "s3:List*", "Effect": "Allow"}, "Version": "2012-10-17"}

    recording = record_identity(base | {"policies": {"list": json.dumps(policy, indent=4)}})

    assert recording.resource("api-policy-list").inputs == {
        "name": "list",
        "role": default_name("api"),
        "policy": '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:List*","Resource":"*"}]}',
    }


def test_managed_policies_are_policies_of_their_own_with_an_attachment(base, read):
    recording = record_identity(base | {"policies": {"invoices": read}, "policy_kind": PolicyKind.MANAGED})

    assert recording.resource("api-policy-invoices").resource_type == "Policy"
    assert recording.resource("api-policy-invoices").inputs["name"] == f"{default_name('api')}-invoices"
    assert recording.resource("api-policy-invoices-attachment").resource_type == "RolePolicyAttachment"
    assert not recording.of("RolePolicy")


def test_reordering_policies_changes_nothing(base, read):
    first = record_identity(base | {"policies": {"a": read, "b": read}})
    second = record_identity(base | {"policies": {"b": read, "a": read}})

    assert first.names() == second.names()
    assert first.resource("api-policy-a").inputs == second.resource("api-policy-a").inputs


def test_tags_go_to_everything_that_has_tags(base, read):
    recording = record_identity(
        base
        | {
            "tags": {"Owner": "payments"},
            "policies": {"invoices": read},
            "policy_kind": "managed",
            "create_target_role": True,
            "agent": "managed",
        }
    )

    tagged = {item.name for item in recording.resources if item.inputs.get("tags") == {"Owner": "payments"}}
    assert tagged == {"api", "api-role", "api-policy-invoices", "api-association", "api-target-role", "api-agent"}


def test_without_tags_no_resource_has_an_empty_map(base):
    recording = record_identity(base | {"tags": {}})

    assert not [item.name for item in recording.resources if "tags" in item.inputs and item.name != "api"]


def test_an_existing_role_is_used_and_nothing_is_attached_to_it(base):
    arn = "arn:aws:iam::111122223333:role/shared/by-hand"

    recording = record_identity(base | {"role_arn": arn})

    assert recording.names() == {"api-association"}
    assert recording.resource("api-association").inputs["roleArn"] == arn
    assert recording.outputs["api"]["roleName"] == "by-hand"
    assert json.loads(recording.outputs["api"]["trustPolicy"])["Statement"]


def test_an_existing_role_of_another_account_is_refused_when_the_account_is_known(base):
    arn = "arn:aws:iam::444455556666:role/elsewhere"

    with pytest.raises(PodIdentityInputError, match=r"account \"444455556666\".*\"111122223333\".*'target_role_arn'"):
        record_identity(base | {"role_arn": arn, "account_id": "111122223333"})


def test_an_existing_role_of_another_account_is_refused_when_the_account_is_looked_up(base):
    with pytest.raises(PodIdentityInputError, match=r"role_arn: .*444455556666"):
        record_identity(base | {"role_arn": "arn:aws:iam::444455556666:role/elsewhere"}, preview=True)


def test_given_values_are_not_looked_up_except_for_the_account_of_the_credentials(base):
    recording = record_identity(base | {"account_id": "111122223333", "partition": "aws", "region": "eu-west-1"})

    assert recording.calls == ["aws:index/getCallerIdentity:getCallerIdentity"]


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
def test_credentials_of_another_account_are_refused_before_anything_is_created(base, preview):
    recordings = []

    def program():
        with pytest.raises(PodIdentityInputError, match=r'account_id: .*"999999999999".*"111122223333"'):
            PodIdentity("api", base | {"account_id": "999999999999"})

    recordings.append(record(program, preview=preview))

    assert recordings[0].names() == set()


def test_a_given_region_is_that_of_the_association(base):
    args = base | {"account_id": "111122223333", "partition": "aws", "region": "eu-north-1"}

    recording = record_identity(args, preview=True)

    assert recording.resource("api-association").inputs["region"] == "eu-north-1"
    assert recording.resource("api-role").inputs["name"] == default_name("api", "dev", "eu-north-1")


def test_many_components_look_up_once(base):
    def program():
        for number in range(5):
            PodIdentity(f"api-{number}", base | {"namespace": f"n{number}"})

    assert len(record(program).calls) == 3


def test_a_session_policy_turns_session_tags_off_and_scopes_by_cluster(base, read):
    recording = record_identity(base | {"session_policy": read})

    association = recording.resource("api-association").inputs
    [statement] = trust(recording)
    assert association["disableSessionTags"] is True
    assert json.loads(association["policy"]) == read
    assert statement["Condition"] == {
        "ArnEquals": {"aws:SourceArn": DEV},
        "Null": {"aws:RequestTag/kubernetes-service-account": "true"},
        "StringEquals": {"aws:SourceAccount": "111122223333"},
    }


def test_session_tags_can_be_turned_off_alone(base):
    recording = record_identity(base | {"disable_session_tags": True})

    assert recording.resource("api-association").inputs["disableSessionTags"] is True
    assert "ArnEquals" in trust(recording)[0]["Condition"]


def test_presence_of_target_and_session_policy_is_what_replaces_an_association(base, read):
    def trigger(args):
        return record_identity(base | args).resource("api-association").request.replacement_trigger.string_value

    target = {"target_role_arn": "arn:aws:iam::444455556666:role/t"}
    other = {"target_role_arn": "arn:aws:iam::444455556666:role/u"}

    assert trigger(target) == trigger(other)
    assert len({trigger({}), trigger(target), trigger({"session_policy": read})}) == 3


def test_irsa_can_be_trusted_in_addition(base):
    provider = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC"

    _, irsa = trust(record_identity(base | {"irsa_provider_arn": provider}))

    assert irsa["Principal"] == {"Federated": provider}


def test_extra_statements_are_appended(base):
    extra = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}

    assert trust(record_identity(base | {"extra_trust_statements": [extra]}))[-1] == extra


def test_the_component_shows_its_arguments_in_camel_case(base, read):
    inputs = (
        record_identity(base | {"policies": {"invoices": read}, "policy_kind": PolicyKind.INLINE})
        .resource("api")
        .inputs
    )

    assert inputs["clusterName"] == "dev"
    assert inputs["policyKind"] == "inline"
    assert inputs["policies"] == {"invoices": read}


def test_outputs_of_one_binding(base):
    outputs = record_identity(base).outputs["api"]

    assert outputs["roleArn"] == f"arn:aws:iam::111122223333:role/{default_name('api')}"
    assert outputs["associationId"] == "a-payments.api"
    assert outputs["associationIds"] == {"payments/api": "a-payments.api"}
    assert outputs["externalId"] == "eu-west-1/111122223333/dev/payments/api"
    assert outputs["externalIds"] == {"payments/api": "eu-west-1/111122223333/dev/payments/api"}
    assert outputs["namespace"] == "payments"
    assert outputs["serviceAccountName"] == "api"


def test_documents_names_and_external_ids_are_known_at_preview(base, read):
    recording = record_identity(base | {"policies": {"a": read}, "create_target_role": True}, preview=True)

    for name in ("api-role", "api-target-role", "api-policy-a", "api-assume-target", "api-association"):
        for value in recording.resource(name).inputs.values():
            assert not isinstance(value, pulumi.output.Unknown), name
    known = {key for key, value in recording.outputs["api"].items() if not isinstance(value, pulumi.output.Unknown)}
    assert {"roleArn", "serviceAccountName", "externalId", "trustPolicy", "targetTrustPolicy", "restartToken"} <= known


def test_another_external_id_from_eks_is_an_error_naming_both(base):
    with pytest.raises(PodIdentityInputError, match=r"something-else.*eu-west-1/111122223333/dev/payments/api"):
        record_identity(base, answers={"external_id": {"value": "something-else"}})


def test_no_external_id_from_eks_is_not_a_mismatch(base):
    outputs = record_identity(base, answers={"external_id": {"value": None}}).outputs["api"]

    assert outputs["externalId"] == "eu-west-1/111122223333/dev/payments/api"


def test_a_consumer_of_the_outputs_depends_on_policies_and_association(base, read):
    def program():
        identity = PodIdentity("api", base | {"policies": {"invoices": read}})
        pulumi.ComponentResource("test:index:Consumer", "consumer", {"arn": identity.role_arn})
        pulumi.ComponentResource("test:index:Consumer", "pod", {"name": identity.service_account_name})

    recording = record(program)

    for consumer in ("consumer", "pod"):
        assert {"api-policy-invoices", "api-association"} <= recording.dependencies_of(consumer)


def test_a_service_account_is_created_under_its_own_name(base):
    recording = record_identity(
        base | {"create_service_account": True, "service_account_labels": {"app": "api"}, "create_namespace": True}
    )

    metadata = recording.resource("api-service-account").inputs["metadata"]
    assert metadata == {"name": "api", "namespace": "payments", "labels": {"app": "api"}}
    assert recording.resource("api-namespace").inputs["metadata"] == {"name": "payments"}
    assert recording.dependencies_of("api-service-account") == {"api-namespace"}


def test_the_same_arguments_as_outputs_register_the_same(base, read):
    def as_outputs(value):
        if isinstance(value, dict):
            return {key: as_outputs(item) for key, item in value.items()}
        return pulumi.Output.from_input(value) if isinstance(value, str) else value

    args = base | {
        "policies": {"invoices": json.dumps(read)},
        "session_policy": json.dumps(read),
        "tags": {"a": "b"},
        "role_path": "/workloads/",
        "role_description": "x",
        "target_role_arn": "arn:aws:iam::444455556666:role/t",
    }

    plain, computed = record_identity(args), record(lambda: PodIdentity("api", as_outputs(args)))

    assert plain.names() == computed.names()
    for name in plain.names():
        assert plain.resource(name).inputs == computed.resource(name).inputs


def test_an_output_is_checked_by_the_same_rule_before_it_reaches_a_resource(base):
    with pytest.raises(PodIdentityInputError, match=r"namespace: .*wildcard"):
        record(lambda: PodIdentity("api", base | {"namespace": pulumi.Output.from_input("preview-*")}))
