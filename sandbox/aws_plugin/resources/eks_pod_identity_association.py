"""`aws:eks/podIdentityAssociation:PodIdentityAssociation`."""

from typing import Any

from sandbox.aws_plugin import documents, tags
from sandbox.aws_plugin.account import Aws, is_missing_role
from sandbox.aws_plugin.errors import PluginError
from sandbox.aws_plugin.model import AwsResource, Property, ResourceType, Values
from sandbox.aws_plugin.resources import rules

_LABEL = "EKS Pod Identity Association"
_SENT = ("roleArn", "targetRoleArn", "disableSessionTags", "policy")


def _create(aws: Aws, news: Values) -> AwsResource:
    eks = aws.eks(news)
    request = {
        "clusterName": news["clusterName"],
        "namespace": news["namespace"],
        "serviceAccount": news["serviceAccount"],
        **_sent(news),
        **({"tags": news["tagsAll"]} if news.get("tagsAll") else {}),
    }
    where = f"{news['clusterName']}/{news['namespace']}/{news['serviceAccount']}"
    answer = aws.call(
        f"creating {_LABEL} ({where})",
        lambda: eks.create_pod_identity_association(**request),
        retry=is_missing_role,
    )
    association = answer["association"]
    return AwsResource(association["associationId"], _state(aws, association, news))


def _read(aws: Aws, id_: str, state: Values) -> AwsResource | None:
    cluster, association_id, region = _identity(id_, state)
    known = {**state, "region": region or aws.region}
    eks = aws.eks(known)

    def describe() -> Any:
        try:
            return eks.describe_pod_identity_association(clusterName=cluster, associationId=association_id)[
                "association"
            ]
        except eks.exceptions.ResourceNotFoundException:
            return None

    association = aws.call(f"reading {_LABEL} ({association_id})", describe)
    return None if association is None else AwsResource(association_id, _state(aws, association, known))


def _update(aws: Aws, id_: str, olds: Values, news: Values) -> Values:
    eks = aws.eks(news)
    aws.call(
        f"updating tags for {_LABEL} ({id_})",
        lambda: tags.change(
            olds,
            news,
            put=lambda added: eks.tag_resource(resourceArn=olds["associationArn"], tags=added),
            remove=lambda keys: eks.untag_resource(resourceArn=olds["associationArn"], tagKeys=keys),
        ),
    )
    # A property that the program omits is not sent, so AWS keeps the old targetRoleArn and policy: the official
    # provider omits null members (hashicorp/terraform-provider-aws, internal/service/eks/pod_identity_association.go),
    # and only an empty string clears one (aws-controllers-k8s/eks-controller, sdk_update_post_build_request.go.tpl).
    # Removing one of the two therefore requires a replacement.
    if any((olds.get(key) or "") != (news.get(key) or "") for key in _SENT):
        answer = aws.call(
            f"updating {_LABEL} ({id_})",
            lambda: eks.update_pod_identity_association(
                clusterName=news["clusterName"], associationId=id_, **_sent(news)
            ),
            retry=is_missing_role,
        )
        external_id = answer["association"].get("externalId")
    else:
        external_id = olds.get("externalId")
    unchanged = {key: olds[key] for key in ("associationArn", "associationId") if key in olds}
    # The state has the planned values, not what AWS kept: the next refresh shows the difference.
    return {**news, **unchanged, "externalId": external_id}


def _delete(aws: Aws, id_: str, state: Values) -> None:
    eks = aws.eks(state)

    def delete() -> None:
        try:
            eks.delete_pod_identity_association(clusterName=state["clusterName"], associationId=id_)
        except eks.exceptions.ResourceNotFoundException:
            return

    aws.call(f"deleting {_LABEL} ({id_})", delete)


def _sent(news: Values) -> Values:
    return {key: news[key] for key in _SENT if news.get(key) not in (None, "")}


def _state(aws: Aws, association: Values, known: Values) -> Values:
    return {
        "associationArn": association["associationArn"],
        "associationId": association["associationId"],
        "clusterName": association["clusterName"],
        "disableSessionTags": bool(association.get("disableSessionTags", False)),
        "externalId": association.get("externalId"),
        "namespace": association["namespace"],
        "policy": association.get("policy"),
        "region": known.get("region") or aws.region,
        "roleArn": association.get("roleArn"),
        "serviceAccount": association["serviceAccount"],
        "targetRoleArn": association.get("targetRoleArn"),
        **tags.from_aws(association.get("tags"), aws.settings, known.get("tags")),
    }


def _identity(id_: str, state: Values) -> tuple[str, str, str | None]:
    """Parse the id in the state, or an import id `cluster-name,association-id` with an optional `@region`."""
    if state.get("clusterName"):
        return state["clusterName"], id_.rsplit(",", 1)[-1], state.get("region")
    rest, _, region = id_.partition("@")
    cluster, comma, association_id = rest.partition(",")
    if not (cluster and comma and association_id):
        raise PluginError(f"wrong format of import ID ({id_}), use: 'cluster-name,association-id'")
    return cluster, association_id, region or None


TYPE = ResourceType(
    token="aws:eks/podIdentityAssociation:PodIdentityAssociation",  # noqa: S106 - a type token
    label=_LABEL,
    inputs={
        "clusterName": Property(required=True, replaces=True),
        # The provider plans false: omitting it means false, not unchanged.
        "disableSessionTags": Property("boolean", planned_default=False),
        "namespace": Property(required=True, replaces=True),
        # The plan compares text, so another order of keys is a change; only values read from AWS are compared as
        # policies.
        "policy": Property(equal_when_read=documents.equivalent),
        "region": Property(replaces=True),
        "roleArn": Property(required=True, check=rules.parsed_arn),
        "serviceAccount": Property(required=True, replaces=True),
        "tags": Property("map"),
        "targetRoleArn": Property(check=rules.parsed_arn),
    },
    outputs=("associationArn", "associationId", "externalId"),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    tagged=True,
    regional=True,
    plugin_framework=True,
    unknown_on_update=("externalId",),
)
