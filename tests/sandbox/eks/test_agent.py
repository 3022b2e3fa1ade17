"""The agent over HTTP: the answers, statuses and texts of the published agent, and what an SDK makes of them."""

import http.client
import json
import threading
import time
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from botocore.credentials import ContainerProvider
from botocore.exceptions import CredentialRetrievalError

from sandbox.eks.agent import Agent
from sandbox.eks.cache import CredentialCache, Credentials
from sandbox.eks.errors import EksAuthError
from sandbox.eks.serving import server

EXPIRATION = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=6)


def pod_token(seconds=600):
    return jwt.encode({"exp": int(time.time()) + seconds}, "k" * 32, algorithm="HS256")


class EksAuth:
    refusal = None

    def fetch(self, _token):
        if self.refusal:
            raise self.refusal
        return Credentials("ASIAEXAMPLE", "secret", "session", "111122223333", EXPIRATION)


@pytest.fixture
def auth():
    return EksAuth()


@pytest.fixture
def port(auth):
    running = server(0, Agent(CredentialCache(auth.fetch), frozenset({"127.0.0.1"})).handle)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield running.server_port
    running.shutdown()
    thread.join()
    running.server_close()


def get(port, path="/v1/credentials", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_the_raw_token_is_answered_with_credentials(port):
    status, body = get(port, Authorization=pod_token())

    assert status == 200
    assert json.loads(body) == {
        "AccessKeyId": "ASIAEXAMPLE",
        "SecretAccessKey": "secret",
        "Token": "session",
        "AccountId": "111122223333",
        "Expiration": EXPIRATION.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def test_no_token_is_a_bad_request(port):
    assert get(port) == (400, "Service account token cannot be empty\n")


def test_a_bearer_prefix_is_a_bad_request(port):
    status, body = get(port, Authorization=f"Bearer {pod_token()}")

    assert status == 400
    assert body.startswith("Service account token cannot be parsed")


def test_an_expired_token_is_refused_before_eks_auth_is_asked(port, auth):
    auth.refusal = AssertionError("asked")

    status, body = get(port, Authorization=pod_token(-60))

    assert status == 400
    assert "token is expired" in body


def test_another_host_name_is_forbidden(port):
    status, body = get(port, Authorization=pod_token(), Host="metadata.example")

    assert status == 403
    assert body.startswith("Access Denied. Called agent through invalid address")


def test_another_path_is_not_found(port):
    assert get(port, "/latest/meta-data")[0] == 404


@pytest.mark.parametrize(
    ("code", "status", "fault"),
    [
        ("ResourceNotFoundException", 404, "client"),
        ("AccessDeniedException", 400, "client"),
        ("ThrottlingException", 429, "client"),
        ("InternalServerException", 500, "server"),
        ("ServiceUnavailableException", 503, "server"),
    ],
)
def test_a_refusal_of_eks_auth_is_passed_on_with_its_status(port, auth, code, status, fault):
    auth.refusal = EksAuthError(code, "No.", reason="request-1")

    assert get(port, Authorization=pod_token()) == (status, f"[request-1]: ({code}): No., fault: {fault}\n")


def provider(port, tmp_path, token):
    file = tmp_path / "token"
    file.write_text(token)
    return ContainerProvider(
        {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://127.0.0.1:{port}/v1/credentials",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(file),
        }
    )


def test_the_container_provider_of_an_sdk_reads_the_answer(port, tmp_path):
    credentials = provider(port, tmp_path, pod_token()).load()

    assert credentials is not None
    assert credentials.get_frozen_credentials().access_key == "ASIAEXAMPLE"


def test_the_container_provider_of_an_sdk_shows_the_refusal(port, tmp_path, auth):
    auth.refusal = EksAuthError("AccessDeniedException", "Unauthorized Exception!", reason="request-1")

    message = r"Received non 200 response 400 .*\(AccessDeniedException\): Unauthorized Exception!, fault: client"
    with pytest.raises(CredentialRetrievalError, match=message):
        provider(port, tmp_path, pod_token()).load()
