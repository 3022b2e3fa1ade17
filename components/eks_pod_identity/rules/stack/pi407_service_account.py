"""PI407: the stack creates ServiceAccounts in a namespace, but not the one of an association."""

from collections.abc import Iterator

from eks_pod_identity.errors import join_values, quote
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import Located, finding, unjudged
from eks_pod_identity.rules.graph.associations import associations_of
from eks_pod_identity.rules.graph.service_accounts import service_accounts_of
from eks_pod_identity.rules.graph.stack import Stack
from eks_pod_identity.rules.rule import Example, Level, Rule

_GOOD = {"role": samples.role(samples.trust()), "association": samples.association(), "agent": samples.agent()}

RULE = Rule(
    code="PI407",
    level=Level.ADVISORY,
    policy="pod-identity-stack",
    title="The ServiceAccount exists",
    cause="The stack creates ServiceAccounts in the namespace of an association, but not the one it names.",
    why="EKS accepts any name, and with a misspelled one no pod gets credentials.",
    fix="Correct `service_account`, or set `create_service_account`.",
    raw_fix="Correct serviceAccount.",
    compliant=Example({**_GOOD, "account": samples.service_account("api")}),
    violating=Example({**_GOOD, "account": samples.service_account("apis")}),
)


def missing_account_verdicts(stack: Stack) -> Iterator[Located]:
    """Judge associations whose ServiceAccount the stack might be expected to create."""
    accounts = service_accounts_of(stack)
    for account in accounts.unnamed:
        yield unjudged(RULE, account, "its name is not known yet.")
    for association in associations_of(stack):
        namespace, name = association.text("namespace"), association.text("serviceAccount")
        names = accounts.by_namespace.get(namespace, {})
        # An add-on creates its ServiceAccounts itself.
        if not names or not name or name in names or namespace in accounts.open_namespaces or association.addon:
            continue
        others = join_values([quote(each) for each in sorted(names)])
        yield finding(RULE, association, f"names {quote(name)}; this stack creates {others}.", "serviceAccount")
