"""The errors of EKS Auth, with the codes and HTTP statuses of its service model (eks-auth 2023-11-26)."""

_STATUS = {
    "AccessDeniedException": 400,
    "ExpiredTokenException": 400,
    "InternalServerException": 500,
    "InvalidParameterException": 400,
    "InvalidRequestException": 400,
    "InvalidTokenException": 400,
    "ResourceNotFoundException": 404,
    "ServiceUnavailableException": 503,
    "ThrottlingException": 429,
}


class EksAuthError(Exception):
    """An error of EKS Auth: *code* and *message* go to the caller, *reason* only to the log.

    AWS does not return the reason either: the pod sees the same sentence whatever is wrong with the trust policy, and
    only CloudTrail shows why STS denied the call.
    """

    def __init__(self, code: str, message: str, *, reason: str = "", status: int | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.reason = reason
        self.status = status or _STATUS[code]


class EksAuthUnreachableError(EksAuthError):
    """EKS Auth did not answer. There is no error code, and the agent returns 500."""

    def __init__(self, reason: str) -> None:
        super().__init__("", "", reason=reason, status=500)
