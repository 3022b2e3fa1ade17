"""Identities of `pulumi stack export`."""

import json
from typing import Any

import pytest

from eks_pod_identity.access import Outcome, StateError, identities_of_state
from eks_pod_identity.access.resources import Resource
from eks_pod_identity.access.state import resources_of_state
from eks_pod_identity.iam.unknown import UNKNOWN
from workload import (
    ACCOUNT,
    CLUSTER_ARN,
    INVOICES,
    OBJECT,
    OTHER_ACCOUNT,
    TARGET_ARN,
    TARGET_TRUST,
    TRUST,
    allow,
    document,
)

READ = "s3:GetObject"
SIGNATURE = "4dabf18193072939515e22adb298388d"
UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/workloads/api"
AWS_PROVIDER = "urn:pulumi:dev::app::pulumi:providers:aws::default::1"
OTHER_PROVIDER = "urn:pulumi:dev::app::pulumi:providers:aws::data::2"


def resource(resource_type: str, name: str, provider: str = AWS_PROVIDER, **parts: Any) -> dict[str, Any]:
    return {
        "urn": f"urn:pulumi:dev::app::{resource_type}::{name}",
        "type": resource_type,
        "provider": provider,
        "custom": True,
        **parts,
    }


def role(name: str = "api", **outputs: Any) -> Any:
    properties = {"arn": ROLE_ARN, "name": "api", "assumeRolePolicy": json.dumps(TRUST), **outputs}
    return resource("aws:iam/role:Role", name, inputs={}, outputs=properties)


def policy(name: str = "invoices", provider: str = AWS_PROVIDER, **outputs: Any) -> dict[str, Any]:
    properties = {"role": "api", "name": name, "policy": json.dumps(INVOICES), **outputs}
    return resource("aws:iam/rolePolicy:RolePolicy", name, provider, outputs=properties)


def association(**outputs: Any) -> dict[str, Any]:
    properties = {
        "clusterName": "prod",
        "namespace": "payments",
        "serviceAccount": "api",
        "roleArn": ROLE_ARN,
        "associationArn": CLUSTER_ARN.replace("cluster/prod", "podidentityassociation/prod/a-1"),
        **outputs,
    }
    return resource("aws:eks/podIdentityAssociation:PodIdentityAssociation", "api", outputs=properties)


def export(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"version": 3, "deployment": {"manifest": {}, "resources": list(resources)}}


