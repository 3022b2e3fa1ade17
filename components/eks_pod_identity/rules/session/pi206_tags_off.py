"""PI206: session tags are disabled, and something depends on them."""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from eks_pod_identity.iam import Document, Principals, Statement, parse
from eks_pod_identity.iam.admission import admits
from eks_pod_identity.iam.request import Request
from eks_pod_identity.iam.unknown import UNKNOWN
from eks_pod_identity.rules import samples
from eks_pod_identity.rules.finding import Located, finding, unjudged
from eks_pod_identity.rules.graph.chains import Chain, Hop, links_of
from eks_pod_identity.rules.graph.role_policies import RolePolicies
from eks_pod_identity.rules.graph.stack import Stack
from eks_pod_identity.rules.resource import RESOURCE_POLICIES, Resource, account_of
from eks_pod_identity.rules.rule import Example, Level, Rule
from eks_pod_identity.rules.session.session_tag_uses import TagUse, in_words, statement_tag_uses, tag_uses
from eks_pod_identity.rules.trust.pod_statements import names_pods

RULE = Rule(
    code="PI206",
    level=Level.MANDATORY,
    policy="pod-identity-stack",
    title="Nothing depends on disabled session tags",
    cause="Session tags are disabled while a trust policy compares `aws:RequestTag/…`, or a policy of the role, its "
    "permissions boundary, the session policy itself or a resource policy of the stack compares "
    "`aws:PrincipalTag/kubernetes-…` or `aws:PrincipalTag/eks-cluster-…`.",
    why="The tags are absent: a comparison with one never holds, and a negated one (`StringNotEquals`) always does.",
    fix="Leave `disable_session_tags` unset, or let the component write the trust policy and remove the tags from "
    "`policies`.",
    raw_fix="Scope the trust policy by aws:SourceArn (a target role by sts:ExternalId), and name resources instead of "
    "using aws:PrincipalTag.",
    compliant=Example(
        {
            "role": samples.role(samples.trust(Condition=samples.SCOPED_BY_CLUSTER)),
            "association": samples.association(disableSessionTags=True),
        }
    ),
    violating=Example(
        {"role": samples.role(samples.trust()), "association": samples.association(disableSessionTags=True)}
    ),
)


_AWS_POLICIES = {"AmazonEBSCSIDriverEKSClusterScopedPolicy": "eks-cluster-name"}
"""AWS managed policies that compare a session tag, with the tag."""

_SHOWN = 3


Requests = Callable[[], Sequence[Request]]


class Need(NamedTuple):
    """Something that depends on session tags: what, how, and the fix. *text* is empty if it could not be judged."""

    mention: str
    text: str
    fix: str = ""


class TagsOff:
    """Judges the associations of a stack without session tags against the documents that they use."""

    def __init__(self, stack: Stack, policies: Mapping[str, RolePolicies]) -> None:
        """Judge associations of *stack*; *policies* are those of its roles by the URN of the role."""
        self._stack = stack
        self._policies = policies
        self._role_needs: dict[str, list[Need]] = {}

    def verdicts(self, chain: Chain) -> Iterator[Located]:
        """Judge one association."""
        if chain.caller.session_tags is True:
            return
        needs = [
            *_needs_of_trusts(chain),
            *_needs_of_session_policy(chain),
            *_needs_of_resource_policies(chain, self._resource_policies),
        ]
        for _, hop in links_of(chain):
            if hop.role is not None and hop.link.is_certain:
                needs += self._needs_of(hop.role)
        yield from _verdicts_on(chain, needs)

    @functools.cached_property
    def _resource_policies(self) -> list[tuple[Resource, Document]]:
        """The resource policies that depend on session tags: read only for an association without them."""
        return list(_resource_policies(self._stack))

    def _needs_of(self, role: Resource) -> list[Need]:
        if role.urn not in self._role_needs:
            self._role_needs[role.urn] = list(_needs_of_role(role, self._policies.get(role.urn, RolePolicies())))
        return self._role_needs[role.urn]


def _verdicts_on(chain: Chain, needs: Sequence[Need]) -> Iterator[Located]:
    association = chain.association
    definite = [need for need in dict.fromkeys(needs) if need.text]
    if definite and chain.caller.session_tags is UNKNOWN:
        yield unjudged(RULE, association, "disableSessionTags is not known yet.")
        return
    for need in definite:
        problem = f"has session tags disabled, but {need.mention} depends on them: {need.text}."
        yield finding(RULE, association, problem, "disableSessionTags", raw_hint=_fix(need, association))
    if not definite:
        for need in dict.fromkeys(needs):
            yield unjudged(RULE, association, f"{need.mention} is not known yet.")


def _fix(need: Need, association: Resource) -> str:
    needs_tags_off = association.get("policy") not in (None, "")
    others = "remove the session policy and leave disableSessionTags unset" if needs_tags_off else ""
    return f"{need.fix}, or {others or 'leave disableSessionTags unset'}."


