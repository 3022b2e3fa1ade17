"""What a proof prints: per workload who its pod is, what it may and may not, and how long each hop took."""

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.proof.chain import Shown, actions_of


@dataclass(frozen=True)
class Report:
    """Everything that was shown."""

    shown: tuple[Shown, ...]

    @property
    def problems(self) -> list[str]:
        """One line per thing that is not as promised."""
        return [
            f"{each.workload.identity} ({each.workload.namespace}/{each.workload.service_account}): {problem}"
            for each in self.shown
            for problem in each.problems
        ]

    def __str__(self) -> str:
        """The report as text."""
        return "\n".join(line for each in self.shown for line in _lines(each))


def _lines(shown: Shown) -> Iterator[str]:
    workload, run = shown.workload, shown.run
    yield f"{workload.identity}  {workload.namespace}/{workload.service_account}  ({shown.sdk.name})"
    if shown.injection:
        hours = shown.injection.lifetime_seconds / 3600
        yield _line("injected", f"2 variables, token for {shown.injection.projection['audience']} ({hours:.1f} h)")
    if run and run.arn:
        yield _line("who", f"{run.arn}, by the SDK's own step {run.method}")
    if run and run.actions:
        for (expected, action), outcome in zip(actions_of(workload), run.actions, strict=True):
            came = "allowed" if outcome.ok else f"denied ({outcome.code})" if outcome.denied else outcome.code
            yield _line(expected, f"{action}: {came}")
    if run and not workload.proof.allow and not workload.proof.deny:
        yield _line("proof", "none declared; add proof: {allow: [...], deny: [...]} to the identity")
    yield _line("took", ", ".join(_times(shown)))
    for problem in shown.problems:
        yield _line("PROBLEM", problem)


def _line(label: str, text: str) -> str:
    return f"  {label:9} {text}"


def _times(shown: Shown) -> Iterator[str]:
    yield f"webhook knew after {shown.waited_seconds:.1f} s"
    yield f"admission {_ms(shown.admission_seconds)}"
    if shown.token_seconds:
        yield f"token {_ms(shown.token_seconds)}"
    if shown.run:
        yield f"credentials {_ms(shown.run.credentials.seconds)}" + _inside(shown)
        if shown.run.identity:
            yield f"GetCallerIdentity {_ms(shown.run.identity.seconds)}"
        yield from (
            f"{action.action} {_ms(outcome.seconds)}"
            for (_, action), outcome in zip(actions_of(shown.workload), shown.run.actions, strict=False)
        )


def _inside(shown: Shown) -> str:
    if not shown.hops:
        return ""
    roles = [f"AssumeRole {role.rsplit('/', 1)[-1]} {_ms(each)}" for role, each in shown.hops["roles"].items()]
    parts = [f"token check {_ms(shown.hops['tokenSeconds'])}", f"association {_ms(shown.hops['associationSeconds'])}"]
    return f" (EKS Auth: {', '.join(parts + roles)})"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
