"""The policies of the pack `eks-pod-identity`, for use in your own `PolicyPack`.

Importing this package starts nothing. `PolicyPack(PACK_NAME, POLICIES)` serves and never returns, so only the entry
file of a pack calls it.
"""

from eks_pod_identity_policies.pack import PACK_NAME, POLICIES

__all__ = ["PACK_NAME", "POLICIES"]
