"""The check of the trust policy that the library generates."""

from typing import Any

import pytest

from eks_pod_identity.bindings import Binding
from eks_pod_identity.documents.source_trust import TrustScope, source_trust
from pulumi_eks_pod_identity._validation.admission import verify_written_trust

PLACE: Any = {"partition": "aws", "region": "eu-west-1", "account": "111122223333"}
BOUND = Binding("dev", "payments", "api")
ANOTHER = Binding("dev", "payments", "worker")


def written_trust(scope: TrustScope, *bindings: Binding) -> Any:
    return source_trust(scope, bindings=bindings, **PLACE)


@pytest.mark.parametrize("scope", TrustScope)
@pytest.mark.parametrize("session_tags", [True, False])
def test_the_policies_that_the_library_writes_pass(scope: TrustScope, session_tags: bool):
    bindings = [Binding("dev", "payments", name, session_tags) for name in ("api", "worker", "service-account")]

    verify_written_trust(written_trust(scope, *bindings), bindings, scope, **PLACE)


def test_a_binding_that_is_not_admitted_is_a_bug():
    trust = written_trust(TrustScope.SERVICE_ACCOUNT, BOUND)

    with pytest.raises(RuntimeError, match=r"does not admit its own binding: ServiceAccount worker.*This is a bug"):
        verify_written_trust(trust, [BOUND, ANOTHER], TrustScope.SERVICE_ACCOUNT, **PLACE)


@pytest.mark.parametrize(
    ("wider", "scope"),
    [
        (TrustScope.NAMESPACE, TrustScope.SERVICE_ACCOUNT),
        (TrustScope.CLUSTER, TrustScope.NAMESPACE),
        (TrustScope.ACCOUNT, TrustScope.CLUSTER),
    ],
)
def test_another_caller_that_is_admitted_is_a_bug(wider: TrustScope, scope: TrustScope):
    trust = written_trust(wider, BOUND)

    with pytest.raises(RuntimeError, match=r"admits a stranger.*This is a bug"):
        verify_written_trust(trust, [BOUND], scope, **PLACE)


def test_a_tagged_association_that_a_trust_without_tags_admits_is_a_bug():
    untagged = Binding("dev", "payments", "api", session_tags=False)
    trust = written_trust(TrustScope.SERVICE_ACCOUNT, untagged)
    del trust["Statement"][0]["Condition"]["Null"]

    with pytest.raises(RuntimeError, match=r"admits a stranger.*session tags on"):
        verify_written_trust(trust, [untagged], TrustScope.SERVICE_ACCOUNT, **PLACE)


def test_a_trust_of_any_account_is_a_bug():
    trust = written_trust(TrustScope.ACCOUNT, BOUND)
    trust["Statement"][0]["Condition"] = {"StringLike": {"aws:SourceAccount": "*"}}

    with pytest.raises(RuntimeError, match="admits a stranger"):
        verify_written_trust(trust, [BOUND], TrustScope.ACCOUNT, **PLACE)
