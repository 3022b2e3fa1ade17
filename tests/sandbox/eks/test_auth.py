"""EKS Auth as its service model describes it, read by the SDK's own client; the emulator behind it is a fake."""

import threading
from datetime import UTC, datetime

import pytest

from sandbox.eks.auth import EksAuth
from sandbox.eks.clients import client
from sandbox.eks.errors import EksAuthError
from sandbox.eks.serving import server
from sandbox.eks.sessions import Cluster
from sandbox.eks.tokens import PodSubject

TOKEN = "header.payload.signature"
POD = PodSubject("payments", "api", "api-1", "uid-1")
EXPIRATION = datetime(2027, 1, 1, tzinfo=UTC)


class Verifier:
    refusal = None

    def verify(self, _token):
        if self.refusal:
            raise self.refusal
        return POD


class Emulator:
    """One cluster with one association; remembers the calls."""

    refusal = None
    accounts: list[str]

    def of(self, account):
        self.accounts = [account]
        return self

    def cluster(self, name):
        if name != "dev":
            raise EksAuthError("ResourceNotFoundException", f"No cluster found for name: {name}.")
        return Cluster(name, f"arn:aws:eks:eu-west-1:111122223333:cluster/{name}", "111122223333", "eu-west-1")

    def association(self, _cluster, pod):
        return {
            "namespace": pod.namespace,
            "serviceAccount": pod.service_account,
            "roleArn": "arn:aws:iam::111122223333:role/api",
            "associationId": "a-1",
            "associationArn": "arn:aws:eks:eu-west-1:111122223333:podidentityassociation/dev/a-1",
        }

    def assume(self, _chain, _cluster):
        if self.refusal:
            raise self.refusal
        answer = {
            "AssumedRoleUser": {
                "Arn": "arn:aws:sts::111122223333:assumed-role/api/eks-dev",
                "AssumedRoleId": "AROA:x",
            },
            "Credentials": {
                "AccessKeyId": "ASIA",
                "SecretAccessKey": "secret",
                "SessionToken": "session",
                "Expiration": EXPIRATION,
            },
        }
        return answer, [0.0]


@pytest.fixture
def verifier():
    return Verifier()


@pytest.fixture
def emulator():
    return Emulator()


@pytest.fixture
def eks_auth(verifier, emulator):
    running = server(0, EksAuth(verifier, emulator.of, "111122223333").handle)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    sdk = client(
        "eks-auth", f"http://127.0.0.1:{running.server_port}", region="eu-west-1", key_id="123456789012", attempts=1
    )
    yield sdk
    sdk.close()
    running.shutdown()
    thread.join()
    running.server_close()


def error(eks_auth, call):
    with pytest.raises(eks_auth.exceptions.ClientError) as raised:
        call()
    return (
        raised.value.response["Error"]["Code"],
        raised.value.response["ResponseMetadata"]["HTTPStatusCode"],
        raised.value.response["Error"]["Message"],
    )


def test_the_answer_has_every_member_of_the_service_model(eks_auth):
    answer = eks_auth.assume_role_for_pod_identity(clusterName="dev", token=TOKEN)

    answer.pop("ResponseMetadata")
    assert answer == {
        "subject": {"namespace": "payments", "serviceAccount": "api"},
        "audience": "pods.eks.amazonaws.com",
        "podIdentityAssociation": {
            "associationArn": "arn:aws:eks:eu-west-1:111122223333:podidentityassociation/dev/a-1",
            "associationId": "a-1",
        },
        "assumedRoleUser": {
            "arn": "arn:aws:sts::111122223333:assumed-role/api/eks-dev",
            "assumeRoleId": "AROA:x",
        },
        "credentials": {
            "accessKeyId": "ASIA",
            "secretAccessKey": "secret",
            "sessionToken": "session",
            "expiration": EXPIRATION,
        },
    }


def test_an_unknown_cluster_is_not_found(eks_auth):
    code, status, _ = error(eks_auth, lambda: eks_auth.assume_role_for_pod_identity(clusterName="x", token=TOKEN))

    assert (code, status) == ("ResourceNotFoundException", 404)


@pytest.mark.parametrize(
    ("code", "status"),
    [("ExpiredTokenException", 400), ("InvalidTokenException", 400)],
)
def test_a_token_that_does_not_verify_is_refused_with_its_code(eks_auth, verifier, code, status):
    verifier.refusal = EksAuthError(code, "No.")

    assert error(eks_auth, lambda: eks_auth.assume_role_for_pod_identity(clusterName="dev", token=TOKEN)) == (
        code,
        status,
        "No.",
    )


def test_why_sts_refused_stays_with_eks_auth(eks_auth, emulator):
    emulator.refusal = EksAuthError("AccessDeniedException", "Unauthorized Exception!", reason="role/api: TagSession")

    code, status, message = error(
        eks_auth, lambda: eks_auth.assume_role_for_pod_identity(clusterName="dev", token=TOKEN)
    )

    assert (code, status, message) == ("AccessDeniedException", 400, "Unauthorized Exception!")


def test_what_is_not_a_token_is_refused_before_it_is_read(eks_auth):
    code, status, _ = error(eks_auth, lambda: eks_auth.assume_role_for_pod_identity(clusterName="dev", token="no"))

    assert (code, status) == ("InvalidTokenException", 400)


def test_the_cluster_is_looked_for_in_the_account_of_the_node(eks_auth, emulator):
    eks_auth.assume_role_for_pod_identity(clusterName="dev", token=TOKEN)

    assert emulator.accounts == ["123456789012"]
