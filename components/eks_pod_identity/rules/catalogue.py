"""Every rule by its code, in the order of the codes."""

from collections.abc import Mapping

from eks_pod_identity.rules.chain import (
    pi301_permission,
    pi302_tag_session,
    pi303_role_principal,
    pi304_external_id,
    pi305_account,
    pi306_whole_account,
    pi307_transitive_tags,
    pi308_own_target,
)
from eks_pod_identity.rules.permissions import (
    pi601_attached_twice,
    pi602_two_places,
    pi603_validity,
    pi604_version,
    pi605_resources,
)
from eks_pod_identity.rules.rule import Rule
from eks_pod_identity.rules.session import (
    pi201_session_tags,
    pi202_size,
    pi203_validity,
    pi204_width,
    pi205_shared_role,
    pi206_tags_off,
    pi207_target_role,
    pi208_required,
    pi209_allows_nothing,
)
from eks_pod_identity.rules.stack import (
    pi401_one_association,
    pi402_names,
    pi403_irsa_annotation,
    pi404_fargate,
    pi405_agent,
    pi406_one_agent,
    pi407_service_account,
    pi408_addon_role,
    pi409_node_role,
)
from eks_pod_identity.rules.tags import pi501_required, pi502_values, pi503_reserved, pi504_limits
from eks_pod_identity.rules.trust import (
    pi101_actions,
    pi102_principal,
    pi103_everyone,
    pi104_scope,
    pi105_conditions,
    pi106_validity,
    pi107_admission,
)

_RULES: tuple[Rule, ...] = (
    pi101_actions.RULE,
    pi102_principal.RULE,
    pi103_everyone.RULE,
    pi104_scope.RULE,
    pi105_conditions.RULE,
    pi106_validity.RULE,
    pi107_admission.RULE,
    pi201_session_tags.RULE,
    pi202_size.RULE,
    pi203_validity.RULE,
    pi204_width.RULE,
    pi205_shared_role.RULE,
    pi206_tags_off.RULE,
    pi207_target_role.RULE,
    pi208_required.RULE,
    pi209_allows_nothing.RULE,
    pi301_permission.RULE,
    pi302_tag_session.RULE,
    pi303_role_principal.RULE,
    pi304_external_id.RULE,
    pi305_account.RULE,
    pi306_whole_account.RULE,
    pi307_transitive_tags.RULE,
    pi308_own_target.RULE,
    pi401_one_association.RULE,
    pi402_names.RULE,
    pi403_irsa_annotation.RULE,
    pi404_fargate.RULE,
    pi405_agent.RULE,
    pi406_one_agent.RULE,
    pi407_service_account.RULE,
    pi408_addon_role.RULE,
    pi409_node_role.RULE,
    pi501_required.RULE,
    pi502_values.RULE,
    pi503_reserved.RULE,
    pi504_limits.RULE,
    pi601_attached_twice.RULE,
    pi602_two_places.RULE,
    pi603_validity.RULE,
    pi604_version.RULE,
    pi605_resources.RULE,
)

RULES: Mapping[str, Rule] = {rule.code: rule for rule in _RULES}
"""The catalogue."""
