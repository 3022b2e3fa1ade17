"""The answer to "may this pod do that?", with everything it is based on."""

from dataclasses import dataclass

from eks_pod_identity.access.steps import CheckType, Missing, Outcome, PolicyCheck, Step
from eks_pod_identity.access.wording import text_of


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a pod may do something.

    Attributes:
        subject: The workload, in words.
        action: The action asked about.
        resource: The resource asked about.
        outcome: The answer, which is that of the first step that is not allowed.
        steps: The requests from the pod to the action, in order, up to the first that is not allowed.
        assumes: Policy types that were not given and are assumed to deny nothing, and assumed keys.
        could_be_granted_by: Policy types that were not given and could still allow what is denied.
    """

    subject: str
    action: str
    resource: str
    outcome: Outcome
    steps: tuple[Step, ...]
    assumes: tuple[str, ...] = ()
    could_be_granted_by: tuple[CheckType, ...] = ()

    @property
    def step(self) -> Step:
        """Return the step that decides."""
        return self.steps[-1]

    @property
    def checks(self) -> tuple[PolicyCheck, ...]:
        """Return the policy checks of the deciding step."""
        return self.step.checks

    @property
    def missing(self) -> tuple[Missing, ...]:
        """Return the unknown values that decide."""
        return self.step.missing

    @property
    def final(self) -> bool:
        """Return whether the answer holds whatever the missing policies say."""
        if self.outcome is Outcome.ALLOW:
            return not any(name in CheckType.__members__ for name in self.assumes)
        return self.outcome is not Outcome.UNKNOWN and not self.could_be_granted_by

    def __str__(self) -> str:
        """Return the answer, what decides it and, if it is no, what came closest to allowing it."""
        return text_of(self.subject, self.action, self.resource, self.steps, self.assumes, is_final=self.final)
