"""A denial names the type of policy that caused it.

AWS: "because no session policy allows the … action", "with an explicit deny in a permissions boundary" and so on (IAM
User Guide, "Troubleshoot access denied error messages").

MiniStack always says "identity-based policy".
"""

from contextvars import ContextVar
from typing import Any

from sandbox.aws.emulator.patching import lookup, replace

_denying_policy_type: ContextVar[str] = ContextVar("denying_policy_type", default="")


class _SessionPolicies(list[Any]):
    """The session policies among the limits of a caller. The other limits are plain lists."""


def apply() -> None:
    """Record what denied a request while it is judged, and name it in the answer."""
    replace("core.iam_evaluator._session_policy_limits", "session account_id", _marking_session_policies)
    replace("core.iam_evaluator.evaluate", "ctx policies limits", _recording_what_denied)
    replace(
        "core.iam_actions.access_denied_response",
        "service action principal_arn request_id error_code message headers resource_arn explicit_deny "
        "resource_policy_arn",
        _naming_the_policy_type,
    )


def _marking_session_policies(original: Any) -> Any:
    return lambda session, account_id: [_SessionPolicies(layer) for layer in original(session, account_id)]


def _recording_what_denied(original: Any) -> Any:
    first_match = lookup("core.iam_evaluator")._first_match

    def evaluate(ctx: Any, policies: Any, *limits: Any) -> Any:
        result = original(ctx, policies, *limits)
        denies = result.decision == "Deny"
        if not denies and first_match(ctx, _statements(policies), "Allow") is None:
            limits = ()  # nothing allows it in the first place
        effect = "Deny" if denies else "Allow"
        decisive = next(
            (layer for layer in limits if bool(first_match(ctx, _statements(layer), effect)) is denies), None
        )
        policy_type = (
            ""
            if decisive is None
            else "session policy"
            if isinstance(decisive, _SessionPolicies)
            else "permissions boundary"
        )
        _denying_policy_type.set(policy_type if result.decision != "Allow" else "")
        return result

    return evaluate


def _statements(layer: Any) -> list[Any]:
    return [statement for policy in layer for statement in policy]


def _naming_the_policy_type(original: Any) -> Any:
    def access_denied_response(service: str, action: str, principal_arn: str, request_id: str, **more: Any) -> Any:
        policy_type = _denying_policy_type.get()
        if (
            policy_type
            and not more.get("message")
            and not more.get("error_code")
            and not more.get("resource_policy_arn")
        ):
            why = (
                f"with an explicit deny in a {policy_type}"
                if more.get("explicit_deny")
                else f"because no {policy_type} allows the {action} action"
            )
            more["message"] = f"User: {principal_arn} is not authorized to perform: {action} {why}"
        return original(service, action, principal_arn, request_id, **more)

    return access_denied_response
