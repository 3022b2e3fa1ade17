"""Which names are accepted, and which are refused with a reason."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eks_pod_identity.errors import RuleError
from eks_pod_identity.values import names


@pytest.mark.parametrize("name", ["a", "0", "kube-system", "a" * 63])
def test_a_label_is_a_namespace(name):
    assert names.namespace(name) == name


@pytest.mark.parametrize("name", ["", " ", "A", "-a", "a-", "a.b", "a_b", "a" * 64, "ä", "a\n", 5, None, True, ["a"]])
def test_what_is_not_a_label_is_not_a_namespace(name):
    with pytest.raises(RuleError):
        names.namespace(name)


@pytest.mark.parametrize("name", ["a", "a.b", "aws-node", "a" * 253, "0.1"])
def test_a_subdomain_is_a_service_account(name):
    assert names.service_account(name) == name


@pytest.mark.parametrize("name", ["a..b", ".a", "a.", "a" * 254, "Api", "system:serviceaccount:a:b"])
def test_what_is_not_a_subdomain_is_not_a_service_account(name):
    with pytest.raises(RuleError):
        names.service_account(name)


@pytest.mark.parametrize("check", [names.namespace, names.service_account])
@pytest.mark.parametrize("name", ["*", "preview-*", "a?"])
def test_a_wildcard_is_refused_with_the_reason_and_the_way_out(check, name):
    with pytest.raises(RuleError, match=r"wildcard.*exact name.*'bindings'"):
        check(name)


@pytest.mark.parametrize("name", ["dev", "a", "Prod_1", "a" * 100])
def test_a_cluster_name_may_have_capitals_and_underscores(name):
    assert names.cluster_name(name) == name


@pytest.mark.parametrize("name", ["arn:aws:eks:eu-west-1:111122223333:cluster/dev", "-a", "a" * 101, "a.b"])
def test_an_arn_is_not_a_cluster_name(name):
    with pytest.raises(RuleError, match="not the ARN"):
        names.cluster_name(name)


def test_a_role_name_has_at_most_64_characters():
    assert names.role_name("a" * 64)
    with pytest.raises(RuleError, match="65 characters"):
        names.role_name("a" * 65)


def test_the_fix_for_an_account_id_read_as_a_number_is_to_quote_it():
    with pytest.raises(RuleError, match="quotes"):
        names.account_id(111122223333)


@pytest.mark.parametrize("path", ["/", "/workloads/", "/a/b/"])
def test_a_path_begins_and_ends_with_a_slash(path):
    assert names.role_path(path) == path


@pytest.mark.parametrize("path", ["workloads", "/workloads", "//a b/", "/" + "a" * 511 + "/"])
def test_other_paths_are_refused(path):
    with pytest.raises(RuleError):
        names.role_path(path)


def default_name(*parts, stack="dev"):
    return names.default_role_name(*parts, unique=("project", stack, *parts))


def test_a_default_role_name_is_readable_and_ends_in_a_hash():
    assert re.fullmatch(r"payments-api-dev-eu-west-1-[0-9a-f]{8}", default_name("payments-api", "dev", "eu-west-1"))


def test_a_long_default_role_name_keeps_its_beginning():
    name = default_name("a-workload-with-a-name-that-says-all" * 2, "dev", "eu-west-1")

    assert name.startswith("a-workload-with-a-name")
    assert len(name) == 64


def test_default_role_names_of_two_stacks_and_of_parts_that_join_alike_differ():
    assert default_name("api", "dev", stack="test") != default_name("api", "dev", stack="pr-7")
    assert default_name("api", "prod-blue") != default_name("api-prod", "blue")


@given(st.text(min_size=1), st.from_regex(r"[a-z][a-z0-9-]{0,99}", fullmatch=True))
def test_a_default_role_name_is_always_a_role_name(component, cluster):
    assert names.role_name(default_name(component, cluster, "eu-west-1"))


@given(st.text(min_size=60), st.text(min_size=60))
def test_long_default_role_names_of_different_components_differ(first, second):
    same = default_name(first, "dev") == default_name(second, "dev")

    assert same == (first == second)


def test_digits_of_other_scripts_are_refused():
    with pytest.raises(RuleError, match="not a valid AWS account id"):
        names.account_id("١١١١٢٢٢٢٣٣٣٣")
    with pytest.raises(RuleError, match="not a valid AWS region"):
        names.region("eu-west-٣")
