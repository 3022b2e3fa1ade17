"""PI206, PI301, PI304 and PI305 as a reviewer would attack them: other principals, boundaries, other providers."""

from typing import Any

import pytest

from eks_pod_identity.rules.resource import ASSOCIATION, POLICY, ROLE, ROLE_POLICY_ATTACHMENTS_EXCLUSIVE
from eks_pod_identity.rules.rule import Example
from eks_pod_identity.rules.samples import (
    ACCOUNT,
    EXTERNAL_ID,
    SCOPED_BY_CLUSTER,
    SOURCE_ROLE_ARN,
    TARGET_ACCOUNT,
    TARGET_ROLE_ARN,
    agent,
    association,
    document,
    role,
    role_policy,
    target_role,
    target_trust,
    trust,
)
from policy_harness import MODES, UNKNOWN, Result, analyze_stack, run, stack_resource, urn_of

ASSUME = {"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Resource": TARGET_ROLE_ARN}
INSTANCES = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
ROOT = f"arn:aws:iam::{ACCOUNT}:root"


def judge(preview: bool = False, **resources: Any) -> Result:
    return run(Example({key: value for key, value in resources.items() if value is not None}), preview=preview)


def chain(preview: bool = False, **changes: Any) -> Result:
    resources = {
        "role": role(trust()),
        "assume": role_policy(document(ASSUME)),
        "target": target_role(target_trust()),
        "association": association(targetRoleArn="${target.arn}"),
        "agent": agent(),
    }
    return judge(preview, **(resources | changes))


def managed_policy(*statements: dict[str, Any], name: str = "managed") -> dict[str, Any]:
    return {"type": POLICY, "properties": {"name": name, "policy": document(*statements)}}


# PI206


@MODES
def test_a_statement_for_another_service_does_not_replace_the_tags(preview: bool):
    both = document(trust()["Statement"][0], INSTANCES)

    result = judge(preview, role=role(both), association=association(disableSessionTags=True), agent=agent())

    assert result.codes == {"PI206"}


def test_a_statement_for_a_service_does_not_replace_the_tags_of_a_target():
    asks = target_trust()
    asks["Statement"][0]["Condition"] = {"StringEquals": {"aws:RequestTag/kubernetes-namespace": "payments"}}
    asks["Statement"].append(INSTANCES)
    off = association(targetRoleArn="${target.arn}", disableSessionTags=True)

    assert chain(role=role(trust(Condition=SCOPED_BY_CLUSTER)), association=off, target=target_role(asks)).codes == {
        "PI206"
    }


def test_a_role_that_is_source_and_target_is_judged_as_both():
    """As a source role it requires tags of pods. As a target role it requires nothing of the source role."""
    both = document(*trust()["Statement"], *target_trust(external_id="x")["Statement"])
    shared = role(both)
    as_target = association(roleArn=SOURCE_ROLE_ARN, targetRoleArn="${shared.arn}", disableSessionTags=True)

    assert (
        "PI206"
        in judge(shared=shared, association=association(roleArn="${shared.arn}", disableSessionTags=True)).codes
    )
    assert (
        "PI206"
        not in judge(
            shared=role(both, name="other"), association=as_target, source=role(trust(Condition=SCOPED_BY_CLUSTER))
        ).codes
    )


# PI301


@MODES
def test_a_target_of_the_account_that_names_the_source_role_needs_no_permission(preview: bool):
    """The source role needs a permission only if the trust policy names the account."""
    mine = role(target_trust(principal=SOURCE_ROLE_ARN), name="invoices-reader")

    result = chain(preview, assume=None, target=mine)

    assert "PI301" not in result.codes
    assert ("PI301" in result.open_codes) is preview


def test_a_denial_holds_where_the_target_names_the_source_role():
    mine = role(target_trust(principal=SOURCE_ROLE_ARN), name="invoices-reader")
    never = role_policy(document({"Effect": "Deny", "Action": "sts:*", "Resource": "*"}))

    assert "PI301" in chain(target=mine, assume=never).codes


