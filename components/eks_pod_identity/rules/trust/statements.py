"""Which statements of a trust policy speak to EKS Pod Identity."""

from collections.abc import Iterator

from eks_pod_identity.iam import Document, Statement
from eks_pod_identity.iam.eks import POD_IDENTITY_SERVICE


def names_pods(statement: Statement) -> bool:
    """Tell whether *statement* names the Pod Identity service as a principal."""
    principals = statement.principals
    return principals is not None and not principals.negated and POD_IDENTITY_SERVICE in principals.of("Service")


def pod_statements(document: Document) -> Iterator[Statement]:
    """The statements that allow the Pod Identity service something."""
    return (one for one in document.statements if one.allows and names_pods(one))


def denials_of_pods(document: Document, action: str) -> Iterator[Statement]:
    """The statements that deny *action* to the Pod Identity service, by name or with everyone else."""
    return (
        one
        for one in document.statements
        if one.denies
        and one.covers_action(action)
        and (names_pods(one) or (one.principals is not None and one.principals.include_everyone))
    )


def may_name_pods(statement: Statement) -> bool:
    """Tell whether a part of *statement* that is not known yet may make it a Pod Identity statement."""
    principals = statement.principals
    if principals is None or statement.denies:
        return False
    return principals.is_open("Service") or (statement.effect_is_open and names_pods(statement))
