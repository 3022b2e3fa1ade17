"""Verifies a pod's projected token as EKS Auth does: signature, issuer, audience and expiry."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jwt

from sandbox.eks.errors import EksAuthError

AUDIENCE = "pods.eks.amazonaws.com"


@dataclass(frozen=True)
class PodSubject:
    """The pod that a verified token was issued for."""

    namespace: str
    service_account: str
    pod_name: str
    pod_uid: str


class TokenVerifier:
    """Verifies tokens against the keys that the API server publishes at ``/openid/v1/jwks``.

    Args:
        fetch_keys: Returns the API server's key set. Called again for an unknown key id, at most once a second, since
        a cluster rotates its signing keys.
        issuer: The cluster's issuer. A token of another cluster has another one.
    """

    def __init__(self, fetch_keys: Callable[[], Mapping[str, Any]], issuer: str) -> None:
        self._fetch_keys = fetch_keys
        self._issuer = issuer
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched = float("-inf")
        self._fetching = threading.Lock()

    def verify(self, token: str) -> PodSubject:
        """Return the pod of *token*.

        Raises:
            EksAuthError: ``ExpiredTokenException`` for a good token past its time, ``InvalidTokenException`` for any
                other token.
        """
        try:
            key = self._key(str(jwt.get_unverified_header(token).get("kid")))
            claims = jwt.decode(
                token,
                key=key,
                algorithms=[key.algorithm_name],
                audience=AUDIENCE,
                issuer=self._issuer,
                options={"require": ["exp", "iat", "aud", "iss", "sub"]},
            )
        except jwt.ExpiredSignatureError as expired:
            raise EksAuthError(
                "ExpiredTokenException", "The token included in the request is expired.", reason=str(expired)
            ) from expired
        except jwt.InvalidTokenError as invalid:
            raise EksAuthError(
                "InvalidTokenException", "The token included in the request is invalid.", reason=str(invalid)
            ) from invalid
        return _subject(claims)

    def _key(self, key_id: str) -> jwt.PyJWK:
        with self._fetching:  # other callers wait while the keys are fetched
            if key_id not in self._keys and time.monotonic() - self._fetched > 1:
                key_set = jwt.PyJWKSet.from_dict(dict(self._fetch_keys()))
                self._keys = {str(key.key_id): key for key in key_set.keys}
                self._fetched = time.monotonic()
            key = self._keys.get(key_id)
        if key is None:
            raise jwt.InvalidTokenError("the token is signed with a key that the cluster does not publish")
        return key


def _subject(claims: Mapping[str, Any]) -> PodSubject:
    kubernetes = claims.get("kubernetes.io", {})
    try:
        return PodSubject(
            namespace=kubernetes["namespace"],
            service_account=kubernetes["serviceaccount"]["name"],
            pod_name=kubernetes["pod"]["name"],
            pod_uid=kubernetes["pod"]["uid"],
        )
    except (KeyError, TypeError):
        # The kubelet binds every projected token to its pod. Without the pod there are no values for the session tags.
        raise EksAuthError(
            "InvalidTokenException",
            "The token included in the request is invalid.",
            reason="the token is not bound to a pod",
        ) from None