def test_an_export_has_the_identities_of_its_associations() -> None:
    identities = identities_of_state(export(role(), policy(), association()))

    assert list(identities) == ["payments/api"]
    assert identities["payments/api"].decide(READ, OBJECT).outcome is Outcome.ALLOW
    assert (
        identities_of_state(json.dumps(export(role(), policy(), association())))["payments/api"].region == "eu-west-1"
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_an_export_may_be_bytes_as_a_program_or_a_shell_writes_them(encoding: str) -> None:
    text = json.dumps(export(role(), association(), policy()))

    assert identities_of_state(text.encode(encoding)).keys() == {"payments/api"}
    assert identities_of_state("\ufeff" + text).keys() == {"payments/api"}


def test_a_value_that_is_nested_too_deeply_is_not_known() -> None:
    deep: Any = "x"
    for _ in range(5_000):
        deep = {"a": deep}

    resources = resources_of_state(export(role(description=deep), association(), policy()))

    assert resources[0].properties["description"] is UNKNOWN
    assert resources[0].properties["name"] == "api"


def test_a_boundary_an_attached_policy_and_tags_of_the_role_are_read() -> None:
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/limit"
    bounded = role(permissionsBoundary=boundary, tagsAll={"team": "payments"}, managedPolicyArns=[boundary])
    limit = resource(
        "aws:iam/policy:Policy", "limit", outputs={"arn": boundary, "policy": json.dumps(document(allow("s3:List*")))}
    )

    identity = identities_of_state(export(bounded, limit, policy(), association()))["payments/api"]

    assert identity.role.tags == {"team": "payments"}
    assert list(identity.role.policies) == ["limit", "invoices"]
    decision = identity.decide(READ, OBJECT)
    assert "no permissions boundary allows the s3:GetObject action" in str(decision)


def test_a_secret_in_clear_is_read_and_an_encrypted_one_is_not_known() -> None:
    mark = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270"}
    clear = {**mark, "plaintext": json.dumps(json.dumps(INVOICES))}
    readable = identities_of_state(export(role(), policy(policy=clear), association()))["payments/api"]
    encrypted = identities_of_state(export(role(), policy(policy={**mark, "ciphertext": "x"}), association()))

    assert readable.decide(READ, OBJECT).outcome is Outcome.ALLOW
    decision = encrypted["payments/api"].decide(READ, OBJECT)
    assert [missing.what for missing in decision.missing] == ["the text of invoices"]


def test_an_unknown_role_is_found_by_what_the_property_depends_on() -> None:
    bound = association(roleArn=UNKNOWN_TEXT) | {"propertyDependencies": {"roleArn": [role()["urn"]]}}

    identity = identities_of_state(export(role(), policy(), bound))["payments/api"]

    assert identity.decide(READ, OBJECT).outcome is Outcome.ALLOW


def test_at_preview_a_role_without_an_arn_is_found_by_its_name_and_provider() -> None:
    planned = role(arn=UNKNOWN_TEXT)
    elsewhere = planned | {"provider": OTHER_PROVIDER}

    near = identities_of_state(export(planned, policy(), association()))["payments/api"]
    far = identities_of_state(export(elsewhere, policy(), association()))["payments/api"]

    assert near.decide(READ, OBJECT).outcome is Outcome.ALLOW
    assert far.decide(READ, OBJECT).outcome is Outcome.UNKNOWN


def test_two_roles_of_one_name_keep_their_own_policies() -> None:
    there = role("data", arn=TARGET_ARN.replace("data", "api"), assumeRolePolicy=json.dumps(TARGET_TRUST)) | {
        "provider": OTHER_PROVIDER
    }
    reads = policy("reads", OTHER_PROVIDER)
    hops = policy("hops", policy=json.dumps(document(allow(["sts:AssumeRole", "sts:TagSession"]))))
    bound = association(targetRoleArn=there["outputs"]["arn"])

    identity = identities_of_state(export(role(), there, reads, hops, bound))["payments/api"]

    assert identity.target is not None
    assert (list(identity.role.policies), list(identity.target.policies)) == (["hops"], ["reads"])
    assert identity.target.account == OTHER_ACCOUNT
    assert identity.decide(READ, OBJECT).outcome is Outcome.ALLOW


def test_a_role_outside_of_the_stack_leaves_the_answer_open() -> None:
    decision = identities_of_state(export(association()))["payments/api"].decide(READ, OBJECT)

    assert decision.outcome is Outcome.UNKNOWN
    assert [missing.what for missing in decision.missing] == ["the text of the trust policy of role api"]


def test_a_role_that_is_only_read_may_have_further_policies() -> None:
    read = role() | {"external": True}

    decision = identities_of_state(export(read, association()))["payments/api"].decide(READ, OBJECT)

    assert decision.outcome is Outcome.UNKNOWN
    assert "further policies of role api" in str(decision)


def test_an_addons_associations_are_read_with_the_namespace_of_the_addon() -> None:
    addon = resource(
        "aws:eks/addon:Addon",
        "metrics",
        outputs={
            "addonName": "amazon-cloudwatch-observability",
            "clusterName": "prod",
            "arn": CLUSTER_ARN.replace("cluster/prod", "addon/prod/x/1"),
            "podIdentityAssociations": [{"serviceAccount": "cloudwatch-agent", "roleArn": ROLE_ARN}],
        },
    )

    assert list(identities_of_state(export(role(), addon))) == ["amazon-cloudwatch/cloudwatch-agent"]


def test_a_resource_to_be_deleted_and_an_empty_stack_have_no_identities() -> None:
    assert identities_of_state(export(association() | {"delete": True})) == {}
    assert identities_of_state({"version": 3, "deployment": {"manifest": {}}}) == {}


@pytest.mark.parametrize("source", ["", "{", "[]", "{}", {"resources": 1}, '{"deployment": {}}'])
def test_anything_but_an_export_is_refused(source: Any) -> None:
    with pytest.raises(StateError) as caught:
        identities_of_state(source)

    assert str(caught.value) in (
        "This is not JSON. Pass the output of `pulumi stack export`.",
        "This is not the state of a stack. Pass the output of `pulumi stack export`.",
    )


def test_a_resource_has_its_inputs_where_it_has_no_outputs_yet() -> None:
    bound = association()
    planned = {**bound, "inputs": bound["outputs"], "outputs": {"namespace": "orders"}}
    unknown = {"urn": "urn:pulumi:dev::app::x::unknown"}

    identities = identities_of_state(export(role(), policy(), planned, unknown))

    assert (identities["orders/api"].cluster, identities["orders/api"].role.arn) == ("prod", ROLE_ARN)


def test_the_list_of_resources_is_enough_without_the_rest_of_the_export() -> None:
    assert list(identities_of_state(export(role(), association())["deployment"])) == ["payments/api"]


def test_what_the_engine_writes_of_a_resource_is_kept() -> None:
    state = {
        "urn": "urn:pulumi:dev::app::aws:iam/role:Role::api",
        "type": "aws:iam/role:Role",
        "provider": AWS_PROVIDER,
        "external": True,
        "inputs": {"a": [UNKNOWN_TEXT, 1], "b": {"c": UNKNOWN_TEXT}, "d": "input"},
        "outputs": {"d": "output"},
        "propertyDependencies": {"a": ["urn:1", "urn:2"], "b": None},
    }

    bare, full = resources_of_state(export({"urn": "urn:bare"}, state))

    assert bare == Resource("urn:bare", "", {})
    assert full == Resource(
        state["urn"],
        "aws:iam/role:Role",
        {"a": [UNKNOWN, 1], "b": {"c": UNKNOWN}, "d": "output"},
        AWS_PROVIDER,
        {"a": ["urn:1", "urn:2"]},
        is_read=True,
    )
    assert full.name == "api"


def test_a_plan_has_resources_that_are_to_be_created() -> None:
    goal = {
        "type": "aws:iam/role:Role",
        "provider": AWS_PROVIDER,
        "inputDiff": {"adds": {"name": "api", "path": "/"}, "updates": {"path": "/workloads/"}},
    }

    (planned,) = resources_of_state({"resourcePlans": {"urn:api": {"goal": goal}}})

    assert planned == Resource("urn:api", "aws:iam/role:Role", {"name": "api", "path": "/workloads/"}, AWS_PROVIDER)


def test_a_plan_has_what_is_there_with_what_it_changes() -> None:
    def plan_entry(state: dict[str, Any], **changed: Any) -> dict[str, Any]:
        goal = {key: state[key] for key in ("type", "provider")}
        return {"goal": {**goal, "inputDiff": {"updates": changed}}, "state": state["outputs"], "steps": ["update"]}

    plans = {
        role()["urn"]: plan_entry(role()),
        policy()["urn"]: plan_entry(policy(), policy=json.dumps(document(allow("s3:PutObject")))),
        association()["urn"]: plan_entry(association()),
        "urn:pulumi:dev::app::x::gone": {"steps": ["delete"]},
    }

    identity = identities_of_state({"resourcePlans": plans})["payments/api"]

    assert identity.decide(READ, OBJECT).outcome is Outcome.IMPLICIT_DENY
    assert identity.decide("s3:PutObject", OBJECT).outcome is Outcome.ALLOW


def test_lists_that_aws_computes_are_not_policies_of_a_planned_role() -> None:
    def plan_entry(state: dict[str, Any], **computed: Any) -> dict[str, Any]:
        goal = {key: state[key] for key in ("type", "provider")}
        return {"goal": {**goal, "inputDiff": {"adds": state["outputs"]}}, "state": state["outputs"] | computed}

    open_lists = dict.fromkeys(("inlinePolicies", "managedPolicyArns", "permissionsBoundary"), UNKNOWN_TEXT)
    plans = {
        role()["urn"]: plan_entry(role(), **open_lists),
        policy()["urn"]: plan_entry(policy()),
        association()["urn"]: plan_entry(association(), disableSessionTags=UNKNOWN_TEXT),
    }

    identity = identities_of_state({"resourcePlans": plans})["payments/api"]

    assert identity.role.boundary is None
    assert identity.decide(READ, OBJECT).outcome is Outcome.ALLOW
    assert identity.decide("s3:PutObject", OBJECT).outcome is Outcome.IMPLICIT_DENY


def test_a_managed_policy_outside_of_the_stack_may_be_given() -> None:
    arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    attachment = resource(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "read",
        outputs={"role": UNKNOWN_TEXT, "policyArn": arn},
        propertyDependencies={"role": [role()["urn"]]},
    )
    stack = export(role(), attachment, association())

    informed = identities_of_state(stack, {arn: INVOICES})["payments/api"]
    missing = identities_of_state(stack)["payments/api"].decide(READ, OBJECT)

    assert list(informed.role.policies) == [arn]
    assert informed.decide(READ, OBJECT).outcome is Outcome.ALLOW
    assert [part.what for part in missing.missing] == [f"the text of {arn}"]


def test_an_addon_whose_role_is_not_known_yet_has_the_one_it_depends_on() -> None:
    addon = resource(
        "aws:eks/addon:Addon",
        "ebs",
        outputs={
            "addonName": "aws-ebs-csi-driver",
            "clusterName": "prod",
            "podIdentityAssociations": [{"serviceAccount": "ebs-csi-controller-sa", "roleArn": UNKNOWN_TEXT}],
        },
        propertyDependencies={"podIdentityAssociations": [role()["urn"]]},
    )

    identity = identities_of_state(export(role(), policy(), addon))["kube-system/ebs-csi-controller-sa"]

    assert identity.role.arn == ROLE_ARN
    assert list(identity.role.policies) == ["invoices"]


MANAGED = f"arn:aws:iam::{ACCOUNT}:policy/invoices"


def managed_policy(**outputs: Any) -> dict[str, Any]:
    properties = {"arn": MANAGED, "name": "invoices", "policy": json.dumps(INVOICES), **outputs}
    return resource("aws:iam/policy:Policy", "invoices", outputs=properties)


def attach(resource_type: str, **outputs: Any) -> dict[str, Any]:
    return resource(f"aws:iam/{resource_type[0].lower()}{resource_type[1:]}:{resource_type}", "a", outputs=outputs)


@pytest.mark.parametrize(
    "attachment",
    [
        attach("RolePolicyAttachment", role="api", policyArn=MANAGED),
        attach("PolicyAttachment", roles=["other", "api"], policyArn=MANAGED),
        attach("RolePolicyAttachmentsExclusive", roleName="api", policyArns=[MANAGED]),
    ],
)
def test_a_managed_policy_counts_however_it_is_attached(attachment: dict[str, Any]) -> None:
    identity = identities_of_state(export(role(), managed_policy(), attachment, association()))["payments/api"]

    assert identity.decide(READ, OBJECT).outcome is Outcome.ALLOW


def other_role() -> dict[str, Any]:
    properties = {"arn": f"{ROLE_ARN}-2", "name": "other", "assumeRolePolicy": json.dumps(TRUST)}
    return resource("aws:iam/role:Role", "other", outputs=properties)


ENCRYPTED = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "x"}


