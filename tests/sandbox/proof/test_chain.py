"""What counts as proven, and what the report says of it."""

import pytest

from sandbox.proof.chain import Shown, Workload, problems_of
from sandbox.proof.declaration import Action, Proof
from sandbox.proof.node import PYTHON, Outcome, Run
from sandbox.proof.report import Report

ROLE = "arn:aws:iam::111122223333:role/workloads/api"
SESSION = "arn:aws:sts::111122223333:assumed-role/api/eks-dev-proof-api"
ALLOWED, DENIED = Outcome(True, 0.01), Outcome(False, 0.01, "AccessDenied", "no")
WORKLOAD = Workload("api", "payments", "api", ROLE, Proof((Action("s3", "a"),), (Action("s3", "b"),)))


def run(*actions, method="container-role", arn=SESSION):
    return Run(method, Outcome(True, 0.1), arn, Outcome(True, 0.1), actions or (ALLOWED, DENIED))


def problems(found):
    return list(problems_of(WORKLOAD, found, PYTHON))


def test_the_role_one_allowed_and_one_denied_action_are_a_proof():
    assert problems(run()) == []


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        (run(DENIED, DENIED), "should be allowed and was not"),
        (run(ALLOWED, ALLOWED), "should be denied and was allowed"),
        (run(ALLOWED, Outcome(False, 0.1, "NoSuchKey", "gone")), "should be denied and failed otherwise"),
        (run(method="env"), "found credentials in its step 'env'"),
        (run(arn=SESSION.replace("/api/", "/other/")), "should have a session of"),
        (run(arn=SESSION.replace("111122223333", "444455556666")), "should have a session of"),
        (Run(None, Outcome(False, 0.1, "X", "nothing there"), None, None, ()), "no credentials: nothing there"),
    ],
)
def test_anything_else_is_a_problem(found, problem):
    assert problem in problems(found)[0]


def test_a_missing_object_does_not_count_as_denied():
    assert not Outcome(False, 0.1, "NoSuchKey").denied


def test_the_report_names_identity_role_actions_and_times():
    text = str(Report((Shown(WORKLOAD, run=run()),)))

    assert "api  payments/api  (boto3)" in text
    assert SESSION in text
    assert "allowed   s3 a(): allowed" in text
    assert "denied    s3 b(): denied (AccessDenied)" in text
    assert "credentials 100 ms" in text


def test_the_report_gathers_theproblems_of_with_their_workload():
    shown = Shown(WORKLOAD, problems=["the webhook put nothing into its pod"])

    assert Report((shown,)).problems == ["api (payments/api): the webhook put nothing into its pod"]


def test_a_pod_is_named_after_its_identity_within_the_limit_of_kubernetes():
    assert len(Workload("x" * 100, "a", "b", None, Proof()).pod_name) == 63
