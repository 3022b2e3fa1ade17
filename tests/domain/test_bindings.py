"""Bindings: their keys, their duplicates, and the external id EKS derives from them."""

from eks_pod_identity import bindings
from eks_pod_identity.bindings import Binding


def test_the_external_id_is_region_account_cluster_namespace_and_service_account():
    assert (
        bindings.external_id("us-west-2", "111122223333", "my-cluster", "default", "demo-app-sa")
        == "us-west-2/111122223333/my-cluster/default/demo-app-sa"
    )


def test_a_key_names_the_cluster_only_where_the_binding_does():
    assert bindings.key("payments", "api") == "payments/api"
    assert bindings.key("payments", "api", "green") == "green/payments/api"


def test_different_pairs_are_not_duplicates():
    assert (
        bindings.duplicates(
            [Binding("dev", "a", "b"), Binding("dev", "b", "a"), Binding("x", "a", "b", own_cluster=True)]
        )
        == []
    )


def test_a_repeated_pair_names_the_first_one():
    [problem] = bindings.duplicates([Binding("dev", "a", "b"), Binding("dev", "c", "d"), Binding("dev", "a", "b")])

    assert problem.path == ("bindings", 2)
    assert "bindings[0]" in problem.rule


def test_a_pair_is_repeated_when_one_of_them_names_the_default_cluster_itself():
    assert bindings.duplicates([Binding("dev", "a", "b"), Binding("dev", "a", "b", own_cluster=True)])


def test_two_bindings_that_would_have_one_name_in_the_program_are_refused():
    twice = bindings.duplicates([Binding("dev", "a", "b.c"), Binding("a", "b", "c", own_cluster=True)])

    assert "a.b.c" in twice[0].rule
