"""The tags of an association can be changed, and its description has the current tags.

AWS: TagResource, UntagResource and ListTagsForResource take the ARN of an association like any other of EKS; their
errors are BadRequestException and NotFoundException (EKS API). Limits as in `sandbox.aws.emulator.tags`.

MiniStack rejects those ARNs, removes only one key per UntagResource, and always describes the tags of the creation.
"""

import urllib.parse
from typing import Any

from sandbox.aws.emulator.eks import Rejected, answering, eks
from sandbox.aws.emulator.patching import replace
from sandbox.aws.emulator.tags import problem_of

_ASSOCIATION = ":podidentityassociation/"


def apply() -> None:
    """Find associations by ARN, check tags, and update the described ones."""
    replace("services.eks._resolve_tag_resource_arn", "arn", _resolving)
    replace("services.eks._tag_resource", "arn body", _tagging)
    replace("services.eks._untag_resource", "arn query", _untagging)
    replace("services.eks._handle_request_sync", "method path headers body_bytes query_params", _with_all_keys)


def _resolving(original: Any) -> Any:
    def resolve(arn: str) -> Any:
        if _ASSOCIATION not in arn:
            resource, failure = original(arn)
        else:
            resource, failure = (arn if _record(arn) else None), None
        if failure or not resource:
            code = "NotFoundException" if failure is None or failure[0] == 404 else "BadRequestException"  # noqa: PLR2004 - HTTP
            return None, Rejected(code, f"No resource of EKS has the ARN {arn}.").answer
        return resource, None

    return resolve


def _tagging(original: Any) -> Any:
    def tag_resource(arn: str, body: Any) -> Any:
        tags = body.get("tags") or {}
        if problem := problem_of(tags) or problem_of(eks()._tags.get(arn, {}) | tags):
            raise Rejected("BadRequestException", problem)
        return _with_current_tags(arn, original(arn, body))

    return answering(tag_resource)


def _untagging(original: Any) -> Any:
    return answering(lambda arn, query: _with_current_tags(arn, original(arn, query)))


def _with_current_tags(arn: str, answer: Any) -> Any:
    record = _record(arn)
    if record is not None and answer[0] == 200:  # noqa: PLR2004 - HTTP
        record["tags"] = dict(eks()._tags.get(arn, {}))
    return answer


def _record(arn: str) -> Any:
    """Return the record that describes the cluster, add-on or association of this ARN, or None."""
    stores = (
        (eks()._pod_identity_associations, "associationArn"),
        (eks()._addons, "addonArn"),
        (eks()._clusters, "arn"),
    )
    return next((record for store, name in stores for record in store.values() if record.get(name) == arn), None)


def _with_all_keys(original: Any) -> Any:
    def handle(method: str, path: str, headers: Any, body_bytes: bytes, query_params: Any) -> Any:
        if method == "DELETE" and path.startswith("/tags/"):
            arn = urllib.parse.unquote(path.removeprefix("/tags/"))
            return eks()._untag_resource(arn, {"tagKeys": query_params.get("tagKeys", [])})
        return original(method, path, headers, body_bytes, query_params)

    return handle