def test_a_target_of_another_account_that_names_the_source_role_needs_the_permission():
    assert "PI301" in chain(assume=None, target=target_role(target_trust(principal=SOURCE_ROLE_ARN))).codes


def test_a_target_that_names_another_role_needs_the_permission():
    other = role(target_trust(principal=f"arn:aws:iam::{ACCOUNT}:role/other"), name="invoices-reader")

    assert "PI301" in chain(assume=None, target=other).codes


@MODES
def test_a_principal_that_is_not_known_yet_may_be_the_source_role(preview: bool):
    unknown = document(
        {"Effect": "Allow", "Principal": {"AWS": UNKNOWN}, "Action": ["sts:AssumeRole", "sts:TagSession"]}
    )

    result = chain(preview, assume=None, target=role(unknown, name="invoices-reader"))

    assert "PI301" not in result.codes
    assert "PI301" in result.open_codes


@MODES
@pytest.mark.parametrize(
    ("statements", "reported"),
    [
        ([{"Effect": "Allow", "Action": "*", "Resource": "*"}], False),
        ([{"Effect": "Allow", "Action": "sts:*", "Resource": TARGET_ROLE_ARN}], False),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], False),
        ([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}], True),
        ([{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}], True),
        (
            [
                {"Effect": "Allow", "Action": "*", "Resource": "*"},
                {"Effect": "Deny", "Action": "sts:TagSession", "Resource": "*"},
            ],
            True,
        ),
    ],
)
def test_a_boundary_of_the_stack_counts(preview: bool, statements: list[dict[str, Any]], reported: bool):
    bounded = role(trust(), permissionsBoundary="${boundary.arn}")

    result = chain(preview, role=bounded, boundary=managed_policy(*statements, name="boundary"))

    assert ("PI301" in result.codes) is reported
    assert ("PI301" in result.open_codes) is preview


def test_a_boundary_that_is_not_known_yet_leaves_the_question_open():
    bounded = role(trust(), permissionsBoundary="${boundary.arn}")
    unknown = {"type": POLICY, "properties": {"name": "boundary", "policy": UNKNOWN}}

    assert "PI301" in chain(role=bounded, boundary=unknown).open_codes


def test_a_boundary_of_another_program_is_not_guessed():
    bounded = role(trust(), permissionsBoundary=f"arn:aws:iam::{ACCOUNT}:policy/elsewhere")

    result = chain(role=bounded)

    assert result.codes == set()
    assert result.open_codes == {"PI301"}


@MODES
def test_permissions_of_an_exclusive_list_count(preview: bool):
    exclusive = {
        "type": ROLE_POLICY_ATTACHMENTS_EXCLUSIVE,
        "properties": {"roleName": "${role.name}", "policyArns": ["${managed.arn}"]},
    }
    unknown = {**exclusive, "properties": {"roleName": "${role.name}", "policyArns": UNKNOWN}}

    assert chain(preview, assume=None, managed=managed_policy(ASSUME), exclusive=exclusive).codes == set()
    assert "PI301" in chain(preview, assume=None, exclusive=unknown).open_codes
    assert "PI301" in chain(preview, assume=None, managed=managed_policy(ASSUME)).codes


@MODES
@pytest.mark.parametrize(
    ("tags", "reported"), [({"reads": "invoices-reader"}, False), ({"reads": "x"}, True), ({}, True)]
)
def test_variables_in_a_resource_may_stand_for_the_target(preview: bool, tags: dict[str, str], reported: bool):
    by_variable = {
        **ASSUME,
        "Resource": f"arn:aws:iam::{TARGET_ACCOUNT}:role/${{aws:PrincipalTag/reads}}",
    }
    source = role(trust(), tags=tags)

    assert ("PI301" in chain(preview, role=source, assume=role_policy(document(by_variable))).codes) is reported


# PI301 from the target's side


def target_admitting(*statements: dict[str, Any]) -> dict[str, Any]:
    return target_role(document(*statements))


