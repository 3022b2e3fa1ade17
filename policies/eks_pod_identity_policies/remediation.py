"""The changes that the level `remediate` makes.

Inputs arrive unprocessed: an unknown value is a marker text, and secrets are wrapped.
"""

from collections.abc import Mapping
from typing import Any, cast

from pulumi_policy import ResourceValidationArgs

from eks_pod_identity.rules.resource import ASSOCIATION
from eks_pod_identity.rules.tags.effective import TAGGABLE
from eks_pod_identity_policies.settings import settings_of


def add_tags(args: ResourceValidationArgs) -> Mapping[str, Any] | None:
    """Add the constant tags of `remediateTags` that a resource lacks; unknown tags stay as they are."""
    constants = settings_of("pod-identity-tags", args.get_config()).remediate_tags
    if args.resource_type not in TAGGABLE or not constants:
        return None
    properties = cast("Any", args.props)
    present = set(properties)
    if "tags" not in present or properties["tags"] is None:
        properties["tags"] = {}
    # The provider has already computed tagsAll from the inputs, and may read it on creation, so it must match.
    targets = [properties[key] for key in ("tags", "tagsAll") if key in set(properties)]
    missing = [_add(target, constants) for target in targets if isinstance(target, Mapping)]
    return properties if any(missing) else None


def _add(tags: Any, constants: Mapping[str, str]) -> bool:
    present = set(cast("Mapping[str, Any]", tags))
    missing = {key: value for key, value in constants.items() if key not in present}
    for key, value in missing.items():
        tags[key] = value
    return bool(missing)


def disable_session_tags(args: ResourceValidationArgs) -> Mapping[str, Any] | None:
    """Turn session tags off if there is a session policy, as EKS requires."""
    if args.resource_type != ASSOCIATION:
        return None
    properties = cast("Any", args.props)
    present = set(properties)
    if "policy" not in present or properties["policy"] in (None, ""):
        return None
    if "disableSessionTags" in present and properties["disableSessionTags"] is True:
        return None
    properties["disableSessionTags"] = True
    return properties
