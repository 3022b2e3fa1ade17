"""The rules for documents, resources and whole stacks, each under a code that never changes meaning.

Everything here is a pure function of plain data. `UNKNOWN` marks unknown values, and affects nothing else. No input
makes a rule raise. Each rule is one module with its text and its check: PI304 is `chain/pi304_external_id.py`.
"""

from eks_pod_identity.iam.unknown import UNKNOWN, Unknown
from eks_pod_identity.rules.catalogue import RULES
from eks_pod_identity.rules.chain.target_trust import target_trust_findings
from eks_pod_identity.rules.finding import Finding, Unjudged, Verdict
from eks_pod_identity.rules.judge_stack import stack_verdicts
from eks_pod_identity.rules.resource import Resource
from eks_pod_identity.rules.rule import Example, Level, Rule
from eks_pod_identity.rules.session.judge import session_policy_findings
from eks_pod_identity.rules.session.pi202_size import LONGEST_SESSION_POLICY
from eks_pod_identity.rules.stack.pi402_names import name_findings
from eks_pod_identity.rules.tags.judge import tag_verdicts
from eks_pod_identity.rules.tags.required import Required
from eks_pod_identity.rules.trust.judge import trust_findings

__all__ = [
    "LONGEST_SESSION_POLICY",
    "RULES",
    "UNKNOWN",
    "Example",
    "Finding",
    "Level",
    "Required",
    "Resource",
    "Rule",
    "Unjudged",
    "Unknown",
    "Verdict",
    "name_findings",
    "session_policy_findings",
    "stack_verdicts",
    "tag_verdicts",
    "target_trust_findings",
    "trust_findings",
]
