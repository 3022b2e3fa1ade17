"""How a stack policy identifies resources, by account, region, name or ARN, and when it cannot."""

import json
from typing import Any

import pytest

from eks_pod_identity.rules.resource import (
    ADDON,
    ASSOCIATION,
    CLUSTER,
    POLICY,
    ROLE,
    ROLE_POLICY_ATTACHMENT,
    SERVICE_ACCOUNT,
)
from eks_pod_identity.rules.rule import Example
from eks_pod_identity.rules.samples import (
    ACCOUNT,
    SCOPED_BY_CLUSTER,
    SOURCE_ROLE_ARN,
    TARGET_ACCOUNT,
    TARGET_ROLE_ARN,
    agent,
    association,
    attachment,
    document,
    role,
    role_policy,
    target_role,
    target_trust,
    trust,
)
from policy_harness import UNKNOWN, Result, analyze_stack, run, stack_resource, urn_of

ASSUME = {"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Resource": TARGET_ROLE_ARN}


def judge(preview: bool = False, **resources: Any) -> Result:
    return run(Example(resources), preview=preview)


def judge_chain(preview: bool = False, **changes: Any) -> Result:
    resources = {
        "role": role(trust()),
        "target": target_role(target_trust()),
        "association": association(targetRoleArn="${target.arn}"),
        "agent": agent(),
    }
    return judge(preview, **(resources | changes))


# Clusters


@pytest.mark.parametrize(
    ("left", "right", "reported"),
    [
        (("a", {}), ("a", {}), True),
        (("a", {}), ("b", {}), False),
        (("a", {"allowedAccountIds": [ACCOUNT]}), ("b", {"allowedAccountIds": [ACCOUNT]}), True),
        (("a", {"allowedAccountIds": [ACCOUNT]}), ("b", {"allowedAccountIds": [TARGET_ACCOUNT]}), False),
        (
            ("a", {"allowedAccountIds": [ACCOUNT], "region": "eu-west-1"}),
            ("b", {"allowedAccountIds": [ACCOUNT], "region": "us-east-1"}),
            False,
        ),
        (
            ("a", {"assumeRoles": [{"roleArn": "x"}, {"roleArn": SOURCE_ROLE_ARN}]}),
            ("b", {"assumeRoles": [{"roleArn": TARGET_ROLE_ARN}, {"roleArn": SOURCE_ROLE_ARN}]}),
            True,
        ),
    ],
)
def test_two_associations_are_one_in_one_account_and_region(left: Any, right: Any, reported: bool):
    stack = []
    for name, (provider, properties) in (("one", left), ("two", right)):
        resource = stack_resource(ASSOCIATION, association(roleArn="x")["properties"], name=name, provider=properties)
        resource.provider.urn = f"urn:pulumi:dev::shop::pulumi:providers:aws::{provider}"
        stack.append(resource)

    assert ("PI401" in analyze_stack(stack).codes) is reported


@pytest.mark.parametrize(("count", "codes"), [(1, {"PI401"}), (2, set())])
def test_a_cluster_is_the_one_that_the_name_depends_on(count: int, codes: set[str]):
    """The name is not known yet. It may come from two clusters, so the rule chooses neither."""
    clusters = [stack_resource(CLUSTER, {"name": UNKNOWN}, name=f"cluster-{number}") for number in range(count)]
    urns = [urn_of(f"cluster-{number}", CLUSTER) for number in range(count)]
    properties = association(clusterName=UNKNOWN, roleArn="x")["properties"]
    users = [
        stack_resource(
            ASSOCIATION, properties, name=name, dependencies={"clusterName": [urn_of("gone", ADDON), *urns]}
        )
        for name in ("one", "two")
    ]
    own = agent(clusterName=UNKNOWN)["properties"]
    addon = stack_resource(ADDON, own, name="agent", dependencies={"clusterName": urns})

    result = analyze_stack([*clusters, *users, addon])

    assert result.codes - {"PI205"} == codes


# Names and ARNs


@pytest.mark.parametrize(
    ("arn", "path", "reported"),
    [
        (SOURCE_ROLE_ARN, None, True),
        (f"arn:aws:iam::{ACCOUNT}:role/teams/a/payments-api", "/teams/a/", True),
        (f"arn:aws:iam::{ACCOUNT}:role/teams/a/payments-api", None, False),
        (SOURCE_ROLE_ARN, "/teams/", False),
    ],
)
def test_an_arn_refers_to_the_role_of_its_path_and_name_while_no_arn_is_known(
    arn: str, path: str | None, reported: bool
):
    candidate = role(trust(), path=path) if path else role(trust())
    user = association(roleArn=arn, targetRoleArn=TARGET_ROLE_ARN)

    assert ("PI301" in judge_chain(preview=True, role=candidate, association=user).codes) is reported


def test_a_known_arn_that_differs_refers_to_no_role():
    elsewhere = association(roleArn=f"arn:aws:iam::{TARGET_ACCOUNT}:role/payments-api", targetRoleArn=TARGET_ROLE_ARN)

    result = judge_chain(association=elsewhere)

    assert "PI301" not in result.open_codes
    assert [diagnostic.urn.rpartition("::")[2] for diagnostic in result.of("PI301")] == [
        "target"
    ]  # which trusts another account


