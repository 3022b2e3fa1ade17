"""Labels and annotations are checked by the rules of the Kubernetes API server."""

import pytest

from eks_pod_identity.errors import RuleError
from eks_pod_identity.values import labels


@pytest.mark.parametrize("key", ["team", "Team_1.x", "example.com/team", "app.kubernetes.io/name", "a" * 63])
def test_a_key(key: str):
    assert labels.label_key(key) == key
    assert labels.annotation_key(key) == key


@pytest.mark.parametrize(
    "key",
    ["", "-team", "team-", "a b", "a/b/c", "/team", "example.com/", "-x/team", "a" * 64, f"{'a' * 254}/team", "é"],
)
def test_what_is_no_key(key: str):
    for check in (labels.label_key, labels.annotation_key):
        with pytest.raises(RuleError, match="is not a valid key"):
            check(key)


def test_the_domain_of_an_annotation_may_have_capital_letters():
    assert labels.annotation_key("Example.com/Team") == "Example.com/Team"
    with pytest.raises(RuleError):
        labels.label_key("Example.com/Team")


@pytest.mark.parametrize("value", ["", "payments", "Payments_1.x-y", "a" * 63])
def test_a_value_of_a_label(value: str):
    assert labels.label_value(value) == value


@pytest.mark.parametrize("value", [" ", "Payments (EU)", "-a", "a.", "a/b", "a" * 64, "é", 5])
def test_what_is_no_value_of_a_label(value: object):
    with pytest.raises(RuleError):
        labels.label_value(value)
