"""The policies of the pack `eks-pod-identity`, ready for a `PolicyPack` of one's own.

Importing this starts nothing: `PolicyPack(PACK_NAME, POLICIES)` serves and never returns, so that call stands alone in
the entry file of a pack.
"""

from eks_pod_identity_policies.pack import PACK_NAME, POLICIES

__all__ = ["PACK_NAME", "POLICIES"]
