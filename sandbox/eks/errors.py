"""What EKS Auth answers when it refuses, with the codes and HTTP statuses of its service model.

The model is eks-auth 2023-11-26.
"""

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
    """A refusal of EKS Auth: *code* and *message* go to the caller, *reason* only to the log.

    AWS keeps the reason to itself too: the pod reads one sentence whatever is wrong with the trust policy,
    and only CloudTrail tells the account's owner why STS refused.
    """

    def __init__(self, code: str, message: str, *, reason: str = "", status: int | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.reason = reason
        self.status = status or _STATUS[code]


class EksAuthUnreachableError(EksAuthError):
    """EKS Auth gave no answer at all, which is none of its errors: there is no code, and the agent says 500."""

    def __init__(self, reason: str) -> None:
        super().__init__("", "", reason=reason, status=500)
