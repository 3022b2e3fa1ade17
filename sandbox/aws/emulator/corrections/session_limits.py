"""Sessions have a maximum duration and size.

AWS: a role assumed with a role's session lasts at most one hour, whatever the role allows; a longer `DurationSeconds`
fails (STS API, AssumeRole). Otherwise `MaxSessionDuration` of the role is the limit, but not for a session that an AWS
service assumes (IAM User Guide, "role session duration"): EKS gets six hours. Policy and tags share one limit of 4,096
bytes of the session token; the error is `PackedPolicyTooLarge` (STS API, AssumeRole, since September 2026).

MiniStack has no limit. Simplified here: AWS counts a packed form that it does not document; this counts the plain
bytes of the session policy and of the tags' keys and values.
"""

from typing import Any

from sandbox.aws.emulator import call as calls
from sandbox.aws.emulator.call import AssumeRoleCall, Refused
from sandbox.aws.emulator.corrections.role_permission import role_at
from sandbox.aws.emulator.patching import replace

_CHAINED_SECONDS = 3_600
_TOKEN_BYTES = 4_096


def apply() -> None:
    """Reject what exceeds a limit, after the decision on access: a caller without access gets AccessDenied instead."""
    replace("services.sts.register_session", "access_key session", _limit_session)


def _limit_session(original: Any) -> Any:
    def register_session(access_key: str, session: Any) -> Any:
        if call := calls.current():
            _check_duration(call)
            _check_size(call, session)
        return original(access_key, session)

    return register_session


def _check_duration(call: AssumeRoleCall) -> None:
    if call.seconds is None or call.service:
        return
    if call.chained and call.seconds > _CHAINED_SECONDS:
        raise Refused(
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
        )
    role = role_at(call.role_arn)
    if role and call.seconds > role["MaxSessionDuration"]:
        raise Refused(
            "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        )


def _check_size(call: AssumeRoleCall, session: Any) -> None:
    policy = (session.get("SessionPolicies") or {}).get("Policy") or ""
    size = len(policy.encode()) + sum(len((tag["Key"] + tag["Value"]).encode()) for tag in call.tags)
    if size > _TOKEN_BYTES:
        share = round(100 * size / _TOKEN_BYTES)
        raise Refused(
            "PackedPolicyTooLarge", f"Packed size of session policies and tags consumes {share}% of allotted space."
        )