@pytest.mark.parametrize(
    "open_part",
    [
        [role(inlinePolicies=ENCRYPTED)],
        [role(inlinePolicies=[ENCRYPTED])],
        [role(inlinePolicies=[{"name": "invoices", "policy": ENCRYPTED}])],
        [role(managedPolicyArns=ENCRYPTED)],
        [role(managedPolicyArns=[ENCRYPTED])],
        [role(), policy(role=ENCRYPTED), other_role()],
        [role(), managed_policy(), attach("RolePolicyAttachment", role="api", policyArn=ENCRYPTED)],
        [role(), managed_policy(), attach("PolicyAttachment", roles=ENCRYPTED, policyArn=MANAGED), other_role()],
    ],
)
def test_an_encrypted_policy_is_not_a_missing_one(open_part: list[dict[str, Any]]) -> None:
    decision = identities_of_state(export(*open_part, association()))["payments/api"].decide(READ, OBJECT)

    assert decision.outcome is Outcome.UNKNOWN


def test_a_role_without_inline_policies_has_none() -> None:
    bare = role(inlinePolicies=[{"name": "", "policy": ""}])

    decision = identities_of_state(export(bare, association()))["payments/api"].decide(READ, OBJECT)

    assert decision.outcome is Outcome.IMPLICIT_DENY