ANY_ROLE = {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/payments-*"}}
ADMIT = {
    "Effect": "Allow",
    "Principal": {"AWS": ROOT},
    "Action": ["sts:AssumeRole", "sts:TagSession"],
    "Condition": ANY_ROLE,
}


@MODES
@pytest.mark.parametrize(
    ("statements", "refused"),
    [
        ([ADMIT], ""),
        ([{**ADMIT, "Action": "sts:*"}], ""),
        ([{**ADMIT, "Action": "sts:AssumeRole"}, {**ADMIT, "Action": "sts:TagSession"}], ""),
        ([{**ADMIT, "Principal": {"AWS": SOURCE_ROLE_ARN}}], ""),
        ([{**ADMIT, "Principal": {"AWS": "AROAEXAMPLE"}}], ""),
        ([{**ADMIT, "Principal": {"AWS": UNKNOWN}}], ""),
        ([{**ADMIT, "Action": ["sts:AssumeRole", UNKNOWN]}], ""),
        ([{**ADMIT, "Effect": UNKNOWN}], ""),
        ([UNKNOWN, {**ADMIT, "Action": "sts:AssumeRole"}], ""),
        ([{**ADMIT, "Action": "sts:AssumeRole"}], "sts:TagSession"),
        ([{**ADMIT, "Action": "sts:TagSession"}], "sts:AssumeRole"),
        ([trust()["Statement"][0]], "sts:AssumeRole and sts:TagSession"),
        ([{**ADMIT, "Effect": "Deny"}], "sts:AssumeRole and sts:TagSession"),
        (
            [{**ADMIT, "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/other"}}],
            "sts:AssumeRole and sts:TagSession",
        ),
    ],
)
def test_what_a_target_does_not_allow_to_the_source_role(preview: bool, statements: list[Any], refused: str):
    sentences = [diagnostic.message for diagnostic in chain(preview, target=target_admitting(*statements)).of("PI301")]

    assert [sentence.partition(": ")[0] for sentence in sentences] == (
        [f'[PI301] The role "target" does not allow {refused} to the source role of the association "association"']
        if refused
        else []
    )


def test_a_target_that_admits_another_account_is_reported_once_the_account_is_known():
    another = target_admitting({**ADMIT, "Principal": {"AWS": TARGET_ACCOUNT}, "Condition": {}})

    assert "PI301" not in chain(preview=True, target=another).codes
    assert "PI301" in chain(target=another).codes


def test_nothing_is_tagged_while_session_tags_are_off():
    off = association(targetRoleArn="${target.arn}", disableSessionTags=True)
    assumes = target_admitting({**ADMIT, "Action": "sts:AssumeRole"})

    assert "PI301" not in chain(role=role(trust(Condition=SCOPED_BY_CLUSTER)), association=off, target=assumes).codes


@MODES
def test_the_trust_of_a_target_on_the_source_role_is_found_through_the_association(preview: bool):
    assert judge(preview, role=role(target_trust()), association=association(), agent=agent()).codes == {"PI101"}


# PI304


@pytest.mark.parametrize(
    ("statement", "reported"),
    [
        (INSTANCES, True),
        ({**INSTANCES, "Principal": {"AWS": f"arn:aws:iam::{TARGET_ACCOUNT}:root"}}, True),
        ({**INSTANCES, "Principal": {"AWS": TARGET_ACCOUNT}}, True),
        ({**INSTANCES, "Principal": {"Federated": "arn:aws:iam::444455556666:saml-provider/a"}}, True),
        ({**INSTANCES, "Principal": {"AWS": ROOT}}, False),
        ({**INSTANCES, "Principal": {"AWS": [ACCOUNT]}}, False),
        ({**INSTANCES, "Principal": {"AWS": "AROAEXAMPLE"}}, False),
        ({**INSTANCES, "Principal": "*"}, False),
        ({**INSTANCES, "Principal": {"AWS": UNKNOWN}}, False),
    ],
)
def test_only_a_statement_for_the_source_role_replaces_the_external_id(statement: dict[str, Any], reported: bool):
    other = target_trust(external_id=f"eu-west-1/{ACCOUNT}/dev/payments/worker")
    other["Statement"].append(statement)

    assert ("PI304" in chain(target=target_role(other)).codes) is reported


