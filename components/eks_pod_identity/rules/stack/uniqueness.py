"""PI401: one association for each ServiceAccount of a cluster."""

from collections.abc import Iterator, Mapping
from typing import cast

from eks_pod_identity.rules.resource import ADDON, ASSOCIATION, Resource
from eks_pod_identity.rules.stack.graph import Place, Stack
from eks_pod_identity.rules.stack.located import Located, found, unjudged

_NAMESPACES: Mapping[str, str] = {
    "amazon-cloudwatch-observability": "amazon-cloudwatch",
    "adot": "opentelemetry-operator-system",
    "external-dns": "external-dns",
    "cert-manager": "cert-manager",
    "aws-privateca-connector-for-kubernetes": "aws-privateca-issuer",
}
"""Namespaces of add-ons that do not run in kube-system; `namespaceConfig` of the add-on comes first."""

_Key = tuple["Place", str, str]


def uniqueness_verdicts(stack: Stack) -> Iterator[Located]:
    """Judge each association against those before it and those of add-ons."""
    seen: dict[_Key, Resource] = {}
    for addon in stack.of(ADDON):
        for key in _of_addon(stack, addon):
            seen.setdefault(key, addon)
    for association in stack.of(ASSOCIATION):
        place = stack.place(association)
        namespace, account = association.text("namespace"), association.text("serviceAccount")
        if place is None or not namespace or not account:
            if any(association.is_open(key) for key in ("clusterName", "namespace", "serviceAccount")):
                yield unjudged("PI401", association, "its cluster, namespace or ServiceAccount is not known yet.")
            continue
        first = seen.setdefault((place, namespace, account), association)
        if first is not association:
            yield found("PI401", association, f"associates {namespace}/{account}, as {first.mention} does already.")


def _of_addon(stack: Stack, addon: Resource) -> Iterator[_Key]:
    place = stack.place(addon)
    entries = addon.get("podIdentityAssociations")
    if place is None or not isinstance(entries, list):
        return
    config = addon.get("namespaceConfig")
    named = cast("Mapping[str, object]", config).get("namespace") if isinstance(config, Mapping) else None
    namespace = named if isinstance(named, str) else _NAMESPACES.get(addon.text("addonName"), "kube-system")
    for entry in cast("list[object]", entries):
        account = cast("Mapping[str, object]", entry).get("serviceAccount") if isinstance(entry, Mapping) else None
        if isinstance(account, str):
            yield place, namespace, account
