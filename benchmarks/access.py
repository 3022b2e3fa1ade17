"""Measures decisions per second: `python -m benchmarks.access`.

In one run, this project and the evaluator of MiniStack, called directly in its own environment, evaluate the same
policies and requests. "decide" is a complete question of a user, from the check of the action to the answer;
"evaluate" is one document. Exits with 1 if a target is missed.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "components")]

from eks_pod_identity.access import Identity, Role  # noqa: E402 - after the path
from eks_pod_identity.iam.document import parse  # noqa: E402 - likewise
from eks_pod_identity.iam.evaluate import evaluate  # noqa: E402 - likewise
from eks_pod_identity.iam.request import Association, Session, pod_request  # noqa: E402 - likewise
from sandbox.aws.environment import emulator_python  # noqa: E402 - likewise

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/api"
ACTION, RESOURCE = "s3:GetObject", "arn:aws:s3:::bucket-199/payments/1"
SECONDS = 2.0
TARGETS = {"small": 5_000, "200 statements": 500}
JUDGE = """
import json, sys, time
from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document

policies, seconds = json.load(sys.stdin)
for name, source in policies.items():
    statements = [parse_policy_document(source)]
    context = EvalContext(
        "arn:aws:sts::111122223333:assumed-role/api/x", "AssumedRole", "111122223333", "s3:GetObject",
        "arn:aws:s3:::bucket-199/payments/1", "eu-west-1",
        principal_keys={"aws:principaltag/kubernetes-namespace": "payments"},
    )
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        for _ in range(50):
            evaluate(context, statements)
        count += 50
    print(json.dumps([name, count / (time.perf_counter() - start)]))
"""


def policy(statements: int) -> dict[str, Any]:
    """Return a policy whose last statement alone allows the request."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:PutObject", "s3:List*"],
                "Resource": [f"arn:aws:s3:::bucket-{200 - statements + number}/*", "arn:aws:s3:::shared/*"],
                "Condition": {"StringEquals": {"aws:PrincipalTag/kubernetes-namespace": ["payments", "orders"]}},
            }
            for number in range(statements)
        ],
    }


POLICIES = {"small": policy(3), "200 statements": policy(200)}
TRUST = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": "pods.eks.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
        "Condition": {"StringEquals": {"aws:RequestTag/kubernetes-namespace": "payments"}},
    },
}


def rate(judge: Callable[[], object]) -> float:
    """Return how many times per second *judge* answers."""
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        for _ in range(50):
            judge()
        count += 50
    return count / (time.perf_counter() - start)


def deciding(source: dict[str, Any]) -> Callable[[], object]:
    """Return a function that asks a user's question."""
    identity = Identity("prod", "payments", "api", Role(ROLE, TRUST, {"policy": source}))
    assert identity.decide(ACTION, RESOURCE).outcome == "ALLOW"
    return lambda: identity.decide(ACTION, RESOURCE)


def evaluating(source: dict[str, Any]) -> Callable[[], object]:
    """Return a function that evaluates one document, with the request built before."""
    document = parse(source)
    session = Session(ROLE, Association("prod", "payments", "api").tags(), {})
    request = pod_request(ACTION, RESOURCE, session)
    return lambda: evaluate(document, request)


def ministack_rates() -> dict[str, float]:
    """Return the rates of MiniStack's evaluator."""
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            [str(emulator_python()), "-c", JUDGE],
            input=json.dumps([POLICIES, SECONDS]),
            capture_output=True,
            text=True,
            check=True,
            cwd=folder,
        )
    return dict(json.loads(line) for line in run.stdout.splitlines())


def main() -> int:
    """Print the rates, and return 1 if one is below its target."""
    theirs = ministack_rates()
    missed = False
    print("| policies | decide | evaluate | MiniStack's evaluator | target |")
    print("|---|---|---|---|---|")
    for name, source in POLICIES.items():
        whole, single = rate(deciding(source)), rate(evaluating(source))
        missed = missed or whole < TARGETS[name]
        print(f"| {name} | {whole:,.0f}/s | {single:,.0f}/s | {theirs[name]:,.0f}/s | {TARGETS[name]:,}/s |")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
