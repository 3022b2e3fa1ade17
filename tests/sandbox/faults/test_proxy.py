"""The proxy between a real SDK client and a server that counts what reaches it."""

import json
import threading
import time

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from sandbox.eks.clients import client
from sandbox.eks.serving import json_response, server
from sandbox.faults import Fault, FaultProxy, Kind, Plan

ASSOCIATION = {"clusterName": "dev", "namespace": "payments", "serviceAccount": "api", "associationId": "a-1"}


class Upstream:
    """Answers every EKS call with one association."""

    def __init__(self):
        self.requests = []

    def handle(self, request):
        self.requests.append(request)
        return json_response(200, {"association": ASSOCIATION})


@pytest.fixture
def upstream():
    return Upstream()


@pytest.fixture
def proxy(upstream):
    running = server(0, upstream.handle)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    with FaultProxy(f"http://127.0.0.1:{running.server_port}") as started:
        yield started
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture
def eks(proxy):
    eks_client = client("eks", proxy.url, region="eu-west-1", key_id="111122223333", attempts=1)
    yield eks_client
    eks_client.close()


def create(eks):
    return eks.create_pod_identity_association(
        clusterName="dev", namespace="payments", serviceAccount="api", roleArn="arn:aws:iam::111122223333:role/api"
    )["association"]["associationId"]


def delete(eks):
    eks.delete_pod_identity_association(clusterName="dev", associationId="a-1")


def test_without_a_fault_request_and_answer_go_through(eks, upstream, proxy):
    assert create(eks) == "a-1"
    assert json.loads(upstream.requests[0].body)["namespace"] == "payments"
    assert proxy.operations == ["eks:CreatePodIdentityAssociation"]


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        (Kind.THROTTLE, ("ThrottlingException", 429)),
        (Kind.SERVER_ERROR, ("InternalFailure", 500)),
        (Kind.UNAVAILABLE, ("ServiceUnavailable", 503)),
    ],
)
def test_an_error_is_answered_in_the_form_of_eks_and_nothing_is_delivered(eks, upstream, proxy, kind, answer):
    proxy.plan = Plan([Fault(kind)])

    with pytest.raises(ClientError) as raised:
        create(eks)

    response = raised.value.response
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == answer
    assert upstream.requests == []


def test_a_throttled_iam_call_is_answered_in_the_form_of_iam(proxy):
    proxy.plan = Plan([Fault(Kind.THROTTLE, "iam:GetRole")])
    iam = client("iam", proxy.url, region="eu-west-1", key_id="111122223333", attempts=1)

    with pytest.raises(ClientError, match=r"\(Throttling\).*Rate exceeded"):
        iam.get_role(RoleName="api")
    iam.close()


def test_a_dropped_request_is_not_delivered(eks, upstream, proxy):
    proxy.plan = Plan([Fault(Kind.DROP)])

    with pytest.raises(ConnectionClosedError):
        create(eks)

    assert upstream.requests == []


def test_a_lost_answer_was_delivered(eks, upstream, proxy):
    proxy.plan = Plan([Fault(Kind.LOST_ANSWER)])

    with pytest.raises(ConnectionClosedError):
        create(eks)

    assert len(upstream.requests) == 1


def test_a_duplicated_request_is_delivered_twice_and_answered_once(eks, upstream, proxy):
    proxy.plan = Plan([Fault(Kind.DUPLICATE)])

    assert create(eks) == "a-1"
    assert len(upstream.requests) == 2
    assert upstream.requests[0].body == upstream.requests[1].body


def test_a_slow_request_is_delivered_late(eks, proxy):
    proxy.plan = Plan([Fault(Kind.SLOW, seconds=0.3)])
    began = time.monotonic()

    create(eks)

    assert time.monotonic() - began >= 0.3


def test_creating_again_after_a_stale_delete_conflicts(eks, proxy):
    proxy.plan = Plan([Fault(Kind.STALE_DELETE, "eks:DeletePodIdentityAssociation", seconds=60)])
    delete(eks)

    with pytest.raises(ClientError, match="Association already exists: a-1"):
        create(eks)


def test_creating_again_after_the_seconds_of_a_stale_delete_succeeds(eks, proxy):
    proxy.plan = Plan([Fault(Kind.STALE_DELETE, "eks:DeletePodIdentityAssociation", seconds=0.1)])
    delete(eks)
    time.sleep(0.2)

    assert create(eks) == "a-1"


def test_a_client_that_gives_up_leaves_the_proxy_running(eks, upstream, proxy):
    proxy.plan = Plan([Fault(Kind.TIMEOUT, times=1, seconds=0.2)])

    with pytest.raises(ConnectionClosedError):
        create(eks)

    assert create(eks) == "a-1"
