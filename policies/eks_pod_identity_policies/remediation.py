"""What the level `remediate` changes.

Inputs arrive raw here: an unknown value is a marker text, secrets are wrapped.
"""

from collections.abc import Mapping
from typing import Any, cast

from pulumi_policy import ResourceValidationArgs

from eks_pod_identity.rules.resource import ASSOCIATION
from eks_pod_identity.rules.tags.effective import TAGGABLE
from eks_pod_identity_policies.settings import settings_of


def add_tags(args: ResourceValidationArgs) -> Mapping[str, Any] | None:
    """Add the constant tags of `remediateTags` that a resource lacks; tags that are not known yet stay as they are."""
    constants = settings_of("pod-identity-tags", args.get_config()).remediate_tags
    if args.resource_type not in TAGGABLE or not constants:
        return None
    properties = cast("Any", args.props)
    present = set(properties)
    if "tags" not in present or properties["tags"] is None:
        properties["tags"] = {}
    # The provider has already computed tagsAll from the inputs; a create that reads it there must find the same.
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
    """Turn session tags off where there is a session policy: EKS takes the two only together."""
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
