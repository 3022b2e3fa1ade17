"""Checks documents that users pass to components against the mandatory rules, before anything is created.

A component passes the **whole** document that it will register, built from known values. Each function returns the
problems in the order of the rules, an empty list if there are none, and never raises.

- `session_policy_problems(document)` for `session_policy`.
- `permission_policy_problems(document, session_tags=...)` for each of `policies` and `target_policies`.
- `trust_problems(document, session_tags=..., role_arn=...)` for the trust policy of a role, including
  `extra_trust_statements` and the statement for IRSA.
- `target_trust_problems(document, role_arn=...)` for the trust policy of a target role.
- `trust_statement_problems(statement, session_tags=...)` and `target_statement_problems(statement)` for one statement
  that a user adds to either.

A document is JSON text or plain data. Any part may be `UNKNOWN`; that part is not judged, and the same check must run
again once its value is known. Importing this imports nearly all rules; for one kind of document, import the module
`argument_checks` of its family.
"""

from eks_pod_identity.rules.document_problems import DocumentProblem
from eks_pod_identity.rules.permissions.argument_checks import policy_problems
from eks_pod_identity.rules.session.argument_checks import session_policy_problems, session_tag_problems
from eks_pod_identity.rules.trust.argument_checks import (
    target_statement_problems,
    target_trust_problems,
    trust_problems,
    trust_statement_problems,
)

__all__ = [
    "DocumentProblem",
    "permission_policy_problems",
    "session_policy_problems",
    "target_statement_problems",
    "target_trust_problems",
    "trust_problems",
    "trust_statement_problems",
]


def permission_policy_problems(
    document: object, *, session_tags: bool | None = True, subject: str = "The policy"
) -> list[DocumentProblem]:
    """Return what is wrong with a permission policy: PI603, PI604, and PI206 if *session_tags* is False."""
    problems = policy_problems(document, subject=subject)
    return problems + (session_tag_problems(document, subject=subject) if session_tags is False else [])
