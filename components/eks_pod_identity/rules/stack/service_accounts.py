"""PI403 and PI407: the ServiceAccounts of the stack beside its associations."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, cast

from eks_pod_identity.errors import listed, quoted
from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules.finding import Unjudged
from eks_pod_identity.rules.resource import ASSOCIATION, SERVICE_ACCOUNT, Resource
from eks_pod_identity.rules.stack.graph import Stack
from eks_pod_identity.rules.stack.located import Located, found, unjudged

IRSA_ANNOTATION = "eks.amazonaws.com/role-arn"


def service_account_verdicts(stack: Stack) -> Iterator[Located]:
    """Judge annotations, and associations whose ServiceAccount the stack might have been meant to create."""
    by_namespace: dict[str, dict[str, Resource]] = defaultdict(dict)
    open_namespaces: set[str] = set()
    for account in stack.of(SERVICE_ACCOUNT):
        metadata = _metadata(account)
        if UNKNOWN in (metadata.get("namespace"), metadata.get("name"), account.get("metadata")):
            yield Located(account, Unjudged(("PI403", "PI407"), account.label, "its name is not known yet."))
        namespace, name = metadata.get("namespace", "default"), metadata.get("name")
        if not isinstance(namespace, str):
            continue
        if isinstance(name, str):
            by_namespace[namespace][name] = account
        else:
            open_namespaces.add(namespace)
    for association in stack.of(ASSOCIATION):
        namespace, name = association.text("namespace"), association.text("serviceAccount")
        accounts = by_namespace.get(namespace, {})
        if name in accounts:
            yield from _annotation(accounts[name])
        elif accounts and name and namespace not in open_namespaces:
            others = listed([quoted(one) for one in sorted(accounts)])
            yield found("PI407", association, f"names {quoted(name)}; this stack creates {others}.", "serviceAccount")


def _annotation(account: Resource) -> Iterator[Located]:
    annotations = _metadata(account).get("annotations")
    if annotations is UNKNOWN:
        yield unjudged("PI403", account, "its annotations are not known yet.")
    elif isinstance(annotations, Mapping) and IRSA_ANNOTATION in annotations:
        yield found("PI403", account, f"carries {IRSA_ANNOTATION} and has an association.", "metadata.annotations")


def _metadata(account: Resource) -> Mapping[str, Any]:
    metadata = account.get("metadata")
    return cast("Mapping[str, Any]", metadata) if isinstance(metadata, Mapping) else {}