def test_the_arn_of_another_resource_is_not_a_policy():
    assert "PI301" in judge_chain(other=attachment("${target.arn}")).open_codes


# Unknown links


@pytest.mark.parametrize(
    "inline",
    [UNKNOWN, [UNKNOWN], [{"name": "a", "policy": UNKNOWN}], [{"name": "a"}, "x"]],
    ids=["all", "one", "its policy", "no object"],
)
def test_inline_policies_that_are_not_known_leave_the_permission_open(inline: Any):
    assert "PI301" in judge_chain(role=role(trust(), inlinePolicies=inline)).open_codes


@pytest.mark.parametrize(
    "statement",
    [
        {**ASSUME, "Action": ["s3:*", UNKNOWN]},
        {**ASSUME, "Resource": [UNKNOWN]},
        {**ASSUME, "Effect": UNKNOWN},
        UNKNOWN,
    ],
    ids=["action", "resource", "effect", "statement"],
)
@pytest.mark.parametrize("preview", [True, False], ids=["preview", "applied"])
def test_a_part_of_a_policy_that_is_not_known_leaves_the_permission_open(statement: Any, preview: bool):
    result = judge_chain(preview, assume=role_policy(document(statement)))

    assert "PI301" not in result.codes
    assert "PI301" in result.open_codes


