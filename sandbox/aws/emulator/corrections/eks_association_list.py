"""Associations are listed in pages.

AWS: `maxResults` is 1 to 100, a page has 100 without it, and `nextToken` leads to the next (EKS API,
ListPodIdentityAssociations). A summary has `ownerArn` only where an add-on owns the association.

MiniStack returns the first page only, without `nextToken`.
"""

import base64
import binascii
from typing import Any

from sandbox.aws.emulator.eks import Rejected, answering, associations, check_cluster, eks
from sandbox.aws.emulator.patching import replace

_LARGEST_PAGE = 100
_SUMMARY = ("clusterName", "namespace", "serviceAccount", "associationArn", "associationId", "ownerArn")


def apply() -> None:
    """Return one page at a time."""
    replace(
        "services.eks._list_pod_identity_associations", "cluster_name query", lambda _: answering(_list_associations)
    )


def _list_associations(cluster: str, query: dict[str, str]) -> Any:
    check_cluster(cluster)
    filters = {name: query[name] for name in ("namespace", "serviceAccount") if name in query}
    matching = [
        association
        for association in associations(cluster)
        if all(association[name] == value for name, value in filters.items())
    ]
    after, size = _position(query.get("nextToken")), _page_size(query.get("maxResults"))
    rest = sorted(
        (association for association in matching if association["associationId"] > after),
        key=lambda association: association["associationId"],
    )
    page = rest[:size]
    answer: dict[str, Any] = {
        "associations": [{name: association[name] for name in _SUMMARY if name in association} for association in page]
    }
    if len(rest) > size:
        answer["nextToken"] = base64.urlsafe_b64encode(page[-1]["associationId"].encode()).decode()
    return eks()._json_resp(200, answer)


def _page_size(text: str | None) -> int:
    if text is None:
        return _LARGEST_PAGE
    if not text.isdecimal() or not 1 <= int(text) <= _LARGEST_PAGE:
        raise Rejected("InvalidParameterException", f"maxResults is between 1 and {_LARGEST_PAGE}.")
    return int(text)


def _position(token: str | None) -> str:
    try:
        return base64.urlsafe_b64decode(token).decode() if token else ""
    except (binascii.Error, UnicodeDecodeError):
        raise Rejected("InvalidParameterException", "nextToken is not one that was given.") from None
