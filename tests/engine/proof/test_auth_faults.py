"""Faults of EKS Auth: how the agent on the node and the SDK in the pod handle them.

The agent asks EKS Auth up to three times and passes on the last answer with its status; what cannot change (no
association, no permission) it does not retry. The SDK asks the agent three times, a second apart, whatever the
answer. Source of the first is the agent's published code, of the second botocore's. A delete that still answers 409 is
in `test_faults.py`.
"""

import http.client
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from botocore.credentials import ContainerProvider
from botocore.exceptions import CredentialRetrievalError

from proof_case import REGION, Case, wait_until
from sandbox.eks import start_agent
from sandbox.faults import Fault, FaultProxy, Kind, Plan

ASSUME = "eks-auth:AssumeRoleForPodIdentity"
FOR_EVER = None
GUIDE = (Path(__file__).parents[3] / "docs" / "troubleshooting.md").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Node:
    """A node whose agent reaches EKS Auth through a proxy.

    Each pod on it has its own token, so nothing is cached.
    """

    case: Case
    proxy: FaultProxy
    agent: str

    def inject(self, kind: Kind, *, times: int | None, seconds: float = 0.0) -> None:
        """Inject this fault into the next *times* requests to EKS Auth."""
        self.proxy.operations.clear()
        self.proxy.plan = Plan([Fault(kind, ASSUME, times=times, seconds=seconds)])

    def stop_faults(self) -> None:
        """Let EKS Auth answer again."""
        self.proxy.plan = Plan([])

    @property
    def requests(self) -> int:
        """Return the number of requests to EKS Auth since the last fault began."""
        return len(self.proxy.operations)

    def variables(self, pod: str) -> dict[str, str]:
        """Return the environment of the container of a new pod with this name."""
        variables = self.case.variables(self.case.injected_pod(name=pod))
        return variables | {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{self.agent}/v1/credentials"}


@pytest.fixture
def proxy(case: Case) -> Iterator[FaultProxy]:
    case.associate(case.role("api", case.trust()))
    with FaultProxy(case.auth) as running:
        yield running


@pytest.fixture
def node(case: Case, proxy: FaultProxy) -> Iterator[Node]:
    yield from on_node(case, proxy)


def on_node(case: Case, proxy: FaultProxy, **settings: float) -> Iterator[Node]:
    """Yield a node; *settings* are those of its agent."""
    agent, address = start_agent(
        case.folder / "node", auth=proxy.url, cluster="main", account=case.account, region=REGION, **settings
    )
    yield Node(case, proxy, address)
    agent.stop()


def by_sdk(variables: dict[str, str]) -> str:
    """Return the access key that the SDK's own container step gets."""
    credentials = ContainerProvider(environ=variables).load()
    assert credentials is not None
    return credentials.get_frozen_credentials().access_key


def by_hand(variables: dict[str, str]) -> tuple[int, str]:
    """Return status and text of the agent's answer to a single request."""
    token = Path(variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]).read_text()
    address = urlsplit(variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"])
    connection = http.client.HTTPConnection(address.netloc, timeout=30)
    try:
        connection.request("GET", address.path, headers={"Authorization": token})
        answer = connection.getresponse()
        return answer.status, answer.read().decode().strip()
    finally:
        connection.close()


PASSING = {
    "throttled": (Kind.THROTTLE, 2),
    "server-error": (Kind.SERVER_ERROR, 2),
    "unavailable": (Kind.UNAVAILABLE, 1),
    "dropped": (Kind.DROP, 2),
    "lost-answer": (Kind.LOST_ANSWER, 1),
    "duplicate": (Kind.DUPLICATE, 1),
    "slow": (Kind.SLOW, 1),
}


def test_the_pod_does_not_see_an_error_that_ends_while_the_agent_retries(node: Node):
    """One request of the agent is enough for each."""
    for name, (kind, times) in PASSING.items():
        variables = node.variables(name)
        node.inject(kind, times=times, seconds=0.3)

        status, _ = by_hand(variables)

        assert (name, status) == (name, 200)
        assert len(node.proxy.plan.injected) == times


def test_the_sdk_retries_after_the_agent_has_given_up(node: Node):
    """Four refusals: three end the SDK's first request, and its second is answered."""
    variables = node.variables("workload")
    node.inject(Kind.THROTTLE, times=4)

    assert by_sdk(variables).startswith("ASIA")
    assert node.requests == 5


LASTING = {
    "throttled": (Kind.THROTTLE, 429, r"\[[\w-]+\]: \(ThrottlingException\): Rate exceeded, fault: client"),
    "server-error": (Kind.SERVER_ERROR, 500, r"\[[\w-]+\]: \(InternalServerException\): .*, fault: server"),
    "unavailable": (Kind.UNAVAILABLE, 503, r"\[[\w-]+\]: \(ServiceUnavailableException\): .*, fault: server"),
    "dropped": (Kind.DROP, 500, r"\[\]"),
}


def test_a_lasting_error_reaches_the_pod_with_its_status(node: Node):
    """After three tries. Without any answer, the agent returns 500."""
    for name, (kind, status, text) in LASTING.items():
        variables = node.variables(name)
        node.inject(kind, times=FOR_EVER)

        answer = by_hand(variables)

        assert answer[0] == status
        assert re.fullmatch(text, answer[1]), answer[1]
        assert node.requests == 3
        assert f"Received non 200 response {status} from container metadata: {text_of_guide(answer[1])}" in GUIDE


def text_of_guide(answer: str) -> str:
    """Return the beginning of the agent's answer in `docs/troubleshooting.md`."""
    return re.sub(r"\[[\w-]+\]", "[…]", answer).partition("Exception)")[0]


def test_after_an_outage_the_pod_gets_its_credentials_without_being_recreated(node: Node):
    variables = node.variables("workload")
    node.inject(Kind.UNAVAILABLE, times=FOR_EVER)
    with pytest.raises(CredentialRetrievalError, match="Error retrieving metadata"):
        by_sdk(variables)

    node.stop_faults()

    assert by_sdk(variables).startswith("ASIA")


def test_the_agent_gives_up_on_an_eks_auth_that_does_not_answer_in_a_second(case: Case, proxy: FaultProxy):
    """The real one's limit; the SDK's own is two seconds, so that it asks again meanwhile."""
    for node in on_node(case, proxy, timeout_seconds=1):
        variables = node.variables("workload")
        node.inject(Kind.TIMEOUT, times=FOR_EVER, seconds=1.5)

        assert by_hand(variables) == (500, "[]")
        assert node.requests == 3


def test_an_association_that_eks_auth_does_not_know_yet_is_waited_for_by_the_sdk_for_two_seconds(node: Node):
    """The agent passes the 404 on at once; the SDK's third try gets the credentials, or a later start of it does."""
    soon, later = node.variables("soon"), node.variables("later")
    node.inject(Kind.NOT_YET, times=2)
    assert by_sdk(soon).startswith("ASIA")
    assert node.requests == 3

    node.inject(Kind.NOT_YET, times=3)
    with pytest.raises(CredentialRetrievalError, match=r"404 .*\(ResourceNotFoundException\): The token included"):
        by_sdk(later)
    assert node.requests == 3
    assert by_sdk(later).startswith("ASIA")


@pytest.fixture
def renewing(case: Case, proxy: FaultProxy) -> Iterator[Node]:
    """A node whose agent renews credentials after a second. The real one waits three hours."""
    yield from on_node(case, proxy, renewal_seconds=1)


def test_cached_credentials_outlive_an_outage_of_eks_auth(renewing: Node):
    """After a renewal that fails temporarily, the pod keeps its credentials."""
    variables = renewing.variables("workload")
    by_sdk(variables)
    renewing.inject(Kind.UNAVAILABLE, times=FOR_EVER)
    before = by_sdk(variables)  # from the cache; read now, because a renewal just before the outage succeeds
    wait_until(lambda: renewing.requests >= 3, "a renewal is tried, and given up")

    assert by_sdk(variables) == before


ENDED = {
    "ResourceNotFoundException": (
        404,
        lambda case, association: case.client("eks").delete_pod_identity_association(
            clusterName="main", associationId=association
        ),
    ),
    "AccessDeniedException": (400, lambda case, _: case.client("iam").delete_role(RoleName="api")),
}  # fmt: skip - one end in two lines


@pytest.mark.parametrize("code", ENDED)
def test_the_agent_drops_credentials_that_eks_auth_ends_at_the_next_renewal(renewing: Node, code: str):
    """A deleted association, or a denied role: the agent does not ask again, and drops the credentials."""
    status, end = ENDED[code]
    variables = renewing.variables("workload")
    by_sdk(variables)
    (association,) = renewing.case.client("eks").list_pod_identity_associations(clusterName="main")["associations"]
    end(renewing.case, association["associationId"])

    wait_until(lambda: by_hand(variables)[0] == status, "the agent drops the credentials")

    assert f"({code})" in by_hand(variables)[1]