@pytest.mark.parametrize(
    "condition",
    [UNKNOWN, {"StringEquals": UNKNOWN}],
    ids=["conditions", "operator"],
)
def test_conditions_that_are_not_known_leave_the_tags_open(condition: Any):
    off: dict[str, Any] = {"association": association(disableSessionTags=True), "agent": agent()}
    permission = {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": condition}
    by_cluster = role(trust(Condition=SCOPED_BY_CLUSTER))

    assert judge(False, role=role(trust(Condition=condition)), **off).open_codes >= {"PI206"}
    assert judge(False, role=by_cluster, policy=role_policy(document(permission)), **off).open_codes == {"PI206"}


def test_a_resource_that_is_not_known_leaves_the_tags_open():
    permission = {"Effect": "Allow", "Action": "s3:*", "Resource": [UNKNOWN]}

    result = judge(
        role=role(trust(Condition=SCOPED_BY_CLUSTER)),
        policy=role_policy(document(permission)),
        association=association(disableSessionTags=True),
        agent=agent(),
    )

    assert result.open_codes == {"PI206"}


@pytest.mark.parametrize("tag", ["kubernetes-pod-name", "eks-cluster-arn"])
def test_each_family_of_session_tags_counts(tag: str):
    condition = {"StringLike": {f"aws:PrincipalTag/{tag}": "*"}}
    permission = {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": condition}

    result = judge(
        role=role(trust(Condition=SCOPED_BY_CLUSTER)),
        policy=role_policy(document(permission)),
        association=association(disableSessionTags=True),
        agent=agent(),
    )

    assert result.codes == {"PI206"}


def test_external_ids_that_are_not_known_are_left_open_beside_others():
    for condition in ({"StringEquals": {"sts:ExternalId": ["x", UNKNOWN]}}, {"StringEquals": UNKNOWN}):
        asks = target_trust()
        asks["Statement"][0]["Condition"] = condition

        result = judge_chain(target=target_role(asks))

        assert "PI304" not in result.codes
        assert "PI304" in result.open_codes


def test_names_of_the_external_id_that_are_not_known_fit_every_value():
    """The account is that of the role; if the namespace is not known, everything else must still match."""
    users = association(targetRoleArn="${target.arn}", namespace=UNKNOWN)
    other = target_trust(external_id=f"eu-west-1/{ACCOUNT}/prod/payments/api")

    assert "PI304" not in judge_chain(preview=True, association=users).codes
    assert "PI304" in judge_chain(preview=True, association=users, target=target_role(other)).codes


def test_malformed_bindings_of_a_component_name_no_cluster():
    odd = {
        "type": "eks-pod-identity:index:PodIdentity",
        "properties": {"clusterName": UNKNOWN, "bindings": ["x", {"clusterName": 7}, {"namespace": "a"}]},
    }

    assert "PI405" in judge(role=role(trust()), association=association(), odd=odd).codes


def test_metadata_that_is_not_an_object_is_not_a_service_account():
    odd = stack_resource("kubernetes:core/v1:ServiceAccount", {"metadata": "api"}, name="odd")
    user = stack_resource(ASSOCIATION, association(roleArn="x")["properties"], name="association")

    assert analyze_stack([odd, user]).codes == {"PI405"}


def test_a_role_without_a_document_raises_nothing():
    user = stack_resource(ASSOCIATION, association(roleArn="a")["properties"], name="association")

    result = analyze_stack([stack_resource(ROLE, {"name": "a", "assumeRolePolicy": json.dumps({})}, name="a"), user])

    assert result.codes == {"PI405"}


# PI601 and PI602


def managed_policy(name: str = "reads") -> dict[str, Any]:
    return {"type": POLICY, "properties": {"name": name, "policy": document(ASSUME)}}


@pytest.mark.parametrize("preview", [True, False], ids=["preview", "applied"])
def test_a_policy_is_the_same_by_reference_and_by_its_arn(preview: bool):
    by_arn = attachment(f"arn:aws:iam::{ACCOUNT}:policy/reads")

    result = judge(preview, role=role(trust()), reads=managed_policy(), one=attachment("${reads.arn}"), two=by_arn)

    assert result.codes == (set() if preview else {"PI601"})
    assert result.open_codes == ({"PI601"} if preview else set())


def test_two_policies_are_not_the_same():
    both = {"reads": managed_policy(), "writes": managed_policy("writes")}

    result = judge(False, role=role(trust()), **both, one=attachment("${reads.arn}"), two=attachment("${writes.arn}"))

    assert result.codes == set()


def test_a_policy_that_is_not_known_does_not_hide_what_is_attached_twice():
    read = "arn:aws:iam::aws:policy/ReadOnlyAccess"

    result = judge(role=role(trust()), a=attachment(UNKNOWN), b=attachment(read), c=attachment(read))

    assert result.codes == {"PI601"}
    assert [diagnostic.message for diagnostic in result.diagnostics if not diagnostic.is_finding] == [
        '[PI601] The attachment "a", policyArn, could not be judged: the policy that it attaches is not known yet.'
    ]


def test_an_attachment_without_known_inputs_is_reported_with_its_location():
    unseen = stack_resource(ROLE, {"name": "r", "managedPolicyArns": UNKNOWN}, name="role")
    beside = stack_resource(ROLE_POLICY_ATTACHMENT, {"role": "r", "policyArn": "x"}, name="attachment")

    assert [diagnostic.message for diagnostic in analyze_stack([unseen, beside]).diagnostics] == [
        '[PI602] The role "role", managedPolicyArns, could not be judged: managedPolicyArns is not known yet.'
    ]


# PI304 and PI305


def test_an_empty_target_is_absent():
    assert judge_chain(association=association(targetRoleArn="")).diagnostics == ()


def test_the_account_of_the_external_id_is_that_of_the_role_where_nothing_else_tells():
    mine = association(roleArn=SOURCE_ROLE_ARN, targetRoleArn="${target.arn}")
    other = target_trust(external_id=f"eu-west-1/{TARGET_ACCOUNT}/dev/payments/api")

    assert "PI304" in judge_chain(preview=True, association=mine, target=target_role(other)).codes
    assert "PI304" not in judge_chain(preview=True, association=mine).codes


def test_an_unknown_account_is_reported_with_its_location():
    created = stack_resource(ROLE, {"name": "a", "assumeRolePolicy": "{}"}, name="a")
    created.provider.urn = "urn:pulumi:dev::shop::pulumi:providers:aws::other"
    user = stack_resource(
        ASSOCIATION,
        {**association()["properties"], "roleArn": UNKNOWN},
        name="user",
        dependencies={"roleArn": [urn_of("a", ROLE)]},
    )

    result = analyze_stack([created, user], config={"clusterAccount": ACCOUNT})

    assert [diagnostic.message for diagnostic in result.diagnostics if "PI305" in diagnostic.codes] == [
        '[PI305] The association "user", roleArn, could not be judged: the account of the role "a" is not known yet.'
    ]


def test_the_external_id_is_compared_with_its_case():
    users = association(targetRoleArn="${target.arn}", clusterName="Dev")
    right, wrong = (target_trust(external_id=f"eu-west-1/{ACCOUNT}/{name}/payments/api") for name in ("Dev", "dev"))

    assert "PI304" not in judge_chain(association=users, target=target_role(right)).codes
    assert "PI304" in judge_chain(association=users, target=target_role(wrong)).codes


# PI403 and PI407


def test_a_service_account_without_a_namespace_is_in_default():
    own = {"type": SERVICE_ACCOUNT, "properties": {"metadata": {"name": "apis"}}}
    user = association(roleArn="x", namespace="default")

    assert judge(own=own, association=user, agent=agent()).codes == {"PI407"}


@pytest.mark.parametrize("key", ["name", "namespace"])
def test_a_service_account_with_an_unknown_name_is_reported(key: str):
    own = {"type": SERVICE_ACCOUNT, "properties": {"metadata": {"name": "api", "namespace": "payments", key: UNKNOWN}}}

    assert judge(own=own, association=association(roleArn="x"), agent=agent()).open_codes == {"PI403", "PI407"}


# PI205


def test_a_role_of_another_program_is_shared_where_its_arn_is_the_same():
    same = {name: association(roleArn=SOURCE_ROLE_ARN, serviceAccount=name) for name in ("a", "b")}
    other = {"c": association(roleArn=TARGET_ROLE_ARN, serviceAccount="c")}

    (findings,) = judge(False, **same, **other, agent=agent()).of("PI205")

    assert "no session policy: a and b." in findings.message
