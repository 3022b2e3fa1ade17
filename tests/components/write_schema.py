"""Writes the schema that the tests compare with.

Run `python tests/components/write_schema.py` from the root after an intended change of the contract.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, "components")

from pulumi_eks_pod_identity.provider import PodIdentityProvider

schema = json.loads(PodIdentityProvider().schema or "{}")
Path(__file__).with_name("schema.json").write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n")
