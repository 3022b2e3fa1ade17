"""The configuration of the policies: accepted values, refused values, and effects."""

import datetime as dt
from typing import Any

import pytest
from jsonschema import Draft7Validator
from pulumi.runtime import proto

from eks_pod_identity.rules.resource import ROLE
from eks_pod_identity.rules.rule import Level
from eks_pod_identity.rules.tags.required import Required
from eks_pod_identity_policies import POLICIES
from eks_pod_identity_policies.settings import Exemption, Settings, schema_of, settings_of
from policy_harness import analyze, servicer

EXEMPTION = {"match": "a", "codes": ["PI104"], "reason": "known", "expires": "2999-12-31"}
UNSCOPED = {
    "assumeRolePolicy": '{"Statement": [{"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"},'
    ' "Action": "sts:*"}]}'
}


def read(config: dict[str, Any], policy: str = "pod-identity-tags") -> Settings:
    return settings_of(policy, config)


def test_nothing_configured_is_the_default():
    assert read({}) == Settings()


def test_everything_configured():
    settings = read(
        {
            "levels": {"PI104": "off", "PI205": "mandatory"},
            "onUnknown": "fail",
            "exempt": [EXEMPTION],
            "requiredTags": {"Owner": [], "Env": ["dev"], "Cost": {"pattern": "[0-9]+"}},
            "remediateTags": {"Owner": "nobody"},
        }
    )

    assert settings.problems == ()
    assert settings.levels == {"PI104": Level.OFF, "PI205": Level.MANDATORY}
    assert settings.on_unknown == "fail"
    assert settings.required_tags == (Required("Cost", pattern="[0-9]+"), Required("Env", ("dev",)), Required("Owner"))
    assert settings.remediate_tags == {"Owner": "nobody"}
    assert settings.exemptions == (Exemption("a", frozenset({"PI104"}), "known", dt.date(2999, 12, 31)),)


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        ({"levels": {"PI999": "off"}}, 'levels: "PI999" is not the code of a rule'),
        ({"levels": {"PI104": "warn"}}, "levels.PI104 must be one of mandatory, advisory and off"),
        ({"levels": ["PI104"]}, "levels must be an object"),
        ({"onUnknown": "ignore"}, "onUnknown must be one of fail, warn and skip"),
        ({"exempt": {}}, "exempt must be a list"),
        ({"exempt": ["PI104"]}, "exempt[0] must be an object"),
        ({"exempt": [{**EXEMPTION, "reason": ""}]}, "exempt[0] lacks reason"),
        ({"exempt": [{**EXEMPTION, "reason": " \t"}]}, "exempt[0] lacks reason"),
        ({"exempt": [{**EXEMPTION, "match": "legacy-*"}]}, 'exempt[0].match "legacy-*" has a wildcard'),
        ({"exempt": [{**EXEMPTION, "match": "urn:*::Role::?"}]}, "has a wildcard"),
        (
            {"requiredTags": {"Owner": {"pattern": "(?=a)b"}}},
            "requiredTags.Owner.pattern must be a regular expression",
        ),
        ({"exempt": [{**EXEMPTION, "expires": "soon"}]}, "exempt[0].expires must be a day such as 2027-03-31"),
        ({"exempt": [{**EXEMPTION, "codes": ["PI999"]}]}, 'exempt[0].codes: "PI999" is not the code of a rule'),
        ({"exempt": [{**EXEMPTION, "until": "x"}]}, 'exempt[0] has "until", which is not a key of an exemption'),
        ({"exempt": [{**EXEMPTION, "match": 7}]}, "exempt[0].match must be a string"),
        ({"requiredTags": ["Owner", 7]}, "requiredTags must be a list of keys, or a map"),
        ({"requiredTags": "Owner"}, "requiredTags must be a list of keys, or a map"),
        ({"requiredTags": ["aws:owner"]}, "requiredTags.aws:owner: A tag key must not start with aws:"),
        ({"requiredTags": ["Team", "team"]}, 'requiredTags.team: "team" and "Team" are the same key to IAM'),
        ({"requiredTags": ["kubernetes-namespace"]}, "is a session tag that EKS sends"),
        ({"requiredTags": {"Team": ["Payments (EU)"]}}, "requiredTags.Team: A tag value contains only letters"),
        ({"remediateTags": {"Team": "Payments (EU)"}}, "remediateTags.Team: A tag value contains only letters"),
        ({"requiredTags": {"Owner": "a"}}, "requiredTags.Owner must be a list of allowed values"),
        ({"requiredTags": {"Owner": {"pattern": "("}}}, "requiredTags.Owner.pattern must be a regular expression"),
        ({"requiredTags": {"Owner": {"values": ["a"]}}}, "requiredTags.Owner.pattern must be a regular expression"),
        ({"remediateTags": {"Owner": 7}}, "remediateTags.Owner must be a string"),
        ({"requiredTag": []}, '"requiredTag" is not a setting of this policy; it has exempt, levels, onUnknown'),
        ({"clusterAccount": "111122223333"}, '"clusterAccount" is not a setting of this policy'),
    ],
)
def test_each_mistake_is_named(config: dict[str, Any], problem: str):
    assert any(problem in line for line in read(config).problems)


