"""The next session of a role chain inherits transitive session tags.

AWS: a tag whose key is in `TransitiveTagKeys` is passed to every later session of the chain, where it is a request tag
of the AssumeRole call and a session tag of the new session. A call that passes a tag with an inherited key fails (IAM
User Guide, "Pass session tags in AWS STS"). EKS marks all of its six as transitive (EKS User Guide, "session tags").
Condition keys: `sts:TransitiveTagKeys`, and no `aws:TagKeys` where there is no tag.

MiniStack forgets which tags are transitive.
"""

from dataclasses import replace as changed
from typing import Any

from sandbox.aws.emulator import call as calls
from sandbox.aws.emulator.call import Refused
from sandbox.aws.emulator.patching import replace

_MOST = 50


def apply() -> None:
    """Store the transitive keys in the session, and pass the tags on."""
    replace("services.sts._session_tags", "params check", _with_inherited)
    replace("services.sts.register_session", "access_key session", _with_keys)
    replace("core.iam_evaluator.evaluate_trust_policy", "trust_doc caller_arn ctx", _with_condition_keys)


def _with_inherited(original: Any) -> Any:
    def session_tags(params: Any, check: bool = True) -> Any:
        tags, failure = original(params, check)
        call = calls.current()
        if call is None or failure:
            return tags, failure
        passed = {tag["Key"].lower() for tag in tags}
        if passed & {tag["Key"].lower() for tag in call.inherited}:
            raise Refused(
                "InvalidParameterValue",
                "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key "
                "from the calling session.",
            )
        if {key.lower() for key in call.transitive_keys} - passed:
            raise Refused(
                "InvalidParameterValue", "One of the specified transitive tag keys is not in the tags passed."
            )
        call.tags = [*call.inherited, *tags]
        if len(call.tags) > _MOST:
            raise Refused("ValidationError", f"The session would have more than {_MOST} tags.")
        return call.tags, None

    return session_tags


def _with_keys(original: Any) -> Any:
    def register_session(access_key: str, session: Any) -> Any:
        if call := calls.current():
            session["TransitiveTagKeys"] = [*(tag["Key"] for tag in call.inherited), *call.transitive_keys]
        return original(access_key, session)

    return register_session


def _with_condition_keys(original: Any) -> Any:
    def evaluate_trust_policy(trust_doc: Any, caller_arn: str, ctx: Any = None) -> bool:
        if (call := calls.current()) and ctx is not None:
            keys = [*(tag["Key"] for tag in call.inherited), *call.transitive_keys] or None
            ctx = changed(
                ctx,
                service_context=ctx.service_context | {"sts:transitivetagkeys": keys},
                tag_keys=ctx.tag_keys or None,
            )
        return original(trust_doc, caller_arn, ctx)

    return evaluate_trust_policy
