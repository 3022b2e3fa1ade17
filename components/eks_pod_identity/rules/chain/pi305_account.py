"""PI305: an association names a role of another account than the cluster's."""

from collections.abc import Iterator

from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import Finding, Located, Verdict, unjudged
from eks_pod_identity.rules.graph.chains import Chain
from eks_pod_identity.rules.resource import Resource, account_of, provider_account
from eks_pod_identity.rules.rule import Example, Level, Rule

RULE = Rule(
    code="PI305",
    level=Level.MANDATORY,
    policy="pod-identity-association",
    title="The role is in the account of the cluster",
    cause="`roleArn` is in another account than the cluster.",
    why='EKS rejects it: "Cross-account pass role is not allowed".',
    fix="Use `role_arn` for a role of the cluster's account, and `target_role_arn` for a role of another account.",
    raw_fix="Set roleArn to a role of the cluster's account, and targetRoleArn to the role in the other account.",
    compliant=Example(
        {"association": samples.association(roleArn=samples.SOURCE_ROLE_ARN)},
        config={"clusterAccount": samples.ACCOUNT},
    ),
    violating=Example(
        {"association": samples.association(roleArn=f"arn:aws:iam::{samples.TARGET_ACCOUNT}:role/payments-api")},
        config={"clusterAccount": samples.ACCOUNT},
    ),
)


def account_verdicts(association: Resource, cluster_account: str) -> Iterator[Verdict]:
    """Judge the account of the role against that of the cluster, if both are known."""
    account = account_of(association.get("roleArn"))
    if account and cluster_account and account != cluster_account:
        yield _finding(association, cluster_account, account)


def linked_account_verdicts(chain: Chain, configured: str) -> Iterator[Located]:
    """Judge associations whose accounts only the stack shows, which `account_verdicts` cannot judge."""
    association, role = chain.association, chain.source.role
    judged_alone = configured or provider_account(association.provider_properties)
    if judged_alone and association.text("roleArn"):
        return
    actual = account_of(association.text("roleArn") or (role.text("arn") if role else ""))
    if not actual and role is not None and chain.source.link.is_certain:
        actual = provider_account(role.provider_properties)
    if chain.account and not actual and role is not None and role.provider != association.provider:
        yield unjudged(RULE, association, f"the account of {role.mention} is not known yet.", "roleArn")
    if actual and chain.account and actual != chain.account:
        yield Located(association, _finding(association, chain.account, actual))


def _finding(association: Resource, cluster_account: str, role_account: str) -> Finding:
    return Finding(
        RULE,
        association.label,
        f"is for a cluster in account {cluster_account}, and its role is in account {role_account}.",
        "roleArn",
    )
