"""The one error of this package.

    pulumi.RunError ─┐
                     ├─ PodIdentityInputError
    pulumi.InputPropertiesError ─┘

As a RunError it makes a program print the message without a traceback. As an InputPropertiesError it makes the plugin
host report each problem by its property.
"""

from collections.abc import Iterable, Sequence

import pulumi

from eks_pod_identity.errors import Problem, listing, quote, type_name
from eks_pod_identity.values import plain_data

NOT_SHOWN = "[secret]"
"""Stands for a secret value in an error."""

DOCUMENT_ARGUMENTS = frozenset({"bindings", "extra_trust_statements", "policies", "session_policy", "target_policies"})
"""Arguments whose values an error never shows."""


class PodIdentityInputError(pulumi.RunError, pulumi.InputPropertiesError):
    """What is wrong with the arguments of a component: every problem at once, before anything is registered.

    Attributes:
        problems: Each problem with its path, its rule and its fix, for programs that report them in their own way.
    """

    def __init__(self, subject: str, problems: Iterable[Problem], *, camel: bool = False) -> None:
        """Store the component and its problems; *camel* spells arguments in camelCase."""
        self.subject = subject
        self.problems: Sequence[Problem] = tuple(problems)
        heading = f"{subject}: {_problem_count(len(self.problems))}"
        pulumi.InputPropertiesError.__init__(
            self,
            f"{heading}\n{listing(self.problems, camel=camel)}",
            [
                {"property_path": problem.typed_path(camel=camel), "reason": problem.sentence(camel=camel)}
                for problem in self.problems
            ],
        )

    def respell(self) -> pulumi.InputPropertiesError:
        """Return the same error with camelCase spelling, in the form that the plugin host reports."""
        errors: list[pulumi.errors.InputPropertyErrorDetails] = [
            {
                # The engine prints the value at a path. With the space it finds none, and the path reads the same.
                "property_path": problem.typed_path(camel=True) + (" " if _is_not_shown(problem) else ""),
                "reason": problem.sentence(camel=True),
            }
            for problem in self.problems
        ]
        return pulumi.InputPropertiesError(f"{self.subject}: {_problem_count(len(self.problems))}", errors)


def subject_of(component: str, name: object) -> str:
    """Return the component as errors name it.

    Raises:
        PodIdentityInputError: If it has no valid name, for example because the arguments came first.
    """
    if isinstance(name, str) and name and not plain_data.problems(name, ("name",)):
        return f"{component} {quote(name)}"
    actual = "empty" if name == "" else "half of a character" if isinstance(name, str) else type_name(name)
    problem = Problem(
        ("name",),
        f"The name of a component is text, not {actual}.",
        f'Write {component}("api", {{...}}): first the name, then the arguments.',
    )
    raise PodIdentityInputError(component, [problem])


def _is_not_shown(problem: Problem) -> bool:
    return problem.path[0] in DOCUMENT_ARGUMENTS or NOT_SHOWN in problem.rule


def _problem_count(number: int) -> str:
    return "1 problem." if number == 1 else f"{number} problems."
