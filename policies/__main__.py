"""The entry of the policy pack: `PolicyPack` serves and never returns."""

import sys
from pathlib import Path

# In this repository the rules are in a neighbouring folder; an installed wheel takes precedence.
sys.path.append(str(Path(__file__).resolve().parent.parent / "components"))

from pulumi_policy import PolicyPack

from eks_pod_identity_policies import PACK_NAME, POLICIES

PolicyPack(PACK_NAME, POLICIES)
