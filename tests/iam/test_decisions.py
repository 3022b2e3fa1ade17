"""The table of decisions, one test a row."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from eks_pod_identity.access.identity import keys_of
from eks_pod_identity.iam.document import parse
from eks_pod_identity.iam.evaluate import evaluate
from eks_pod_identity.iam.request import Association, Session, pod_request

ACCOUNT = "111122223333"
API = Association("prod", "payments", "api", "eu-west-1", ACCOUNT, "aws")
SESSION = Session(f"arn:aws:iam::{ACCOUNT}:role/workloads/api", API.tags(), {"cost": "4711"})
CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "decisions.yaml").read_text())


@pytest.mark.parametrize("case", CASES, ids=[f"{index}-{case['rule']}" for index, case in enumerate(CASES)])
def test_a_permission_policy_decides_as_aws_says(case: dict[str, Any]) -> None:
    version = case.get("version", "2012-10-17")
    nothing = {"Effect": "Allow", "Action": "x:Y", "Resource": "*"}
    document = {"Statement": case["statements"] or [nothing], **({"Version": version} if version else {})}
    keys = {"aws:resourceaccount": ACCOUNT, **keys_of(case.get("keys", {}))}
    resource = case.get("resource", "arn:aws:s3:::invoices/2026/1.pdf")

    answer = evaluate(parse(document), pod_request(case.get("action", "s3:GetObject"), resource, SESSION, keys))

    assert answer.effect.value == case["answer"], case["rule"]


def test_the_table_is_large_and_names_the_page_of_each_rule() -> None:
    assert len(CASES) >= 150
    assert all(case["rule"] and case["source"] for case in CASES)
