"""Tags that AWS accepts on every resource type of the components."""

import pytest

from eks_pod_identity.errors import RuleError
from eks_pod_identity.values import tags


def test_ordinary_tags_pass():
    assert tags.problems({"Environment": "dev", "cost:center/a": "4711"}) == []
    assert tags.tag_value("") == ""


@pytest.mark.parametrize("key", ["", "a" * 129, "aws:x", "AWS:x", "a*b", "kubernetes-namespace", "EKS-Cluster-Name"])
def test_keys_that_are_refused(key):
    with pytest.raises(RuleError):
        tags.tag_key(key)


@pytest.mark.parametrize("value", ["a" * 257, "aws:x", "a*b", 4711, None])
def test_values_that_are_refused(value):
    with pytest.raises(RuleError):
        tags.tag_value(value)


def test_the_fix_for_a_number_is_to_quote_it():
    with pytest.raises(RuleError, match="quotes"):
        tags.tag_value(4711)


def test_fifty_tags_pass_and_fifty_one_do_not():
    many = {f"k{number}": "v" for number in range(50)}

    assert tags.problems(many) == []
    assert "51 tags" in tags.problems(many | {"one-more": "v"})[0].rule


def test_keys_that_differ_by_case_only_are_one_key_to_iam():
    [problem] = tags.problems({"Owner": "a", "owner": "b"})

    assert problem.path == ("tags", "owner")