def test_clusters_of_one_name_are_distinguished_by_region_and_account() -> None:
    def in_(region: str, account: str, name: str) -> dict[str, Any]:
        arn = f"arn:aws:eks:{region}:{account}:podidentityassociation/prod/a-1"
        return association(associationArn=arn) | {"urn": association()["urn"] + name}

    here, north = in_("eu-west-1", ACCOUNT, "1"), in_("eu-north-1", ACCOUNT, "2")
    other = in_("eu-west-1", OTHER_ACCOUNT, "3")

    assert list(identities_of_state(export(role(), here, north))) == [
        "eu-north-1/prod/payments/api",
        "eu-west-1/prod/payments/api",
    ]
    assert list(identities_of_state(export(role(), here, other))) == [
        f"{ACCOUNT}/eu-west-1/prod/payments/api",
        f"{OTHER_ACCOUNT}/eu-west-1/prod/payments/api",
    ]


def test_a_key_that_is_not_there_is_answered_with_those_that_are() -> None:
    identities = identities_of_state(export(role(), association()))

    with pytest.raises(KeyError, match=r'There is no identity "payment/api". There is "payments/api"'):
        identities["payment/api"]
    with pytest.raises(KeyError, match="There are no identities"):
        identities_of_state(export(role()))["payments/api"]
    assert identities.get("payment/api") is None


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("account", {"associationArn": "arn:aws:eks:eu-west-1:1:podidentityassociation/dev/a-1"}),
        ("region", {"associationArn": "arn:aws:eks:Ireland:111122223333:podidentityassociation/dev/a-1"}),
        ("cluster", {"clusterName": "arn:aws:eks:eu-west-1:111122223333:cluster/dev"}),
        ("namespace", {"namespace": "Payments"}),
        ("service_account", {"serviceAccount": "*"}),
    ],
)
def test_a_name_that_aws_cannot_have_given_is_unknown(part: str, changes: dict[str, str]) -> None:
    (identity,) = identities_of_state(export(role(), policy(), association(**changes))).values()

    assert getattr(identity, part) is UNKNOWN
    assert str(identity.decide("s3:GetObject", "arn:aws:s3:::invoices/a"))
