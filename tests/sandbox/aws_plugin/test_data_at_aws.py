"""Buckets, objects and zones in the emulator."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.aws_plugin.engine_client import BUCKET, OBJECT, ZONE, EngineClient, RefusedError, after_refresh

AtAws = Callable[..., EngineClient]
Client = Callable[..., Any]
Unique = Callable[[str], str]


def test_a_bucket_is_created_read_updated_and_deleted(at_aws: AtAws, aws_client: Client, unique: Unique) -> None:
    plugin = at_aws()
    news = {"bucket": unique("bucket"), "tags": {"a": "b"}}
    id_, inputs, state = plugin.check_and_create(BUCKET, news)
    assert (id_, state["arn"]) == (news["bucket"], f"arn:aws:s3:::{news['bucket']}")
    assert plugin.read(BUCKET, id_, state, inputs) == (id_, state, after_refresh(inputs))

    after = plugin.update(BUCKET, id_, state, plugin.check(BUCKET, {**news, "tags": {"c": "d"}}))

    assert aws_client("s3").get_bucket_tagging(Bucket=id_)["TagSet"] == [{"Key": "c", "Value": "d"}]
    plugin.delete(BUCKET, id_, after)
    plugin.delete(BUCKET, id_, after)
    assert plugin.read(BUCKET, id_, after) == ("", {}, {})


def test_a_bucket_with_objects_is_deleted_only_with_force_destroy(
    at_aws: AtAws, aws_client: Client, unique: Unique
) -> None:
    plugin = at_aws()
    id_, _, state = plugin.check_and_create(BUCKET, {"bucket": unique("bucket")})
    aws_client("s3").put_object(Bucket=id_, Key="k", Body=b"x")

    with pytest.raises(RefusedError, match=rf"^deleting S3 Bucket \({id_}\): BucketNotEmpty"):
        plugin.delete(BUCKET, id_, state)
    plugin.delete(BUCKET, id_, {**state, "forceDestroy": True})

    assert plugin.read(BUCKET, id_, state)[0] == ""


def test_an_object_is_created_read_updated_and_deleted(
    at_aws: AtAws, aws_client: Client, unique: Unique, tmp_path: Path
) -> None:
    plugin = at_aws()
    bucket, _, _ = plugin.check_and_create(BUCKET, {"bucket": unique("bucket")})
    news = {"bucket": bucket, "key": "a/b.json", "content": "{}", "contentType": "application/json"}
    id_, inputs, state = plugin.check_and_create(OBJECT, news)
    assert (id_, state["contentType"]) == (f"{bucket}/a/b.json", "application/json")
    assert plugin.read(OBJECT, id_, state, inputs) == (id_, state, after_refresh(inputs))
    (tmp_path / "file").write_text("from a file")
    asset = {"4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", "path": str(tmp_path / "file")}

    changed = plugin.check(OBJECT, {"bucket": bucket, "key": "a/b.json", "source": asset})
    after = plugin.update(OBJECT, id_, state, changed)

    assert aws_client("s3").get_object(Bucket=bucket, Key="a/b.json")["Body"].read() == b"from a file"
    plugin.delete(OBJECT, id_, after)
    assert plugin.read(OBJECT, id_, after) == ("", {}, {})


def test_tags_of_an_object_change_without_an_upload(at_aws: AtAws, aws_client: Client, unique: Unique) -> None:
    plugin = at_aws()
    bucket, _, _ = plugin.check_and_create(BUCKET, {"bucket": unique("bucket")})
    news = {"bucket": bucket, "key": "k", "contentBase64": "AAE="}
    id_, _, state = plugin.check_and_create(OBJECT, news)

    after = plugin.update(OBJECT, id_, state, plugin.check(OBJECT, {**news, "tags": {"a": "b"}}))

    s3 = aws_client("s3")
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"\x00\x01"
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == [{"Key": "a", "Value": "b"}]
    assert (after["tagsAll"], after["etag"]) == ({"a": "b"}, state["etag"])


def test_a_zone_is_created_read_updated_and_deleted(at_aws: AtAws, unique: Unique) -> None:
    plugin = at_aws()
    news = {"name": f"{unique('zone')}.example.com", "tags": {"a": "b"}}
    id_, inputs, state = plugin.check_and_create(ZONE, news)
    assert state["arn"] == f"arn:aws:route53:::hostedzone/{id_}"
    assert plugin.read(ZONE, id_, state, inputs) == (id_, state, after_refresh(inputs))

    after = plugin.update(ZONE, id_, state, plugin.check(ZONE, {**news, "tags": {"c": "d"}}))

    assert after["tagsAll"] == {"c": "d"}
    plugin.delete(ZONE, id_, after)
    assert plugin.read(ZONE, id_, after) == ("", {}, {})
