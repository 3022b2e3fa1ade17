"""`aws:s3/bucketObjectv2:BucketObjectv2`, and the older `BucketObject` with the same properties."""

import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

from sandbox.aws_plugin import tags
from sandbox.aws_plugin.account import Aws, partition_of
from sandbox.aws_plugin.errors import PluginError, is_not_found
from sandbox.aws_plugin.model import AutoName, AwsResource, Property, ResourceType, Values

_LABEL = "S3 Object"
_SENT = ("content", "contentBase64", "source", "contentType", "metadata", "sourceHash")


def _create(aws: Aws, news: Values) -> AwsResource:
    return AwsResource(_path(news), _put(aws, news))


def _put(aws: Aws, news: Values) -> Values:
    s3 = aws.s3(news)
    request: dict[str, Any] = {
        "ContentType": news.get("contentType"),
        "Metadata": news.get("metadata"),
    }
    body = _body(news)
    aws.call(
        f"uploading {_LABEL} ({news['key']}) to Bucket ({news['bucket']})",
        lambda: s3.put_object(
            Bucket=news["bucket"],
            Key=news["key"],
            Body=body,
            **{key: value for key, value in request.items() if value},
        ),
    )
    _tag(aws, {}, news)
    current = _read(aws, _path(news), news)
    return current.state if current else news


def _read(aws: Aws, id_: str, state: Values) -> AwsResource | None:
    bucket, slash, key = id_.removeprefix("s3://").partition("/")
    if not (bucket and slash and key):
        raise PluginError(f"unexpected format for import ID ({id_}), use: bucket/key")
    region = state.get("region") or aws.region
    s3 = aws.s3({"region": region})

    def head() -> Any:
        try:
            return s3.head_object(Bucket=bucket, Key=key), s3.get_object_tagging(Bucket=bucket, Key=key)["TagSet"]
        except s3.exceptions.ClientError as error:
            if is_not_found(error):
                return None
            raise

    answer = aws.call(f"reading {_LABEL} ({bucket}/{key})", head)
    if answer is None:
        return None
    properties, listed = answer
    return AwsResource(
        f"{bucket}/{key}",
        {
            **{name: state.get(name) for name in ("content", "contentBase64", "source", "sourceHash")},
            "arn": f"arn:{partition_of(region)}:s3:::{bucket}/{key}",
            "bucket": bucket,
            "contentType": properties.get("ContentType"),
            "etag": properties["ETag"].strip('"'),
            "forceDestroy": bool(state.get("forceDestroy", False)),
            "key": key,
            "metadata": properties.get("Metadata") or {},
            "region": region,
            "versionId": properties.get("VersionId", ""),
            **tags.from_aws(listed, aws.settings, state.get("tags")),
        },
    )


def _update(aws: Aws, id_: str, olds: Values, news: Values) -> Values:
    if any(
        (olds.get(key) or "") != (news.get(key) or "") for key in _SENT if key in news or key in ("content", "source")
    ):
        return _put(aws, news)
    _tag(aws, olds, news)
    current = _read(aws, id_, {**olds, "tags": None, **news})
    return current.state if current else olds


def _delete(aws: Aws, _id: str, state: Values) -> None:
    s3 = aws.s3(state)

    def delete() -> None:
        try:
            s3.delete_object(Bucket=state["bucket"], Key=state["key"])
        except s3.exceptions.ClientError as error:
            if not is_not_found(error):
                raise

    aws.call(f"deleting {_LABEL} ({state['bucket']}/{state['key']})", delete)


def _tag(aws: Aws, olds: Values, news: Values) -> None:
    after = news.get("tagsAll") or {}
    if after == (olds.get("tagsAll") or {}):
        return
    s3 = aws.s3(news)
    aws.call(
        f"updating tags for {_LABEL} ({news['key']})",
        lambda: s3.put_object_tagging(Bucket=news["bucket"], Key=news["key"], Tagging={"TagSet": tags.to_list(after)}),
    )


def _body(news: Values) -> bytes:
    """Return the content: a string, base64, or an asset (a string or a file)."""
    if news.get("contentBase64"):
        return base64.b64decode(news["contentBase64"])
    source = news.get("source")
    if isinstance(source, dict):
        if source.get("path"):
            return Path(source["path"]).read_bytes()
        if "text" in source:
            return str(source["text"]).encode()
        raise PluginError(f"uploading {_LABEL} ({news['key']}): 'source' must be a file asset or a string asset")
    return str(news.get("content") or "").encode()


def _path(news: Values) -> str:
    return f"{news['bucket']}/{news['key']}"


TYPE = ResourceType(
    token="aws:s3/bucketObjectv2:BucketObjectv2",  # noqa: S106 - a type token
    label=_LABEL,
    inputs={
        "bucket": Property(required=True, replaces=True),
        "content": Property(),
        "contentBase64": Property(),
        "contentType": Property(computed=True),
        "forceDestroy": Property("boolean", planned_default=False),
        "key": Property(replaces=True),
        "metadata": Property("map"),
        "region": Property(replaces=True),
        "source": Property("asset"),
        "sourceHash": Property(),
        "tags": Property("map"),
    },
    outputs=("arn", "etag", "versionId"),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    autoname=AutoName(property="key", limit=1024),
    tagged=True,
    regional=True,
    not_returned=("content", "contentBase64", "forceDestroy", "source", "sourceHash"),
)
OLDER_TYPE = replace(TYPE, token="aws:s3/bucketObject:BucketObject")  # noqa: S106 - a type token
