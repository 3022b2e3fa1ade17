"""Tests as Pulumi's documentation shows them: mocks are set once, and each test creates what it needs."""

from collections.abc import Iterator
from typing import Any

import pulumi
import pytest
from pulumi.runtime import settings

from pulumi_eks_pod_identity import PodIdentity, PodIdentityInputError
from pulumi_eks_pod_identity.testing import Mocks, identities

ACCOUNT = "444455556666"


@pytest.fixture(autouse=True)
def _mocks() -> Iterator[None]:
    pulumi.runtime.set_mocks(Mocks(account=ACCOUNT))
    yield
    settings.ROOT.set(None)


def make(name: str = "api", **arguments: Any) -> PodIdentity:
    args: Any = {"cluster_name": "prod", "namespace": "payments", "service_account": "api", **arguments}
    return PodIdentity(name, args)


def role_arn() -> list[str]:
    arns: list[str] = []

    @pulumi.runtime.test
    def one_test() -> pulumi.Output[None]:
        return make().role_arn.apply(arns.append)

    one_test()
    return arns


def test_the_next_test_may_create_the_same_component():
    first, second = role_arn(), role_arn()

    assert first == second
    assert first[0].startswith(f"arn:aws:iam::{ACCOUNT}:role/api-prod-")


def test_within_one_test_a_second_is_still_refused():
    @pulumi.runtime.test
    def one_test() -> None:
        make()
        with pytest.raises(PodIdentityInputError, match='"api" already has an association'):
            make("other")

    one_test()


def test_asking_for_identities_leaves_the_mocks_of_other_tests_alone():
    (api,) = identities(make, mocks=Mocks(account="777788889999")).values()

    assert api.account == "777788889999"
    assert role_arn()[0].split(":")[4] == ACCOUNT


def test_identities_can_be_asked_for_within_a_test():
    accounts: list[str] = []

    @pulumi.runtime.test
    def one_test() -> pulumi.Output[None]:
        assert list(identities(make)) == ["payments/api"]
        return make().role_arn.apply(lambda arn: accounts.append(arn.split(":")[4]))

    one_test()

    assert accounts == [ACCOUNT]