@pytest.mark.parametrize(
    ("condition", "reported"),
    [
        ({"StringEquals": {"sts:ExternalId": EXTERNAL_ID}}, False),
        ({"StringEquals": {"STS:externalid": [EXTERNAL_ID, "x"]}}, False),
        ({"StringEqualsIfExists": {"sts:ExternalId": EXTERNAL_ID}}, False),
        ({"StringEqualsIfExists": {"sts:ExternalId": "x"}}, True),
        ({"ForAllValues:StringEquals": {"sts:ExternalId": "x"}}, True),
        ({"StringEquals": {"sts:ExternalId": EXTERNAL_ID}, "StringLike": {"sts:ExternalId": "us-*"}}, True),
        ({"StringEquals": {"sts:ExternalId": EXTERNAL_ID}, "StringLike": {"sts:ExternalId": "eu-*"}}, False),
        ({"StringLike": {"sts:ExternalId": "*"}}, False),
        ({"StringLike": {"sts:ExternalId": "eu-west-?/*/dev/payments/api"}}, False),
        ({"StringEquals": {"sts:ExternalId": f"eu-west-1/{ACCOUNT}/dev/payments/*"}}, True),
        ({"StringEqualsIgnoreCase": {"sts:ExternalId": EXTERNAL_ID.upper()}}, False),
        ({"StringEquals": {"sts:ExternalId": EXTERNAL_ID.upper()}}, True),
        ({"StringEquals": {"sts:ExternalId": "eu-west-1/${aws:PrincipalAccount}/dev/payments/api"}}, False),
        ({"StringNotEquals": {"sts:ExternalId": "x"}}, False),
        ({"Null": {"sts:ExternalId": "false"}}, False),
    ],
)
def test_the_value_that_an_external_id_is_compared_with(condition: dict[str, Any], reported: bool):
    compared = target_trust()
    compared["Statement"][0]["Condition"] = {"ArnEquals": {"aws:PrincipalArn": SOURCE_ROLE_ARN}, **condition}

    assert ("PI304" in chain(target=target_role(compared)).codes) is reported


# PI305


@pytest.mark.parametrize(
    ("provider", "reported", "opened"),
    [
        ({"allowedAccountIds": [TARGET_ACCOUNT]}, True, False),
        ({"allowedAccountIds": [ACCOUNT]}, False, False),
        ({"assumeRoles": [{"roleArn": f"arn:aws:iam::{TARGET_ACCOUNT}:role/deploy"}]}, True, False),
        ({}, False, True),
    ],
)
@pytest.mark.parametrize("how", ["configured", "by provider"])
def test_the_account_of_a_role_that_another_provider_makes(
    how: str, provider: dict[str, Any], reported: bool, opened: bool
):
    """At preview neither ARN is known, and the providers show the account of each."""
    own = {"allowedAccountIds": [ACCOUNT]} if how == "by provider" else {}
    elsewhere = stack_resource(ROLE, {"name": "a", "assumeRolePolicy": "{}"}, name="a", provider=provider)
    elsewhere.provider.urn = "urn:pulumi:dev::shop::pulumi:providers:aws::other"
    user = stack_resource(
        ASSOCIATION,
        {**association()["properties"], "roleArn": UNKNOWN},
        name="association",
        dependencies={"roleArn": [urn_of("a", ROLE)]},
        provider=own,
    )

    result = analyze_stack([elsewhere, user], config={"clusterAccount": ACCOUNT} if how == "configured" else {})

    assert ("PI305" in result.codes) is reported
    assert ("PI305" in result.open_codes) is opened


# PI101 through the association


def test_a_role_whose_trust_is_malformed_too_is_still_found_through_its_association():
    other = role(trust(Principal={"Service": "ec2.amazonaws.com"}, Condition=None, Action="sts:AssumeRole", Sid="a b"))

    assert judge(role=other, association=association(), agent=agent()).codes == {"PI101", "PI106"}
