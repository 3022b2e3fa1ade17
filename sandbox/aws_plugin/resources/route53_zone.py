"""`aws:route53/zone:Zone`: a public hosted zone."""

from typing import Any

from sandbox.aws_plugin import tags
from sandbox.aws_plugin.account import Aws
from sandbox.aws_plugin.errors import code
from sandbox.aws_plugin.model import AutoName, AwsResource, Property, ResourceType, Values, read_created
from sandbox.aws_plugin.resources.names import unique_name

_LABEL = "Route53 Hosted Zone"


def _create(aws: Aws, news: Values) -> AwsResource:
    route53, name = aws.client("route53"), news["name"]
    hosted_zone = aws.call(
        f"creating {_LABEL} ({name})",
        lambda: route53.create_hosted_zone(
            Name=name, CallerReference=unique_name(""), HostedZoneConfig={"Comment": news.get("comment") or ""}
        ),
    )["HostedZone"]
    id_ = hosted_zone["Id"].rsplit("/", 1)[-1]
    _tag(aws, id_, {}, news)
    return read_created(aws, _LABEL, id_, news, _read)


def _read(aws: Aws, id_: str, state: Values) -> AwsResource | None:
    route53 = aws.client("route53")

    def get() -> Any:
        try:
            listed = route53.list_tags_for_resource(ResourceType="hostedzone", ResourceId=id_)
            return route53.get_hosted_zone(Id=id_), listed["ResourceTagSet"].get("Tags", [])
        except route53.exceptions.NoSuchHostedZone:
            return None

    answer = aws.call(f"reading {_LABEL} ({id_})", get)
    if answer is None:
        return None
    zone, listed = answer
    servers = sorted(zone.get("DelegationSet", {}).get("NameServers", []))
    return AwsResource(
        id_,
        {
            "arn": f"arn:{aws.partition}:route53:::hostedzone/{id_}",
            "comment": zone["HostedZone"].get("Config", {}).get("Comment", ""),
            "forceDestroy": bool(state.get("forceDestroy", False)),
            "name": zone["HostedZone"]["Name"].rstrip("."),
            "nameServers": servers,
            "primaryNameServer": servers[0] if servers else "",
            "zoneId": id_,
            **tags.from_aws(listed, aws.settings, state.get("tags")),
        },
    )


def _update(aws: Aws, id_: str, olds: Values, news: Values) -> Values:
    route53 = aws.client("route53")
    if (olds.get("comment") or "") != (news.get("comment") or ""):
        aws.call(
            f"updating {_LABEL} ({id_}) comment",
            lambda: route53.update_hosted_zone_comment(Id=id_, Comment=news.get("comment") or ""),
        )
    _tag(aws, id_, olds, news)
    current = _read(aws, id_, {**olds, "tags": None, **news})
    return current.state if current else olds


def _delete(aws: Aws, id_: str, state: Values) -> None:
    route53 = aws.client("route53")

    def delete() -> None:
        if state.get("forceDestroy"):
            _empty(route53, id_)
        try:
            route53.delete_hosted_zone(Id=id_)
        except route53.exceptions.ClientError as error:
            if code(error) != "NoSuchHostedZone":
                raise

    aws.call(f"deleting {_LABEL} ({id_})", delete)


def _empty(route53: Any, id_: str) -> None:
    """Delete the records of a zone, except its own NS and SOA records."""
    for page in route53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=id_):
        batch = [
            {"Action": "DELETE", "ResourceRecordSet": record}
            for record in page["ResourceRecordSets"]
            if record["Type"] not in ("NS", "SOA")
        ]
        if batch:
            route53.change_resource_record_sets(HostedZoneId=id_, ChangeBatch={"Changes": batch})


def _tag(aws: Aws, zone: str, olds: Values, news: Values) -> None:
    route53 = aws.client("route53")

    def call(**change: Any) -> Any:
        return route53.change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone, **change)

    aws.call(
        f"updating tags for {_LABEL} ({zone})",
        lambda: tags.change(
            olds,
            news,
            put=lambda added: call(AddTags=tags.to_list(added)),
            remove=lambda keys: call(RemoveTagKeys=keys),
        ),
    )


TYPE = ResourceType(
    token="aws:route53/zone:Zone",  # noqa: S106 - a type token
    label=_LABEL,
    inputs={
        "comment": Property(default="Managed by Pulumi"),
        "forceDestroy": Property("boolean", planned_default=False),
        "name": Property(replaces=True, equal=lambda old, new: str(old).rstrip(".") == str(new).rstrip(".")),
        "tags": Property("map"),
    },
    outputs=("arn", "nameServers", "primaryNameServer", "zoneId"),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    autoname=AutoName(limit=255),
    tagged=True,
    not_returned=("forceDestroy",),
)
