"""What pods may do, according to output of the real engine: the export of a stack, and the plan of a preview."""

from eks_pod_identity.access import Outcome, identities_of_state
from engine_project import Project

PROGRAM = """
from pulumi_eks_pod_identity import PodIdentity

PodIdentity("api", {
    "cluster_name": CLUSTER, "namespace": "payments", "service_account": "api", "propagation_seconds": 0,
    "policies": {"invoices": {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::invoices/*"},
    ]}},
})
"""


def answers(written: str) -> dict[str, list[Outcome]]:
    """Return whether each identity may read and write an invoice."""
    return {
        name: [identity.decide(f"s3:{verb}Object", "arn:aws:s3:::invoices/1").outcome for verb in ("Get", "Put")]
        for name, identity in identities_of_state(written).items()
    }


def test_a_stack_and_the_plans_before_and_after_give_the_same_answers(project: Project):
    expected = {"payments/api": [Outcome.ALLOW, Outcome.IMPLICIT_DENY]}
    project.write(PROGRAM)
    before, after = project.folder / "before.json", project.folder / "after.json"

    project.pulumi.run("preview", "--save-plan", str(before))
    project.up(PROGRAM)
    project.pulumi.run("preview", "--save-plan", str(after))

    assert answers(before.read_text()) == expected
    assert answers(project.pulumi.run("stack", "export").stdout) == expected
    assert answers(after.read_text()) == expected
