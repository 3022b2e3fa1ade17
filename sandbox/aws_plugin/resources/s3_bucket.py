"""`aws:s3/bucket:Bucket`: a bucket with tags; its deprecated inline settings are not supported."""

from typing import Any

from sandbox.aws_plugin import tags
from sandbox.aws_plugin.account import Aws, partition_of
from sandbox.aws_plugin.errors import is_not_found
from sandbox.aws_plugin.model import AutoName, AwsResource, Property, ResourceType, Values, read_created
from sandbox.aws_plugin.resources.names import unique_name

_LABEL = "S3 Bucket"


def _create(aws: Aws, news: Values) -> AwsResource:
    s3, name = aws.s3(news), news.get("bucket") or unique_name(news.get("bucketPrefix"))
    # S3 rejects us-east-1 as a location constraint.
    location = {} if news["region"] == "us-east-1" else {"LocationConstraint": news["region"]}
    request: dict[str, Any] = {"CreateBucketConfiguration": location} if location else {}
    aws.call(f"creating {_LABEL} ({name})", lambda: s3.create_bucket(Bucket=name, **request))
    _tag(aws, name, {}, news)
    return read_created(aws, _LABEL, name, news, _read)


def _read(aws: Aws, id_: str, state: Values) -> AwsResource | None:
    name, _, region = id_.partition("@")
    region = state.get("region") or region or aws.region
    s3 = aws.s3({"region": region})

    def head() -> Any:
        try:
            s3.head_bucket(Bucket=name)
            return s3.get_bucket_tagging(Bucket=name)["TagSet"]
        except s3.exceptions.ClientError as error:
            if is_not_found(error):
                return None
            if error.response["Error"]["Code"] == "NoSuchTagSet":
                return []
            raise

    listed = aws.call(f"reading {_LABEL} ({name})", head)
    if listed is None:
        return None
    return AwsResource(
        name,
        {
            "arn": f"arn:{partition_of(region)}:s3:::{name}",
            "bucket": name,
            "bucketDomainName": f"{name}.s3.amazonaws.com",
            "bucketPrefix": state.get("bucketPrefix") or "",
            "bucketRegion": region,
            "bucketRegionalDomainName": f"{name}.s3.{region}.amazonaws.com",
            "forceDestroy": bool(state.get("forceDestroy", False)),
            "region": region,
            **tags.from_aws(listed, aws.settings, state.get("tags")),
        },
    )


def _update(aws: Aws, id_: str, olds: Values, news: Values) -> Values:
    _tag(aws, id_, olds, news)
    current = _read(aws, id_, {**olds, "tags": None, **news})
    return current.state if current else olds


def _delete(aws: Aws, id_: str, state: Values) -> None:
    s3 = aws.s3(state)

    def delete() -> None:
        try:
            if state.get("forceDestroy"):
                for page in s3.get_paginator("list_object_versions").paginate(Bucket=id_):
                    for entry in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                        s3.delete_object(Bucket=id_, Key=entry["Key"], VersionId=entry["VersionId"])
            s3.delete_bucket(Bucket=id_)
        except s3.exceptions.ClientError as error:
            if not is_not_found(error):
                raise

    aws.call(f"deleting {_LABEL} ({id_})", delete)


def _tag(aws: Aws, name: str, olds: Values, news: Values) -> None:
    # S3 replaces all tags of a bucket at once.
    after = news.get("tagsAll") or {}
    if after == (olds.get("tagsAll") or {}):
        return
    s3 = aws.s3(news)
    aws.call(
        f"updating tags for {_LABEL} ({name})",
        lambda: (
            s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tags.to_list(after)})
            if after
            else s3.delete_bucket_tagging(Bucket=name)
        ),
    )


TYPE = ResourceType(
    token="aws:s3/bucket:Bucket",  # noqa: S106 - a type token
    label=_LABEL,
    inputs={
        "bucket": Property(replaces=True, conflicts=("bucketPrefix",)),
        "bucketPrefix": Property(replaces=True, computed=True, conflicts=("bucket",)),
        "forceDestroy": Property("boolean", planned_default=False),
        "region": Property(replaces=True),
        "tags": Property("map"),
    },
    outputs=("arn", "bucketDomainName", "bucketRegion", "bucketRegionalDomainName"),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    autoname=AutoName(property="bucket", limit=63, lower=True),
    tagged=True,
    regional=True,
    not_returned=("forceDestroy",),
)
