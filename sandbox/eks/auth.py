"""Stand-in for EKS Auth, the API that only AWS runs: ``POST /clusters/{name}/assume-role-for-pod-identity``.

It verifies the pod's token, finds the association and makes the documented AssumeRole calls. Only the emulator's STS
and IAM decide whether they are allowed. The node's own credentials are not checked.

Run as ``python -m sandbox.eks.auth CONFIGURATION``.
"""

import functools
import json
import re
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sandbox.eks.api_server import ApiServer
from sandbox.eks.emulator import Emulator
from sandbox.eks.errors import EksAuthError
from sandbox.eks.serving import Request, Response, json_response, log, serve_until_ended, server
from sandbox.eks.sessions import hops
from sandbox.eks.tokens import AUDIENCE, TokenVerifier

_PATH = re.compile(r"^/clusters/([0-9A-Za-z][0-9A-Za-z_-]{0,99})/assume-role-for-pod-identity$")
_CREDENTIAL = re.compile(r"Credential=(\d{12})/")
_TOKEN = re.compile(r"^[A-Za-z0-9\-_=]+\.[A-Za-z0-9\-_=]+\.[A-Za-z0-9\-_=]+$")


class EksAuth:
    """Answers AssumeRoleForPodIdentity.

    Args:
        verifier: Verifies the tokens of the control plane, which all clusters of the sandbox share.
        emulator: Returns the emulator for an account.
        default_account: The account of a node whose request names none.
    """

    def __init__(self, verifier: TokenVerifier, emulator: Callable[[str], Emulator], default_account: str) -> None:
        self._verifier = verifier
        self._emulator = emulator
        self._default_account = default_account

    def handle(self, request: Request) -> Response:
        """Answer one request, with a request id as AWS does."""
        request_id = str(uuid.uuid4())
        headers = {"x-amzn-RequestId": request_id}
        try:
            cluster, token = _read(request)
            return json_response(200, self.assume(cluster, token, self._account(request)), headers)
        except EksAuthError as error:
            log("refused", code=error.code, message=error.message, reason=error.reason, requestId=request_id)
            headers["x-amzn-ErrorType"] = error.code
            return json_response(error.status, {"message": error.message}, headers)

    def _account(self, request: Request) -> str:
        # The cluster is looked up in the account of the calling node. A 12-digit access key is an account here.
        signed = _CREDENTIAL.search(request.headers.get("authorization", ""))
        return signed[1] if signed else self._default_account

    def assume(self, cluster_name: str, token: str, account: str) -> Mapping[str, Any]:
        """Return the answer for the pod of *token* on a node of *account*.

        Raises:
            EksAuthError: One of the errors of the service model.
        """
        began = time.perf_counter()
        emulator = self._emulator(account)
        cluster = emulator.cluster(cluster_name)
        pod = self._verifier.verify(token)
        verified = time.perf_counter()
        association = emulator.association(cluster, pod)
        looked_up = time.perf_counter()
        chain = hops(association, cluster, pod)
        answer, seconds = emulator.assume(chain, cluster)
        credentials = answer["Credentials"]
        log(
            "assumed",
            cluster=cluster.name,
            namespace=pod.namespace,
            serviceAccount=pod.service_account,
            pod=pod.pod_uid,
            association=association["associationId"],
            tokenSeconds=round(verified - began, 4),
            associationSeconds=round(looked_up - verified, 4),
            roles={hop.role_arn: round(duration, 4) for hop, duration in zip(chain, seconds, strict=True)},
        )
        return {
            "subject": {"namespace": pod.namespace, "serviceAccount": pod.service_account},
            "audience": AUDIENCE,
            "podIdentityAssociation": {
                "associationArn": association["associationArn"],
                "associationId": association["associationId"],
            },
            "assumedRoleUser": {
                "arn": answer["AssumedRoleUser"]["Arn"],
                "assumeRoleId": answer["AssumedRoleUser"]["AssumedRoleId"],
            },
            "credentials": {
                "accessKeyId": credentials["AccessKeyId"],
                "secretAccessKey": credentials["SecretAccessKey"],
                "sessionToken": credentials["SessionToken"],
                "expiration": credentials["Expiration"].timestamp(),
            },
        }


def _read(request: Request) -> tuple[str, str]:
    path = _PATH.match(request.path)
    if request.method != "POST" or path is None:
        raise EksAuthError("InvalidRequestException", "No operation of EKS Auth has this method and path.")
    try:
        token = json.loads(request.body)["token"]
    except (ValueError, KeyError, TypeError):
        raise EksAuthError("InvalidParameterException", "The parameter token is required.") from None
    if not isinstance(token, str) or not _TOKEN.match(token):
        raise EksAuthError("InvalidTokenException", "The token included in the request is invalid.")
    return path[1], token


def main(configuration: Path) -> None:
    """Serve until ended. *configuration* has the addresses of the emulator and the API server."""
    settings = json.loads(configuration.read_text())
    verifier = TokenVerifier(
        lambda: ApiServer(settings["kubernetes"], settings["kubernetesToken"]).get("/openid/v1/jwks"),
        settings["issuer"],
    )
    creating = threading.Lock()

    @functools.cache
    def create(account: str) -> Emulator:
        return Emulator(settings["endpoint"], account, settings["region"], settings["serviceSecret"])

    def emulator(account: str) -> Emulator:
        with creating:
            return create(account)

    serve_until_ended(server(settings["port"], EksAuth(verifier, emulator, settings["account"]).handle))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
