"""`aws:iam/openIdConnectProvider:OpenIdConnectProvider`."""

from typing import Any

from sandbox.aws_plugin import tags
from sandbox.aws_plugin.account import Aws
from sandbox.aws_plugin.model import AwsResource, Property, ResourceType, Values, read_created
from sandbox.aws_plugin.resources import rules

_LABEL = "IAM OIDC Provider"
_SCHEME = "https://"


def _create(aws: Aws, news: Values) -> AwsResource:
    iam = aws.iam()
    request: dict[str, Any] = {
        "Url": news["url"],
        "ClientIDList": news["clientIdLists"],
        "ThumbprintList": news.get("thumbprintLists") or None,
        "Tags": tags.to_list(news.get("tagsAll") or {}) or None,
    }
    arn = aws.call(
        f"creating {_LABEL}",
        lambda: iam.create_open_id_connect_provider(**{key: value for key, value in request.items() if value}),
    )["OpenIDConnectProviderArn"]
    # Unlike other types, the provider reads this one only once, although IAM may not show it yet.
    return read_created(aws, _LABEL, arn, news, _read, wait=False)


def _read(aws: Aws, id_: str, state: Values) -> AwsResource | None:
    iam = aws.iam()

    def get() -> Any:
        try:
            return iam.get_open_id_connect_provider(OpenIDConnectProviderArn=id_)
        except iam.exceptions.NoSuchEntityException:
            return None

    provider = aws.call(f"reading {_LABEL} ({id_})", get)
    if provider is None:
        return None
    return AwsResource(
        id_,
        {
            "arn": id_,
            "clientIdLists": provider.get("ClientIDList", []),
            "thumbprintLists": provider.get("ThumbprintList", []),
            "url": provider["Url"].removeprefix(_SCHEME),
            **tags.from_aws(provider.get("Tags"), aws.settings, state.get("tags")),
        },
    )


def _update(aws: Aws, id_: str, olds: Values, news: Values) -> Values:
    iam = aws.iam()
    aws.call(
        f"updating tags for {_LABEL} ({id_})",
        lambda: tags.change(
            olds,
            news,
            put=lambda added: iam.tag_open_id_connect_provider(OpenIDConnectProviderArn=id_, Tags=tags.to_list(added)),
            remove=lambda keys: iam.untag_open_id_connect_provider(OpenIDConnectProviderArn=id_, TagKeys=keys),
        ),
    )
    # IAM rejects an empty list in an update, so the provider does not send one: clearing changes nothing
    # (https://github.com/hashicorp/terraform-provider-aws/issues/40509).
    if news.get("thumbprintLists") and news["thumbprintLists"] != olds.get("thumbprintLists"):
        aws.call(
            f"updating {_LABEL} ({id_}) thumbprint",
            lambda: iam.update_open_id_connect_provider_thumbprint(
                OpenIDConnectProviderArn=id_, ThumbprintList=news["thumbprintLists"]
            ),
        )
    before, after = set(olds.get("clientIdLists") or []), set(news["clientIdLists"])
    for client_id in sorted(after - before):
        aws.call(
            f"adding client ID ({client_id}) to {_LABEL} ({id_})",
            lambda client_id=client_id: iam.add_client_id_to_open_id_connect_provider(
                OpenIDConnectProviderArn=id_, ClientID=client_id
            ),
        )
    for client_id in sorted(before - after):
        aws.call(
            f"removing client ID ({client_id}) from {_LABEL} ({id_})",
            lambda client_id=client_id: iam.remove_client_id_from_open_id_connect_provider(
                OpenIDConnectProviderArn=id_, ClientID=client_id
            ),
        )
    current = _read(aws, id_, {**olds, "tags": None, **news})
    return current.state if current else olds


def _delete(aws: Aws, id_: str, _state: Values) -> None:
    iam = aws.iam()

    def delete() -> None:
        try:
            iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=id_)
        except iam.exceptions.NoSuchEntityException:
            return

    aws.call(f"deleting {_LABEL} ({id_})", delete)


TYPE = ResourceType(
    token="aws:iam/openIdConnectProvider:OpenIdConnectProvider",  # noqa: S106 - a type token
    label=_LABEL,
    inputs={
        "clientIdLists": Property("set", required=True, check=rules.each(rules.length(1, 255))),
        "tags": Property("map"),
        "thumbprintLists": Property("list", computed=True, check=rules.each(rules.length(40, 40))),
        "url": Property(
            required=True,
            replaces=True,
            check=rules.https_url,
            # IAM returns the address without its scheme.
            equal=lambda old, new: str(old).removeprefix(_SCHEME) == str(new).removeprefix(_SCHEME),
        ),
    },
    outputs=("arn",),
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    tagged=True,
)
