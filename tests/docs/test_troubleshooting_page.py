"""The guide has each rule whose violation shows in a pod, at EKS or at IAM.

The engine's tests compare its messages with those that are printed.
"""

import re
from pathlib import Path

import pytest

from eks_pod_identity.rules.catalogue import RULES

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
BROKEN = (ROOT / "tests" / "engine" / "proof" / "test_broken.py").read_text(encoding="utf-8")
#: They guard against too much access: the mistakes break no pod, and AWS accepts them.
WITHOUT_SYMPTOM = {"PI103", "PI104", "PI204", "PI205", "PI208", "PI306"}
WITH_SYMPTOM = [code for code in RULES if re.match("PI[123]", code) and code not in WITHOUT_SYMPTOM]


@pytest.mark.parametrize("code", WITH_SYMPTOM)
def test_a_rule_with_a_runtime_symptom_is_in_the_guide_and_its_mistake_is_shown_broken(code: str):
    assert code in GUIDE
    assert code.lower() in BROKEN.lower()


def test_the_guide_names_no_rule_that_does_not_exist():
    assert set(re.findall(r"PI\d{3}", GUIDE)) <= set(RULES)
