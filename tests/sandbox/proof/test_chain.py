"""When a proof succeeds, and what its report prints."""

from pathlib import Path

import pytest

from sandbox.proof.chain import Workload, WorkloadResult, problems_of
from sandbox.proof.expectations import Action, Proof
from sandbox.proof.node import PYTHON, Outcome, Run, go_sdk
from sandbox.proof.report import WIDTH, Report

ROLE = "arn:aws:iam::111122223333:role/workloads/api"
SESSION = "arn:aws:sts::111122223333:assumed-role/api/eks-dev-proof-api"
ALLOWED, DENIED = Outcome(True, 0.01), Outcome(False, 0.01, "AccessDenied", "no")
WORKLOAD = Workload("api", "payments", "api", ROLE, Proof((Action("s3", "a"),), (Action("s3", "b"),)))

OTHER = Workload("other", "payments", "other", ROLE, WORKLOAD.proof)


def run(*actions, method="container-role", arn=SESSION):
    return Run(method, Outcome(True, 0.1), arn, Outcome(True, 0.1), actions or (ALLOWED, DENIED))


def problems(outcome):
    return list(problems_of(WORKLOAD, outcome, PYTHON))


def test_the_role_one_allowed_and_one_denied_action_are_a_proof():
    assert problems(run()) == []


@pytest.mark.parametrize(
    ("outcome", "problem"),
    [
        (run(DENIED, DENIED), "should be allowed but failed"),
        (run(ALLOWED, ALLOWED), "should be denied but was allowed"),
        (run(ALLOWED, Outcome(False, 0.1, "NoSuchKey", "gone")), "should be denied but failed for another reason"),
        (run(method="env"), "took credentials from its step 'env'"),
        (run(arn=SESSION.replace("/api/", "/other/")), "expected a session of"),
        (run(arn=SESSION.replace("111122223333", "444455556666")), "expected a session of"),
        (Run(None, Outcome(False, 0.1, "X", "nothing there"), None, None, ()), "no credentials: nothing there"),
    ],
)
def test_anything_else_is_a_problem(outcome, problem):
    assert problem in problems(outcome)[0]


def test_a_missing_object_does_not_count_as_denied():
    assert not Outcome(False, 0.1, "NoSuchKey").denied


def text(*results, details=None, verbose=False):
    return Report(results).text(details, verbose=verbose)


def test_a_block_has_the_role_the_calls_and_the_sdk():
    details = {("api", "payments/api"): [("trust", "only payments/api"), ("target", "none")]}

    assert text(WorkloadResult(WORKLOAD, run=run()), details=details).splitlines() == [
        "api: ServiceAccount payments/api",
        "  who       role api in 111122223333",
        "  trust     only payments/api",
        "  target    none",
        "  allowed   s3 a()",
        "  denied    s3 b(): AccessDenied",
        "  proven by boto3",
    ]


def test_a_second_sdk_is_in_the_same_block():
    go = go_sdk(Path("proof-go"))

    block = text(
        WorkloadResult(WORKLOAD, run=run()), WorkloadResult(OTHER, run=run()), WorkloadResult(WORKLOAD, go, run=run())
    )

    assert block.count("api: ServiceAccount payments/api") == 1
    assert "  proven by boto3, aws-sdk-go-v2\n\nother: " in block


def test_times_and_sessions_are_shown_on_request_only():
    result = WorkloadResult(WORKLOAD, run=run())

    assert SESSION not in text(result)
    assert SESSION in text(result, verbose=True)
    assert "credentials 100 ms" in text(result, verbose=True)


def test_an_unexpected_result_stands_out():
    result = WorkloadResult(WORKLOAD, run=run(DENIED, ALLOWED), problems=["should be allowed but failed: s3 a(): no"])

    block = text(result)

    assert "  allowed   s3 a(): DENIED (AccessDenied)\n" in block
    assert "  denied    s3 b(): ALLOWED\n" in block
    assert "  tried by  boto3\n" in block
    assert "  PROBLEM   boto3: should be allowed but failed: s3 a(): no" in block


def test_every_line_fits_a_terminal_of_100_columns():
    role = "r" * 64
    arn = f"arn:aws:sts::111122223333:assumed-role/{role}/{'s' * 64}"
    actions = tuple(Action("s3", "get_object", {"Bucket": "b" * 63, "Key": "k" * 300}) for _ in range(2))
    workload = Workload("i" * 90, "n" * 63, "s" * 253, None, Proof(actions[:1], actions[1:]))
    details = {(workload.identity, f"{workload.namespace}/{workload.service_account}"): [("trust", "t " * 100)]}
    result = WorkloadResult(workload, run=run(arn=arn), problems=["p " * 200])

    lines = text(result, details=details, verbose=True).splitlines()

    assert max(map(len, lines)) <= WIDTH == 100


def test_the_report_gathers_the_problems_with_their_workload():
    result = WorkloadResult(WORKLOAD, problems=["the webhook injected nothing into the pod"])

    assert Report((result,)).problems == ["api (payments/api): the webhook injected nothing into the pod"]


def test_a_pod_is_named_after_its_identity_within_the_limit_of_kubernetes():
    assert len(Workload("x" * 100, "a", "b", None, Proof()).pod_name) == 63
