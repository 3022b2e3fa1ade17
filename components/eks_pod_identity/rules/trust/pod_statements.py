"""Finds the statements of a trust policy that concern EKS Pod Identity."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from eks_pod_identity.iam import Document, Statement
from eks_pod_identity.iam.eks import POD_IDENTITY_SERVICE


def names_pods(statement: Statement) -> bool:
    """Return whether *statement* names the Pod Identity service as a principal."""
    principals = statement.principals
    return principals is not None and not principals.negated and POD_IDENTITY_SERVICE in principals.of("Service")


def pod_statements(document: Document) -> Iterator[Statement]:
    """Return the statements that allow anything to the Pod Identity service."""
    return (statement for statement in document.statements if statement.allows and names_pods(statement))


def denials_of_pods(document: Document, action: str) -> Iterator[Statement]:
    """Return the statements that deny *action* to the Pod Identity service, by name or to everyone."""
    return (
        statement
        for statement in document.statements
        if statement.denies and statement.covers_action(action) and _includes_pods(statement)
    )


def _includes_pods(statement: Statement) -> bool:
    principals = statement.principals
    return names_pods(statement) or (principals is not None and principals.include_everyone)


def may_name_pods(statement: Statement) -> bool:
    """Return whether an unknown part may make *statement* a Pod Identity statement."""
    principals = statement.principals
    if principals is None or statement.denies:
        return False
    return principals.is_open("Service") or (statement.effect_is_open and names_pods(statement))


def with_statements(document: Document, statements: Iterable[Statement]) -> Document:
    """Return *document* with only these statements, and no unknown ones."""
    return replace(document, statements=tuple(statements), is_open=False, open_statements=(), problems=())
