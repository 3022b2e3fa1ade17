"""Calls EKS and STS of the emulator for the EKS Auth stand-in."""

import threading
import time
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from sandbox.aws import service_headers
from sandbox.eks.clients import client
from sandbox.eks.errors import EksAuthError
from sandbox.eks.sessions import Cluster, Hop
from sandbox.eks.tokens import PodSubject

_UNAUTHORIZED = "Unauthorized Exception! EKS does not have permissions to assume the associated role."
_NO_ASSOCIATION = "The token included in the request has no service account role association for it."
_THROTTLED = frozenset({"Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"})
_SERVER_ERROR = 500


class Emulator:
    """Finds associations and assumes roles at *endpoint*.

    Args:
        endpoint: The emulator.
        account: The account of the clusters; a 12-digit access key id is that account's root there.
        region: The region of the clusters.
        service_secret: The secret with which an AssumeRole call counts as made by ``pods.eks.amazonaws.com``.
    """

    def __init__(self, endpoint: str, account: str, region: str, service_secret: str) -> None:
        self._endpoint = endpoint
        self._account = account
        self._region = region
        self._service_secret = service_secret
        self._eks = client("eks", endpoint, region=region, key_id=account)
        self._sts = client("sts", endpoint, region=region, key_id=account)
        self._sts.meta.events.register("before-sign.sts.AssumeRole", self._add_service_headers)
        self._calling_for = threading.local()

    def cluster(self, name: str) -> Cluster:
        """Return the cluster called *name*.

        Raises:
            EksAuthError: ``ResourceNotFoundException`` if there is none.
        """
        answer = self._call(self._eks.describe_cluster, not_found=f"No cluster found for name: {name}.", name=name)
        return Cluster(name=name, arn=answer["cluster"]["arn"], account=self._account, region=self._region)

    def association(self, cluster: Cluster, pod: PodSubject) -> Mapping[str, Any]:
        """Return the association of the pod's ServiceAccount.

        Raises:
            EksAuthError: ``ResourceNotFoundException`` if there is none.
        """
        associations = self._call(
            self._eks.list_pod_identity_associations,
            clusterName=cluster.name,
            namespace=pod.namespace,
            serviceAccount=pod.service_account,
        )["associations"]
        if not associations:
            raise EksAuthError("ResourceNotFoundException", _NO_ASSOCIATION)
        described = self._call(
            self._eks.describe_pod_identity_association,
            not_found=_NO_ASSOCIATION,
            clusterName=cluster.name,
            associationId=associations[0]["associationId"],
        )
        return described["association"]

    def assume(self, chain: list[Hop], cluster: Cluster) -> tuple[Mapping[str, Any], list[float]]:
        """Make the calls of *chain* in order, and return the last answer and the duration of each call.

        Raises:
            EksAuthError: ``AccessDeniedException`` if STS denies one. The reason names the call.
        """
        self._calling_for.cluster = cluster
        seconds: list[float] = []
        sts, which = self._sts, "association role"
        for hop in chain:
            began = time.perf_counter()
            answer = self._assume(sts, hop, which)
            seconds.append(time.perf_counter() - began)
            sts, which = self._sts_as(answer["Credentials"]), "target role"
        return answer, seconds

    def _assume(self, sts: Any, hop: Hop, which: str) -> Mapping[str, Any]:
        try:
            return self._call(sts.assume_role, **hop.parameters)
        except EksAuthError as error:
            error.reason = f"{which} {hop.role_arn}: {error.reason}"
            raise

    def _add_service_headers(self, request: Any, **_: object) -> None:
        cluster: Cluster = self._calling_for.cluster
        headers = service_headers(self._service_secret, account=cluster.account, cluster_arn=cluster.arn)
        for name, value in headers.items():
            request.headers[name] = value

    def _sts_as(self, credentials: Mapping[str, str]) -> Any:
        return client(
            "sts",
            self._endpoint,
            region=self._region,
            key_id=credentials["AccessKeyId"],
            secret=credentials["SecretAccessKey"],
            session_token=credentials["SessionToken"],
        )

    def _call(self, operation: Any, *, not_found: str = _UNAUTHORIZED, **parameters: Any) -> Any:
        try:
            return operation(**parameters)
        except ClientError as failed:
            code = failed.response["Error"]["Code"]
            status = failed.response["ResponseMetadata"]["HTTPStatusCode"]
            if code in _THROTTLED:
                raise EksAuthError("ThrottlingException", "Rate exceeded", reason=str(failed)) from failed
            if status >= _SERVER_ERROR:
                raise EksAuthError("InternalServerException", "Internal server error", reason=str(failed)) from failed
            if code == "ResourceNotFoundException":
                raise EksAuthError("ResourceNotFoundException", not_found, reason=str(failed)) from failed
            raise EksAuthError("AccessDeniedException", _UNAUTHORIZED, reason=str(failed)) from failed
        except BotoCoreError as unreachable:
            raise EksAuthError(
                "ServiceUnavailableException", "Service unavailable", reason=str(unreachable)
            ) from unreachable
