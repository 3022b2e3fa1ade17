"""`pulumi up` with faults of AWS: it completes or says clearly what failed, and the next `up` completes the work.

What is right is read from the emulator, never from the engine: every role and association once, and those in the
state.
"""

import time

import pytest

from faulty_project import FaultyProject, assert_clear_error, program
from sandbox.faults import Fault, Kind, Plan

PASSING = {
    "throttling": Fault(Kind.THROTTLE, chance=0.3),
    "throttled associations": Fault(Kind.THROTTLE, "eks:CreatePodIdentityAssociation", times=2),
    "server errors": Fault(Kind.SERVER_ERROR, chance=0.15),
    "unavailable": Fault(Kind.UNAVAILABLE, chance=0.15),
    "dropped connections": Fault(Kind.DROP, chance=0.2),
    "timeouts": Fault(Kind.TIMEOUT, chance=0.1, seconds=1.0),
    "a role that is not visible yet": Fault(Kind.NOT_YET, "iam:(GetRole|PutRolePolicy)", times=2),
    "slow answers": Fault(Kind.SLOW, chance=0.3, seconds=0.5),
    "a lost answer of an association": Fault(Kind.LOST_ANSWER, "eks:CreatePodIdentityAssociation", times=1),
    "an association delivered twice": Fault(Kind.DUPLICATE, "eks:CreatePodIdentityAssociation"),
    "policies delivered twice": Fault(Kind.DUPLICATE, "iam:PutRolePolicy"),
}


@pytest.mark.parametrize("kind", PASSING)
def test_an_up_under_faults_completes_or_reports_why_and_the_next_up_is_right(faulty: FaultyProject, kind: str):
    run = faulty.up(PASSING[kind], seed=7)
    met = list(faulty.proxy.plan.injected)
    if run.code:
        assert_clear_error(run)
    faulty.up_without_faults()

    assert met
    faulty.assert_consistent()
    assert faulty.up_without_faults().changes == []


@pytest.mark.parametrize("operation", ["iam:CreateRole", "iam:PutRolePolicy", "eks:CreatePodIdentityAssociation"])
def test_a_failing_operation_is_named_and_the_next_up_is_right(faulty: FaultyProject, operation: str):
    run = faulty.up(Fault(Kind.SERVER_ERROR, operation))

    assert run.code != 0
    assert_clear_error(run)
    faulty.up_without_faults()
    faulty.assert_consistent()


def test_changing_and_deleting_under_faults_converges(faulty: FaultyProject):
    faulty.up_without_faults()

    run = faulty.up(Fault(Kind.THROTTLE, chance=0.3), seed=3, text=program("api", "batch"))
    if run.code:
        assert_clear_error(run)
    faulty.up_without_faults(program("api", "batch"))

    faulty.assert_consistent("api", "batch")


def test_a_delete_that_still_conflicts_is_overcome(faulty: FaultyProject):
    """Creating an association again right after its deletion fails with 409 for some seconds."""
    faulty.up_without_faults()
    faulty.up(Fault(Kind.STALE_DELETE, "eks:DeletePodIdentityAssociation", seconds=4), text=program("api"))

    run = faulty.project.run("up", "--yes", "--skip-preview", program=program("api", "worker"))
    if run.code:
        assert_clear_error(run)
        assert "Association already exists" in run.text
    time.sleep(4)
    faulty.up_without_faults()

    faulty.assert_consistent()


def test_destroying_under_faults_leaves_nothing_after_a_second_run(faulty: FaultyProject):
    faulty.up_without_faults()
    faulty.proxy.plan = Plan([Fault(Kind.SERVER_ERROR, chance=0.4)], seed=5)
    run = faulty.project.run("destroy", "--yes", "--skip-preview")
    if run.code:
        assert_clear_error(run)
    faulty.proxy.plan = Plan([])
    faulty.project.destroy()

    assert faulty.in_aws() == {"roles": [], "policies": [], "pairs": [], "associations": []}
