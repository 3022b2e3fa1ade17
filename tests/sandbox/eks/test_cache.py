"""The agent's cache.

Six hours or 59 minutes of the same credentials, renewed in the background, evicted when it is over.
"""

import threading
import time
from datetime import UTC, datetime

import pytest

from sandbox.eks.cache import CredentialCache, Credentials
from sandbox.eks.errors import EksAuthError

HOUR = 3600.0


class EksAuth:
    """Hands out numbered credentials that live *lifetime* seconds, or refuses."""

    def __init__(self, *, lifetime=6 * HOUR):
        self.now = 1_000_000.0
        self.lifetime = lifetime
        self.calls = 0
        self.refusal = None

    def clock(self):
        return self.now

    def fetch(self, token):
        self.calls += 1
        if self.refusal:
            raise EksAuthError(self.refusal, "refused")
        expiration = datetime.fromtimestamp(self.now + self.lifetime, UTC)
        return Credentials(f"{token}-{self.calls}", "secret", "session", "111122223333", expiration)


@pytest.fixture
def auth():
    return EksAuth()


@pytest.fixture
def cache(auth):
    return CredentialCache(auth.fetch, clock=auth.clock)


def test_a_second_request_is_served_without_asking(auth, cache):
    first = cache.get("a")
    auth.now += 2 * HOUR

    assert cache.get("a") is first
    assert auth.calls == 1


def test_tokens_do_not_share_credentials(cache):
    assert cache.get("a").access_key_id != cache.get("b").access_key_id


def test_credentials_without_target_are_kept_for_six_hours(auth, cache):
    first = cache.get("a")
    auth.now += 6 * HOUR - 60

    assert cache.get("a") is first


def test_credentials_with_a_target_are_kept_for_fifty_nine_minutes(auth):
    auth.lifetime = HOUR
    cache = CredentialCache(auth.fetch, clock=auth.clock)
    first = cache.get("a")
    auth.now += 59 * 60

    assert cache.get("a") is first


def test_credentials_about_to_expire_are_not_handed_out(auth, cache):
    first = cache.get("a")
    auth.now += 6 * HOUR - 14

    assert cache.get("a") is not first


def test_renewal_replaces_credentials_after_three_hours(auth, cache):
    first = cache.get("a")
    auth.now += 3 * HOUR
    cache.renew()

    assert cache.get("a") is not first
    assert auth.calls == 2


def test_renewal_leaves_younger_credentials_alone(auth, cache):
    cache.get("a")
    auth.now += 3 * HOUR - 1
    cache.renew()

    assert auth.calls == 1


@pytest.mark.parametrize(
    "code", ["ResourceNotFoundException", "ExpiredTokenException", "InvalidTokenException", "AccessDeniedException"]
)
def test_renewal_evicts_what_eks_auth_ended(auth, cache, code):
    cache.get("a")
    auth.now += 3 * HOUR
    auth.refusal = code
    cache.renew()

    with pytest.raises(EksAuthError, match=code):
        cache.get("a")


@pytest.mark.parametrize("code", ["ThrottlingException", "InternalServerException", "ServiceUnavailableException"])
def test_renewal_that_fails_for_a_passing_reason_keeps_good_credentials(auth, cache, code):
    first = cache.get("a")
    auth.now += 3 * HOUR
    auth.refusal = code
    cache.renew()

    assert cache.get("a") is first


def test_a_failed_renewal_is_tried_again_a_minute_later(auth, cache):
    cache.get("a")
    auth.now += 3 * HOUR
    auth.refusal = "ThrottlingException"
    cache.renew()
    auth.refusal = None
    cache.renew()
    assert auth.calls == 2

    auth.now += 60
    cache.renew()

    assert auth.calls == 3


def test_a_refusal_is_not_cached(auth, cache):
    auth.refusal = "ResourceNotFoundException"
    with pytest.raises(EksAuthError):
        cache.get("a")
    auth.refusal = None

    assert cache.get("a").access_key_id == "a-2"


def test_many_requests_at_once_ask_once(auth):
    def slow(token):
        time.sleep(0.1)
        return auth.fetch(token)

    cache = CredentialCache(slow, clock=auth.clock)
    threads = [threading.Thread(target=cache.get, args=("a",)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert auth.calls == 1
