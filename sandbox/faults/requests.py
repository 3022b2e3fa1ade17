"""Names the AWS operation of an HTTP request, and builds errors in the form of its service."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

_SERVICE = re.compile(r"Credential=[^/]+/\d{8}/[^/]*/([a-z0-9-]+)/aws4_request")
_ASSOCIATIONS = "pod-identity-associations"
_EKS = (
    ("POST", rf"/clusters/[^/]+/{_ASSOCIATIONS}", "CreatePodIdentityAssociation"),
    ("GET", rf"/clusters/[^/]+/{_ASSOCIATIONS}", "ListPodIdentityAssociations"),
    ("GET", rf"/clusters/[^/]+/{_ASSOCIATIONS}/[^/]+", "DescribePodIdentityAssociation"),
    ("POST", rf"/clusters/[^/]+/{_ASSOCIATIONS}/[^/]+", "UpdatePodIdentityAssociation"),
    ("DELETE", rf"/clusters/[^/]+/{_ASSOCIATIONS}/[^/]+", "DeletePodIdentityAssociation"),
    ("POST", r"/clusters/[^/]+/assume-role-for-pod-identity", "AssumeRoleForPodIdentity"),
    ("POST", r"/clusters/[^/]+/addons", "CreateAddon"),
    ("DELETE", r"/clusters/[^/]+/addons/[^/]+", "DeleteAddon"),
    ("GET", r"/clusters/[^/]+", "DescribeCluster"),
)
#: What the service model of EKS Auth calls these two.
_EKS_AUTH = {"InternalFailure": "InternalServerException", "ServiceUnavailable": "ServiceUnavailableException"}


@dataclass(frozen=True)
class Request:
    """An HTTP request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def operation(self) -> str:
        """Return it as IAM writes it: ``iam:CreateRole``, or ``s3:GET`` if the request does not name it."""
        service = self._service()
        if service in ("iam", "sts"):
            action = parse_qs(self.body.decode(errors="replace")).get("Action", [self.method])[0]
            return f"{service}:{action}"
        if service in ("eks", "eks-auth"):
            path = self.path.split("?")[0]
            for method, pattern, name in _EKS:
                if self.method == method and re.fullmatch(pattern, path):
                    return f"{service}:{name}"
        return f"{service}:{self.method}"

    @property
    def changes(self) -> bool:
        """Return whether the operation changes something."""
        return re.match(r"Get|List|Describe|GET|HEAD|Simulate|Assume", self.operation.split(":")[1]) is None

    def _service(self) -> str:
        match = _SERVICE.search(self.headers.get("authorization", ""))
        return match[1] if match else "unknown"


def error(request: Request, status: int, code: str, message: str) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of an error of the request's service: XML for IAM and STS, JSON for EKS."""
    if request.operation.startswith(("iam:", "sts:")):
        kind = "Receiver" if status >= 500 else "Sender"  # noqa: PLR2004 - where HTTP's server errors begin
        body = (
            f"<ErrorResponse><Error><Type>{kind}</Type><Code>{code}</Code><Message>{message}</Message></Error>"
            "<RequestId>fault</RequestId></ErrorResponse>"
        )
        return status, {"Content-Type": "text/xml"}, body.encode()
    if request.operation.startswith("eks-auth:"):
        code = _EKS_AUTH.get(code, code)
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": code}
    return status, headers, json.dumps({"message": message}).encode()


def throttling_error(request: Request) -> tuple[int, dict[str, str], bytes]:
    """Return the service's throttling error."""
    if request.operation.startswith(("iam:", "sts:")):
        return error(request, 400, "Throttling", "Rate exceeded")
    return error(request, 429, "ThrottlingException", "Rate exceeded")


def not_visible(request: Request) -> tuple[int, dict[str, str], bytes]:
    """Return the service's error for a resource that does not exist."""
    if request.operation.startswith("iam:"):
        return error(request, 404, "NoSuchEntity", "It cannot be found.")
    message = "The token included in the request has no service account role association for it."
    return error(
        request, 404, "ResourceNotFoundException", message if "eks-auth:" in request.operation else "Not found."
    )
