"""Checks documents that users pass or components write against the rules that the policy pack reports.

The rules load large tables of actions, so each function imports the rules for its type of document when it is called.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, cast

from eks_pod_identity.errors import Problem, RuleError, shorten, type_name
from eks_pod_identity.iam import canonical, parse
from eks_pod_identity.iam.canonical import Document, Statement
from pulumi_eks_pod_identity._run.outputs import is_output

_FILE_NAME = re.compile(r"[\w./~-]+\.json")
_QUOTED = re.compile('"([^"]*)"')
_RECOGNIZED = re.compile(r"[:/*]|^((?i:allow|deny)|2012-10-17|2008-10-17|[a-z0-9.-]+\.amazonaws\.com(\.cn)?)$")
"""An action, an ARN, a path, a service, or one of the words that a policy may have."""

_ELEMENTS = frozenset({"version", "id", "statement", "statements", "effect", "action", "notaction", "resource"})
_HIDDEN = "…"


def reject_single_document(value: object) -> None:
    """Check that a map of policies is not the document itself, a statement, or a text.

    Raises:
        RuleError: If it is.
    """
    if isinstance(value, Mapping):
        items = cast("Mapping[str, object]", value).items()
        elements = [key for key, item in items if key.lower() in _ELEMENTS and not _is_document(item)]
        what = "one statement" if "Effect" in elements else "one policy document" if elements else ""
    else:
        what = type_name(value) if isinstance(value, str | list) else ""  # pyright: ignore[reportUnknownArgumentType] - its type is all that is asked
    if what:
        raise RuleError(
            f"This is {what}; the argument is a map from names to documents.",
            'Give the document a name: {"invoices": {"Version": "2012-10-17", "Statement": [...]}}.',
        )


def _is_document(value: object) -> bool:
    if isinstance(value, str):
        return value.lstrip().startswith("{")
    return is_output(value) or (isinstance(value, Mapping) and "Statement" in value)


def role_policy(value: object) -> Document:
    """Check a permission policy of a role.

    Raises:
        RuleError: If IAM would refuse it, or if it names an action that does not exist; with every problem.
    """
    from eks_pod_identity.rules.permissions.argument_checks import policy_problems  # noqa: PLC0415 - see above

    policy = _document(value)
    _reject(policy_problems(policy), policy)
    return canonical.document_of(policy)


def reject_session_tags(policy: Document) -> None:
    """Check that a permission policy does not depend on session tags, because they are disabled.

    Raises:
        RuleError: If it does.
    """
    from eks_pod_identity.rules.session.argument_checks import session_tag_problems  # noqa: PLC0415 - see above

    _reject(session_tag_problems(policy), policy)


def session_policy(value: object) -> str:
    """Return the compact text of a session policy.

    Raises:
        RuleError: If it is not a session policy, is too long, or restricts nothing; with every problem.
    """
    from eks_pod_identity.rules.session.argument_checks import session_policy_problems  # noqa: PLC0415 - see above

    policy = _document(value)
    _reject(session_policy_problems(policy), policy)
    return canonical.text(canonical.document_of(policy))


def trust_statement(value: object) -> Statement:
    """Return a statement that a user adds to a trust policy, as data. Its content is checked with the other arguments.

    Raises:
        RuleError: If *value* is no map, or not plain data.
    """
    statement = canonical.normalize(value)
    if not isinstance(statement, Mapping):
        raise RuleError(f"A statement is a map, not {type_name(value)}.", 'Write {"Effect": "Allow", ...}.')
    if "Statement" in statement:
        raise RuleError("This is a policy document, not a statement.", "Give each item of its Statement by itself.")
    return dict(cast("Mapping[str, Any]", statement))


def judge_trust_statement(statement: Statement, *, tags_on: bool) -> None:
    """Judge a statement that a user adds to the trust policy of a source role.

    Raises:
        RuleError: If it opens the role, can never match, or would be refused by IAM.
    """
    from eks_pod_identity.rules.trust.argument_checks import trust_statement_problems  # noqa: PLC0415 - see above

    _reject(trust_statement_problems(statement, session_tags=tags_on), statement)


def judge_target_statement(statement: Statement) -> None:
    """Judge a statement that a user adds to the trust policy of a target role.

    Raises:
        RuleError: If it opens the role to everyone or to a whole account, breaks the tagging of sessions, or would be
            refused by IAM.
    """
    from eks_pod_identity.rules.trust.argument_checks import target_statement_problems  # noqa: PLC0415 - see above

    _reject(target_statement_problems(statement), statement)


def judge_trust(trust: Document, *, tags_on: bool, role_arn: str = "") -> None:
    """Judge the whole trust policy that a source role will have, and whether it names the role itself.

    Raises:
        RuleError: If a mandatory rule would report it.
    """
    from eks_pod_identity.rules.trust.argument_checks import trust_problems  # noqa: PLC0415 - see above

    _reject_as_a_whole(trust_problems(trust, session_tags=tags_on, role_arn=role_arn), trust)


def judge_target_trust(trust: Document) -> None:
    """Judge the whole trust policy that a target role will have.

    Raises:
        RuleError: If a mandatory rule would report it.
    """
    from eks_pod_identity.rules.trust.argument_checks import target_trust_problems  # noqa: PLC0415 - see above

    _reject_as_a_whole(target_trust_problems(trust), trust)


def _document(value: object) -> object:
    """Return a document from a user, normalized.

    Raises:
        RuleError: If it is not plain data, or is something else that people pass in place of a document.
    """
    if isinstance(value, Mapping):
        keys = set(cast("Mapping[str, Any]", value))
        if "Effect" in keys and "Statement" not in keys:
            raise RuleError(
                "This is a statement, not a policy document.", 'Write {"Version": "2012-10-17", "Statement": [...]}.'
            )
    elif not isinstance(value, str):
        raise RuleError(
            f"A policy document is a map or JSON text of one, not {type_name(value)}.",
            'Write {"Version": "2012-10-17", "Statement": [...]}.',
        )
    elif value.startswith("arn:"):
        raise RuleError(
            "This is an ARN, not a policy document.",
            "Give the document itself; 'managed_policy_arns' attaches managed policies.",
        )
    elif _FILE_NAME.fullmatch(value):
        raise RuleError("This is the name of a file, not a policy document.", "Give what the file contains.")
    return canonical.normalize(cast("object", value))


def _reject(problems: Sequence[Any], document: object) -> None:
    """Raise all *problems* of a document or a statement that the user wrote, each with its path."""
    _raise([Problem(problem.path, problem.rule_at_path, problem.fix) for problem in problems], document)


def _reject_as_a_whole(problems: Sequence[Any], document: object) -> None:
    """Raise all *problems* of a document that the user wrote in part. Each rule names its location."""
    _raise([Problem((), problem.rule, problem.fix) for problem in problems], document)


def _raise(problems: Sequence[Problem], document: object) -> None:
    if not problems:
        return
    source = parse(document).source if isinstance(document, str) else document
    unrecognized = {form for text in _unrecognized_texts(source) for form in (text, shorten(text))}

    def hide_unrecognized(sentence: str) -> str:
        return _QUOTED.sub(lambda match: _quote(match.group(1), unrecognized), sentence)

    shown_problems = [
        Problem(problem.path, hide_unrecognized(problem.rule), hide_unrecognized(problem.fix)) for problem in problems
    ]
    rule = " ".join(problem.rule for problem in shown_problems)
    fix = " ".join(dict.fromkeys(problem.fix for problem in shown_problems))
    raise RuleError(rule, fix, shown_problems)


def _unrecognized_texts(source: object) -> Iterator[str]:
    """Return the texts in the place of effects, actions and resources that look like none of them.

    Such a text may be anything, a password for example, so an error does not repeat it.
    """
    if isinstance(source, list):
        for item in cast("list[object]", source):
            yield from _unrecognized_texts(item)
    elif isinstance(source, Mapping):
        for element, item in cast("Mapping[object, object]", source).items():
            if element != "Condition":
                yield from _unrecognized_texts(item)
    elif isinstance(source, str) and not _RECOGNIZED.search(source):
        yield source


def _quote(text: str, unrecognized: AbstractSet[str]) -> str:
    """Return *text* in quotes, with a placeholder if its last part must be hidden."""
    head, colon, last = text.rpartition(":")
    return f'"{head}{colon}{_HIDDEN if last in unrecognized else last}"'
