"""The agent's credential cache: one entry per token, renewed before it expires, evicted when it is rejected."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sandbox.eks.errors import EksAuthError

RENEWAL_SECONDS = 3 * 3600.0  # the agent's --max-credential-retention-before-renewal
_LEAST_LIFETIME = 15.0  # credentials with less left are not handed out
_RETRY_SECONDS = 60.0  # delay before a renewal that failed temporarily is tried again
_SIZE = 2000
_EVICTING = frozenset(
    {"ResourceNotFoundException", "ExpiredTokenException", "InvalidTokenException", "AccessDeniedException"}
)


@dataclass(frozen=True)
class Credentials:
    """Temporary credentials as EKS Auth returned them."""

    access_key_id: str
    secret_access_key: str
    session_token: str
    account_id: str
    expiration: datetime


@dataclass
class _Entry:
    credentials: Credentials
    renew_at: float


class CredentialCache:
    """Caches credentials by token for as long as they are valid: six hours, or 59 minutes with a target role.

    Args:
        fetch: Asks EKS Auth.
        renewal_seconds: Renew entries older than this in the background.
        clock: The time in seconds, for tests.
    """

    def __init__(
        self,
        fetch: Callable[[str], Credentials],
        *,
        renewal_seconds: float = RENEWAL_SECONDS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._fetch = fetch
        self._renewal_seconds = renewal_seconds
        self._clock = clock
        self._entries: dict[str, _Entry] = {}
        self._asking: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, token: str) -> Credentials:
        """Return the cached credentials of *token*, or request them. Concurrent callers make one request.

        Raises:
            EksAuthError: The error of EKS Auth. Nothing is cached then.
        """
        if cached := self._get_cached(token):
            return cached
        with self._lock:
            asking = self._asking.setdefault(token, threading.Lock())
        with asking:
            if cached := self._get_cached(token):
                return cached
            try:
                return self._store(token, self._fetch(token))
            finally:
                with self._lock:
                    self._asking.pop(token, None)

    def renew(self) -> None:
        """Renew the entries that are due; evict those whose association, token or permission is gone."""
        now = self._clock()
        with self._lock:
            due = [token for token, entry in self._entries.items() if entry.renew_at <= now]
        for token in due:
            try:
                self._store(token, self._fetch(token))
            except EksAuthError as error:
                with self._lock:
                    if error.code in _EVICTING:
                        self._entries.pop(token, None)
                    elif token in self._entries:
                        self._entries[token].renew_at = now + _RETRY_SECONDS

    def _get_cached(self, token: str) -> Credentials | None:
        with self._lock:
            entry = self._entries.get(token)
            if entry is None:
                return None
            if entry.credentials.expiration.timestamp() - self._clock() > _LEAST_LIFETIME:
                return entry.credentials
            del self._entries[token]
            return None

    def _store(self, token: str, credentials: Credentials) -> Credentials:
        now = self._clock()
        lifetime = credentials.expiration.timestamp() - now
        with self._lock:
            self._entries.pop(token, None)
            while len(self._entries) >= _SIZE:
                self._entries.pop(next(iter(self._entries)))  # the oldest first
            self._entries[token] = _Entry(credentials, now + min(lifetime, self._renewal_seconds))
        return credentials
