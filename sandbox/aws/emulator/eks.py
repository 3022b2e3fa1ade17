"""Shared by the corrections of EKS: MiniStack's EKS module, errors, and a lock for one request at a time."""

import functools
import threading
from collections.abc import Callable
from typing import Any

from sandbox.aws.emulator.patching import lookup

#: EKS requests run in threads, and a check must hold until its result is written.
_one_at_a_time = threading.RLock()


class Rejected(Exception):  # noqa: N818 - an answer of EKS, not a fault of ours
    """EKS refuses the request with this code and message."""

    _STATUS = {"ResourceNotFoundException": 404, "NotFoundException": 404, "ResourceInUseException": 409}  # noqa: RUF012 - a constant

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.answer = eks()._error(self._STATUS.get(code, 400), code, message)


def eks() -> Any:
    """Return MiniStack's module of EKS, whose stores and private helpers the corrections work with."""
    return lookup("services.eks")


def answering(function: Callable[..., Any]) -> Callable[..., Any]:
    """Run a function of EKS alone, and return the error that it raises as an answer."""

    @functools.wraps(function)
    def answer(*arguments: Any) -> Any:
        with _one_at_a_time:
            try:
                return function(*arguments)
            except Rejected as rejected:
                return rejected.answer

    return answer


def check_cluster(name: str) -> None:
    """Reject a cluster that does not exist."""
    if name not in eks()._clusters:
        raise Rejected("ResourceNotFoundException", f"No cluster found for name: {name}.")


def associations(cluster: str) -> list[dict[str, Any]]:
    """Return the records of the associations of a cluster, in this request's account and region."""
    here = lookup("core.responses")
    # Its plain `values()` looks up account and region for each entry, which is slow with 5,000 of them.
    records = eks()._pod_identity_associations.values_scoped(here.get_account_id(), here.get_region())
    return [record for record in records if record["clusterName"] == cluster]