@pytest.mark.parametrize("account", ["11112222333", 111122223333, "account"])
def test_an_account_has_twelve_digits(account: object):
    assert read({"clusterAccount": account}, "pod-identity-stack").problems == (
        "clusterAccount must be twelve digits in quotes",
    )


def test_a_mistake_is_a_mandatory_violation_and_the_rest_still_counts():
    config = {"exempt": [{**EXEMPTION, "match": "*", "expires": "soon"}], "levels": {"PI104": "advisory"}}

    result = analyze(ROLE, UNSCOPED, config=config)

    trust = [diagnostic for diagnostic in result.diagnostics if diagnostic.policy == "pod-identity-trust"]
    assert [(diagnostic.level, diagnostic.message.split("]")[0]) for diagnostic in trust] == [
        ("mandatory", "[configuration"),
        ("advisory", "[PI104"),
    ]


@pytest.mark.parametrize("policy", [policy.name for policy in POLICIES])
def test_the_schema_of_each_policy_is_a_schema(policy: str):
    Draft7Validator.check_schema({"type": "object", "properties": schema_of(policy)})


@pytest.mark.parametrize(
    ("match", "name", "covered"),
    [
        ("*", "x", True),
        ("legacy-a", "legacy-a", True),
        ("legacy-*", "legacy-a", False),
        ("urn:pulumi:dev::shop::Role::a", "a", True),
        ("urn:pulumi:dev::shop::Role::a", "b", False),
        ("urn:*::Role::a", "a", False),
        ("a", "ab", False),
    ],
)
def test_what_an_exemption_covers(match: str, name: str, covered: bool):
    exemption = Exemption(match, frozenset({"PI104"}), "r", dt.date(2999, 1, 1))

    assert exemption.covers("PI104", f"urn:pulumi:dev::shop::Role::{name}", name) is covered
    assert not exemption.covers("PI105", f"urn:pulumi:dev::shop::Role::{name}", name)


def test_an_exemption_holds_through_its_last_day():
    today = dt.datetime.now(dt.UTC).date()

    assert not Exemption("*", frozenset(), "r", today).is_expired()
    assert Exemption("*", frozenset(), "r", today - dt.timedelta(days=1)).is_expired()


def test_a_valid_exemption_takes_precedence_over_an_expired_one():
    exempt = [
        {**EXEMPTION, "match": "*", "expires": "2001-01-01"},
        {**EXEMPTION, "match": "subject", "reason": "longer"},
    ]

    result = analyze(ROLE, UNSCOPED, config={"exempt": exempt})

    assert result.codes == set()
    assert "longer" in result.reasons()


def test_an_exemption_covers_what_could_not_be_judged_too():
    exempt = [{**EXEMPTION, "match": "*"}]
    document = '{"Statement": [{"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}}]}'
    unknown = {"assumeRolePolicy": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}

    assert "PI104" in analyze(ROLE, unknown).open_codes
    assert "PI104" not in analyze(ROLE, unknown, config={"exempt": exempt}).open_codes
    assert analyze(ROLE, {"assumeRolePolicy": document}, config={"exempt": exempt}).codes == {"PI101", "PI106"}


# Levels


def test_a_policy_that_is_advisory_reports_only_advisories():
    pack = servicer({"levels": {"PI104": "mandatory"}}, level=proto.ADVISORY)

    assert {diagnostic.level for diagnostic in analyze(ROLE, UNSCOPED, pack=pack).diagnostics} == {"advisory"}


def test_a_policy_that_is_disabled_reports_nothing():
    pack = servicer(level=proto.DISABLED)

    assert analyze(ROLE, UNSCOPED, pack=pack).diagnostics == ()


@pytest.mark.parametrize(("on_unknown", "levels"), [("warn", {"advisory"}), ("fail", {"mandatory"}), ("skip", set())])
def test_what_is_not_known_has_the_level_that_is_configured(on_unknown: str, levels: set[str]):
    unknown = {"assumeRolePolicy": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}

    result = analyze(ROLE, unknown, config={"onUnknown": on_unknown})

    assert {diagnostic.level for diagnostic in result.diagnostics} == levels


def test_a_rule_that_is_off_is_not_reported_as_unjudged():
    unknown = {"assumeRolePolicy": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}
    off = dict.fromkeys(("PI101", "PI102", "PI103", "PI104", "PI105", "PI106"), "off")

    assert analyze(ROLE, unknown, config={"levels": off}).diagnostics == ()


def test_fixes_speak_to_users_of_the_components_where_a_component_made_the_resource():
    raw = analyze(ROLE, UNSCOPED)
    own = analyze(ROLE, UNSCOPED, parents="eks-pod-identity:index:PodIdentity$")

    assert "Add a condition: aws:SourceAccount" in raw.of("PI104")[0].message
    assert "Use `trust_scope`" in own.of("PI104")[0].message
