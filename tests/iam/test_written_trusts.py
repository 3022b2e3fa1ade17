"""The trust policies of the components admit exactly the intended callers.

Callers and expectations are made from the inputs and never from reading the document: every combination of clusters,
namespaces, ServiceAccounts and accounts that are bound, and of strangers.
"""

import itertools

import pytest

from eks_pod_identity.bindings import Binding, external_id
from eks_pod_identity.documents.source_trust import TrustScope, source_trust
from eks_pod_identity.documents.target_trust import source_permission, target_trust
from eks_pod_identity.iam.admission import admits_association, admits_second_hop, opens_to_account
from eks_pod_identity.iam.document import parse
from eks_pod_identity.iam.evaluate import Effect, evaluate
from eks_pod_identity.iam.request import Association, session_of, target_requests

ACCOUNT, REGION, PARTITION = "111122223333", "eu-west-1", "aws"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/workloads/api"
TARGET = "arn:aws:iam::444455556666:role/data"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/{'A' * 32}"
BINDINGS = {
    "one": [("prod", "payments", "api")],
    "two accounts of a namespace": [("prod", "payments", "api"), ("prod", "payments", "worker")],
    "never the cross product": [("prod", "payments", "api"), ("prod", "orders", "worker")],
    "two clusters": [("blue", "payments", "api"), ("green", "payments", "api")],
    "two clusters, other names": [("blue", "payments", "api"), ("green", "orders", "worker")],
    "names with dots and digits": [("prod-1_a", "0", "a.b.c")],
    "many": [("prod", f"team-{number}", "api") for number in range(6)],
}
NAMES = {
    "cluster": ("prod", "blue", "green", "Prod", "prod-1_a", "pro"),
    "namespace": ("payments", "orders", "team-3", "0", "payment"),
    "service account": ("api", "worker", "a.b.c", "ap", "default"),
    "place": ((REGION, ACCOUNT, PARTITION), ("eu-west-2", ACCOUNT, PARTITION), (REGION, "444455556666", PARTITION)),
}
CALLERS = list(itertools.product(*NAMES.values()))


def caller(cluster: str, namespace: str, account: str, place: tuple[str, str, str], *, tags: bool) -> Association:
    region, owner, partition = place
    return Association(cluster, namespace, account, region, owner, partition, session_tags=tags)


def is_intended(
    scope: TrustScope, bound: list[tuple[str, str, str]], binding: tuple, *, tagged: bool, has_tags: bool
) -> bool:
    """Return whether the inputs intend to admit a caller, without reading the document."""
    cluster, namespace, account, (region, owner, partition) = binding
    if owner != ACCOUNT:
        return False
    if scope is TrustScope.ACCOUNT:
        return True
    if has_tags is not tagged or (region, partition) != (REGION, PARTITION):
        return False
    width = {TrustScope.CLUSTER: 1, TrustScope.NAMESPACE: 2, TrustScope.SERVICE_ACCOUNT: 3}[scope] if tagged else 1
    return (cluster, namespace, account)[:width] in {pair[:width] for pair in bound}


@pytest.mark.parametrize("irsa", [None, PROVIDER], ids=["alone", "beside IRSA"])
@pytest.mark.parametrize("tagged", [True, False], ids=["tags on", "tags off"])
@pytest.mark.parametrize("scope", list(TrustScope))
@pytest.mark.parametrize("name", BINDINGS)
def test_a_source_trust_admits_the_bound_callers_and_nobody_else(
    name: str, scope: TrustScope, tagged: bool, irsa: str | None
) -> None:
    bound = BINDINGS[name]
    bindings = [Binding(*pair, session_tags=tagged) for pair in bound]
    document = parse(
        source_trust(
            scope, partition=PARTITION, region=REGION, account=ACCOUNT, bindings=bindings, irsa_provider_arn=irsa
        )
    )

    callers = [*CALLERS, *((*pair, NAMES["place"][0]) for pair in bound)]
    for binding in callers:
        for has_tags in (True, False):
            expected = is_intended(scope, bound, binding, tagged=tagged, has_tags=has_tags)
            answer = admits_association(document, caller(*binding, tags=has_tags), ROLE)
            assert answer.answer is expected, (binding, has_tags)


@pytest.mark.parametrize("name", BINDINGS)
@pytest.mark.parametrize("tagged", [True, False])
def test_a_target_trust_admits_the_source_role_for_the_bound_callers(name: str, tagged: bool) -> None:
    bound = BINDINGS[name]
    ids = [external_id(REGION, ACCOUNT, *pair) for pair in bound]
    document = parse(target_trust(ROLE, ids))

    for binding in [*CALLERS, *((*pair, NAMES["place"][0]) for pair in bound)]:
        association = caller(*binding, tags=tagged)
        for role in (
            ROLE,
            f"arn:aws:iam::{binding[3][1]}:role/workloads/ap",
            f"arn:aws:iam::{binding[3][1]}:role/api",
        ):
            expected = role == ROLE and binding[:3] in bound and binding[3][:2] == (REGION, ACCOUNT)
            answer = admits_second_hop(document, association, session_of(association, role), TARGET)
            assert answer.answer is expected, (binding, role)
    assert opens_to_account(document, ACCOUNT).answer is False


@pytest.mark.parametrize("tagged", [True, False])
def test_the_source_permission_allows_the_target_and_no_other_role(tagged: bool) -> None:
    document = parse(source_permission(TARGET))
    association = caller("prod", "payments", "api", NAMES["place"][0], tags=tagged)

    for target, effect in ((TARGET, Effect.ALLOW), (f"{TARGET}base", Effect.IMPLICIT_DENY)):
        requests = target_requests(association, session_of(association, ROLE), target)
        assert len(requests) == (2 if tagged else 1)
        assert {evaluate(document, request).effect for request in requests} == {effect}
