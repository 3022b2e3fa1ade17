"""Decides whether the trust policy of a role admits a ServiceAccount, and why not."""

from dataclasses import dataclass

from eks_pod_identity.access.identity import Identity, Role
from eks_pod_identity.access.question import check_service_account
from eks_pod_identity.access.steps import Missing
from eks_pod_identity.access.wording import nearest_misses, statement_name
from eks_pod_identity.errors import type_name
from eks_pod_identity.iam import search
from eks_pod_identity.iam.admission import Admission
from eks_pod_identity.iam.document import Document, parse
from eks_pod_identity.iam.evaluate import Effect, Evaluation, evaluate_resource_policy, unreadable
from eks_pod_identity.iam.request import Association, Request, source_requests
from eks_pod_identity.iam.unknown import UNKNOWN


@dataclass(frozen=True, slots=True)
class TrustAnswer:
    """Whether a trust policy admits a ServiceAccount.

    Attributes:
        subject: The ServiceAccount, in words.
        role: The name of the role.
        admits: True, False, or None if it depends on unknown values.
        evaluations: The evaluations of AssumeRole and, while tags are on, TagSession.
        missing: The unknown values that decide.
    """

    subject: str
    role: str
    admits: bool | None
    evaluations: tuple[Evaluation, ...]
    missing: tuple[Missing, ...] = ()

    def __str__(self) -> str:
        """Return the answer and, if it is no, what came closest."""
        verb = {True: "trusts", False: "does not trust", None: "may or may not trust"}[self.admits]
        lines = [f"role {self.role} {verb} {self.subject}"]
        if self.admits is None:
            lines.extend(f"  depends on {missing}" for missing in self.missing)
        if self.admits is False:
            refused = Admission(self.admits, self.evaluations).refusal
            if refused is not None:
                lines.append(f"  the trust policy does not allow {refused.request.action}")
                lines.extend(_reasons(refused))
        return "\n".join(lines)


def ask_trust(
    role: Role | Identity,
    *,
    cluster: str,
    namespace: str,
    service_account: str,
    region: str | None = None,
    account: str | None = None,
    session_tags: bool = True,
) -> TrustAnswer:
    """Decide whether *role* admits a ServiceAccount; without a region, any region counts."""
    _check_role(role)
    check_service_account(cluster, namespace, service_account, region, account)
    source = role.role if isinstance(role, Identity) else role
    known = (
        role.association
        if isinstance(role, Identity)
        else Identity(cluster, namespace, service_account, role).association
    )
    association = Association(
        cluster,
        namespace,
        service_account,
        region or known.region,
        account or known.account,
        known.partition,
        session_tags,
    )
    trust = parse(source.trust)
    requests = source_requests(association, source.arn, source.tags)
    answer = search.find(trust, requests).answer
    evaluations = tuple(evaluate_resource_policy(trust, request) for request in requests)
    missing = tuple(_missing(trust, requests)) if answer is None else ()
    subject = f"{namespace}/{service_account} in cluster {cluster}"
    return TrustAnswer(subject, source.name, answer, evaluations, missing)


def _check_role(role: object) -> None:
    """Refuse what a type checker would refuse: tests are seldom type-checked."""
    if not isinstance(role, Role | Identity):
        raise TypeError(f"Expected a Role or an Identity, got {type_name(role)}: the trust policy decides.")


def _missing(trust: Document, requests: tuple[Request, ...]) -> list[Missing]:
    if trust.source is UNKNOWN or not trust.is_complete:
        return [Missing("the text of the trust policy")]
    missing = [
        Missing(f"what the trust policy means: {problem.location or 'the document'} {problem.text}")
        for problem in unreadable(trust)
    ]
    for request in requests:
        evaluation = evaluate_resource_policy(trust, request)
        for statement in evaluation.deciding if evaluation.effect is Effect.UNKNOWN else ():
            for check in evaluation.checks(statement):
                wanted = f"{check.operator} {', '.join(check.wanted)}"
                missing.extend(Missing(key, wanted) for key in check.missing if check.holds is None)
    return list(dict.fromkeys(missing))


def _reasons(refused: Evaluation) -> list[str]:
    name = "the trust policy"
    if refused.effect is Effect.EXPLICIT_DENY:
        return [f"  denied by {statement_name(name, statement)}" for statement in refused.deciding]
    return [f"  nearest: {miss}" for miss in nearest_misses({name: refused}, refused.request.action)]
