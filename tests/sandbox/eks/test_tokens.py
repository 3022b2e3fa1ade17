"""Tokens are verified by signature, issuer, audience and time, with the test's keys instead of the API server's."""

import time
from concurrent.futures import ThreadPoolExecutor

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from sandbox.eks.errors import EksAuthError
from sandbox.eks.tokens import AUDIENCE, PodSubject, TokenVerifier

ISSUER = "https://127.0.0.1:6443"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
POD = {
    "namespace": "payments",
    "serviceaccount": {"name": "api", "uid": "1"},
    "pod": {"name": "api-1", "uid": "2"},
}


def key_set(*keys):
    public = {kid: RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) for kid, key in keys}
    return {"keys": [{**key, "kid": kid, "alg": "RS256", "use": "sig"} for kid, key in public.items()]}


def token(*, key=KEY, kid="one", pod=POD, **changed):
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": [AUDIENCE],
        "iat": now,
        "exp": now + 600,
        "sub": "system:serviceaccount:payments:api",
        "kubernetes.io": pod,
    }
    claims |= changed
    return jwt.encode({k: v for k, v in claims.items() if v is not None}, key, algorithm="RS256", headers={"kid": kid})


@pytest.fixture
def verifier():
    return TokenVerifier(lambda: key_set(("one", KEY)), ISSUER)


def refusal(verifier, offered):
    with pytest.raises(EksAuthError) as raised:
        verifier.verify(offered)
    return raised.value.code


def test_a_good_token_names_its_pod(verifier):
    assert verifier.verify(token()) == PodSubject("payments", "api", "api-1", "2")


def test_an_expired_token_has_its_own_error(verifier):
    assert refusal(verifier, token(exp=int(time.time()) - 60)) == "ExpiredTokenException"


@pytest.mark.parametrize(
    "offered",
    [
        pytest.param(lambda: token(aud=["sts.amazonaws.com"]), id="a token for another audience"),
        pytest.param(lambda: token(iss="https://elsewhere"), id="a token of another cluster"),
        pytest.param(lambda: token(key=OTHER_KEY), id="a token signed by somebody else"),
        pytest.param(lambda: token(kid="unknown"), id="a token of an unknown key"),
        pytest.param(lambda: token(exp=None), id="a token that never expires"),
        pytest.param(lambda: token(pod={**POD, "pod": None}), id="a token bound to no pod"),
        pytest.param(lambda: "a.b.c", id="no token at all"),
        pytest.param(
            lambda: jwt.encode({"aud": AUDIENCE, "iss": ISSUER}, "x" * 32, algorithm="HS256", headers={"kid": "one"}),
            id="a token of a symmetric key",
        ),
    ],
)
def test_any_other_token_is_invalid(verifier, offered):
    assert refusal(verifier, offered()) == "InvalidTokenException"


def test_a_new_signing_key_is_found_without_a_restart(monkeypatch):
    published = [("one", KEY)]
    verifier = TokenVerifier(lambda: key_set(*published), ISSUER)
    verifier.verify(token())
    published.append(("two", OTHER_KEY))
    real = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: real() + 5)

    assert verifier.verify(token(key=OTHER_KEY, kid="two")).pod_name == "api-1"


def test_the_first_requests_all_wait_for_the_keys():
    def slow():
        time.sleep(0.1)
        return key_set(("one", KEY))

    verifier = TokenVerifier(slow, ISSUER)
    offered = token()
    with ThreadPoolExecutor(8) as pool:
        pods = list(pool.map(lambda _: verifier.verify(offered).pod_name, range(8)))

    assert pods == ["api-1"] * 8
