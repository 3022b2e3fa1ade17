"""PI501 to PI504: the tags of one resource."""

import json
from typing import Any

import pytest

from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.finding import Finding, Verdict
from eks_pod_identity.rules.resource import ASSOCIATION, ROLE
from eks_pod_identity.rules.tags.judge import tag_verdicts
from eks_pod_identity.rules.tags.required import Required, expression
from verdicts import finding_codes, resource, unjudged_codes

# PI501, PI502, PI503

REQUIRED = (Required("Owner"), Required("Environment", ("dev", "prod")), Required("CostCenter", pattern="[0-9]{4}"))
TAGS = {"Owner": "payments", "Environment": "dev", "CostCenter": "4711"}


def tags(
    values: Any, *, resource_type: str = ROLE, provider: dict[str, Any] | None = None, **properties: Any
) -> list[Verdict]:
    tagged = resource(resource_type, provider=provider, tags=values, **properties)
    return list(tag_verdicts(tagged, REQUIRED))


def test_a_resource_with_all_tags_has_no_finding():
    assert tags(TAGS) == []


@pytest.mark.parametrize("values", [None, {}, "not a map", 7, {"Owner": "payments"}])
def test_missing_tags_are_named_in_one_finding(values: Any):
    (finding,) = [verdict for verdict in tags(values) if isinstance(verdict, Finding) and verdict.code == "PI501"]

    assert '"CostCenter"' in finding.problem


def test_a_key_in_another_case_is_missing_and_shown():
    (finding,) = tags({"owner": "a", "Environment": "dev", "CostCenter": "4711"})

    assert isinstance(finding, Finding)
    assert 'it has "owner"; keys are case-sensitive' in finding.problem


@pytest.mark.parametrize(
    "sources",
    [
        {"provider": {"defaultTags": json.dumps({"tags": TAGS})}},
        {"provider": {"defaultTags": {"tags": TAGS}}},
        {"tagsAll": TAGS},
        {"tagsAll": {**TAGS, "Owner": UNKNOWN}},
    ],
)
def test_the_effective_tags_count(sources: dict[str, Any]):
    assert tags({}, **sources) == []


def test_a_tag_of_the_resource_takes_precedence_over_a_default():
    assert finding_codes(tags({"Environment": "test"}, provider={"defaultTags": {"tags": TAGS}})) == ["PI502"]


def test_a_key_whose_value_is_unknown_is_present():
    verdicts = tags({**TAGS, "Owner": UNKNOWN, "Environment": UNKNOWN})

    assert finding_codes(verdicts) == []
    assert unjudged_codes(verdicts) == {"PI502"}


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ({"values": UNKNOWN}, {"PI501", "PI503", "PI504"}),
        ({"values": {}, "provider": {"defaultTags": UNKNOWN}}, {"PI501"}),
    ],
)
def test_unknown_tags_are_left_open(sources: dict[str, Any], expected: set[str]):
    verdicts = tags(**sources)

    assert finding_codes(verdicts) == []
    assert unjudged_codes(verdicts) == expected


def test_tags_that_the_provider_computes_hide_nothing():
    assert finding_codes(tags({}, tagsAll=UNKNOWN)) == ["PI501"]


@pytest.mark.parametrize(("key", "value"), [("Environment", "test"), ("CostCenter", "47110"), ("Environment", 7)])
def test_values_outside_what_is_allowed(key: str, value: object):
    assert finding_codes(tags({**TAGS, key: value})) == ["PI502"]


@pytest.mark.parametrize(
    ("resource_type", "tag", "reported"),
    [
        (ROLE, {"aws:thing": "a"}, True),
        (ROLE, {"AWS:thing": "a"}, True),
        (ASSOCIATION, {"thing": "aws:a"}, True),
        (ROLE, {"thing": "aws:a"}, False),
        (ROLE, {"kubernetes-namespace": "a"}, True),
        (ROLE, {"EKS-Cluster-Arn": "a"}, True),
        (ASSOCIATION, {"kubernetes-namespace": "a"}, False),
        (ROLE, {"kubernetes-team": "a"}, False),
    ],
)
def test_reserved_keys(resource_type: str, tag: dict[str, str], reported: bool):
    assert ("PI503" in finding_codes(tags({**TAGS, **tag}, resource_type=resource_type))) is reported


def test_other_types_are_not_judged():
    assert tags({}, resource_type="aws:s3/bucket:Bucket") == []


def test_an_invalid_regular_expression_is_named():
    """The syntax is that of RE2, which has no look-ahead."""
    with pytest.raises(ValueError, match=r"invalid perl operator"):
        expression("(?=a)b")