def _text(uses: Sequence[TagUse]) -> str:
    return in_words(uses[:_SHOWN])


def _needs_of_trusts(chain: Chain) -> Iterator[Need]:
    """Return the trust policies that admit the association only with session tags, or admit everyone without them."""
    off, on = chain.with_session_tags(on=False), chain.with_session_tags(on=True)
    yield from _needs_of_trust(chain.source, off.source_requests, on.source_requests, "aws:SourceArn")
    if chain.target is not None:
        yield from _needs_of_trust(chain.target, off.target_requests, on.target_requests, "sts:ExternalId")


def _needs_of_trust(hop: Hop, off: Requests, on: Requests, scope: str) -> Iterator[Need]:
    role = hop.role
    if role is None or not hop.link.is_certain:
        return
    mention = f"the trust policy of {role.mention}"
    fix = f"Compare {scope} in {mention} instead of session tags"
    without = admits(hop.trust, off()).answer
    if without is None and (
        not hop.trust.is_complete or any(statement.conditions_are_open for statement in hop.trust.statements)
    ):
        yield Need(mention, "")
    uses = list(tag_uses(hop.trust))
    if without is False and admits(hop.trust, on()).answer is not False:
        text = _text([use for use in uses if not use.always_holds] or uses) or "it admits no call without them"
        yield Need(mention, text, fix)
        return
    expands = hop.trust.expands_variables is not False
    opened = [
        use
        for statement in hop.trust.statements
        if statement.allows and (names_pods(statement) or _names_roles(statement))
        for use in statement_tag_uses(statement, expands=expands)
        if use.always_holds
    ]
    if opened:
        yield Need(mention, _text(opened), fix)


def _names_roles(statement: Statement) -> bool:
    principals = statement.principals
    return principals is not None and (principals.include_everyone or bool(principals.of("AWS")))


def _needs_of_session_policy(chain: Chain) -> Iterator[Need]:
    policy = chain.association.get("policy")
    if policy not in (None, ""):
        yield from _needs_of_document("its session policy", parse(policy))


def _needs_of_role(role: Resource, policies: RolePolicies) -> Iterator[Need]:
    for policy in policies.all_documents:
        yield from _needs_of_document(policy.resource.mention, policy.document)
    for arn in policies.unseen:
        name = arn.rpartition("/")[2]
        if name in _AWS_POLICIES:
            text = f"it compares aws:PrincipalTag/{_AWS_POLICIES[name]}"
            yield Need(f"the managed policy {name}", text, f"Attach a policy without session tags instead of {name}")
    if policies.has_unknown:
        yield Need(f"a policy of {role.mention}", "")


def _without_tags(mention: str) -> str:
    return f"Name resources or roles in {mention} instead of comparing session tags"


def _needs_of_document(mention: str, document: Document) -> Iterator[Need]:
    uses = list(tag_uses(document))
    if uses:
        yield Need(mention, _text(uses), _without_tags(mention))
    elif not document.is_complete or any(
        statement.conditions_are_open or statement.resources.open for statement in document.statements
    ):
        yield Need(mention, "")


def _resource_policies(stack: Stack) -> Iterator[tuple[Resource, Document]]:
    """Return the resource policies of the stack that depend on session tags.

    A bucket, key or queue shows the policy that another resource attaches to it; that resource is the one to change.
    """
    attached: set[tuple[str, str]] = set()
    for resource in stack.of(*sorted(RESOURCE_POLICIES, key=_is_attached, reverse=True)):
        document = parse(resource.get(RESOURCE_POLICIES[resource.type]) or {})
        if any(True for _ in tag_uses(document)):
            of_service = (resource.type.partition("/")[0], document.compact)
            if _is_attached(resource.type):
                attached.add(of_service)
            elif of_service in attached:
                continue
            yield resource, document


def _is_attached(resource_type: str) -> bool:
    return resource_type.endswith(("Policy", "Permissions"))


def _needs_of_resource_policies(chain: Chain, resources: Sequence[tuple[Resource, Document]]) -> Iterator[Need]:
    for resource, document in resources:
        expands = document.expands_variables is not False
        uses = [
            use
            for statement in document.statements
            if statement.principals is not None and _may_name(statement.principals, chain.final.arn, chain.account)
            for use in statement_tag_uses(statement, expands=expands)
        ]
        if uses:
            yield Need(resource.mention, _text(uses), _without_tags(resource.mention))


def _may_name(principals: Principals, role_arn: object, account: str) -> bool:
    if principals.negated or principals.include_everyone or principals.is_open("AWS"):
        return True
    own = account_of(role_arn) or account
    for name in principals.of("AWS"):
        if name == role_arn:
            return True
        is_account = name.isdigit() or name.endswith(":root")
        if (is_account or role_arn is UNKNOWN) and (not own or own in (name, account_of(name))):
            return True
    return False
