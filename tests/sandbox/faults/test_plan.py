"""Faults are chosen by operation, count and seed."""

from sandbox.faults import Fault, Kind, Plan


def test_nothing_is_chosen_from_an_empty_plan():
    assert Plan([]).choose("iam:CreateRole") is None


def test_a_fault_applies_to_operations_that_match_in_full():
    plan = Plan([Fault(Kind.DROP, r"iam:.*Role")])

    assert plan.choose("iam:CreateRole") is not None
    assert plan.choose("iam:CreateRolePolicy") is None


def test_a_fault_ends_after_its_times():
    plan = Plan([Fault(Kind.DROP, times=2)])

    assert [plan.choose("x") is not None for _ in range(4)] == [True, True, False, False]


def test_a_fault_can_wait_for_a_later_match():
    plan = Plan([Fault(Kind.DROP, skip=2, times=1)])

    assert [plan.choose("x") is not None for _ in range(4)] == [False, False, True, False]


def test_the_same_seed_gives_the_same_chances():
    def chosen(seed):
        plan = Plan([Fault(Kind.DROP, chance=0.5)], seed=seed)
        return [plan.choose("x") is not None for _ in range(50)]

    assert chosen(1) == chosen(1)
    assert chosen(1) != chosen(2)
    assert 10 < sum(chosen(1)) < 40


def test_the_first_remaining_fault_is_injected():
    plan = Plan([Fault(Kind.THROTTLE, times=1), Fault(Kind.DROP)])

    assert [fault.kind for fault in (plan.choose("x"), plan.choose("x")) if fault] == [Kind.THROTTLE, Kind.DROP]


def test_injected_faults_are_recorded():
    plan = Plan([Fault(Kind.DROP, "iam:.*")])
    plan.choose("iam:CreateRole")
    plan.choose("eks:ListClusters")

    assert plan.injected == [("iam:CreateRole", Kind.DROP)]
