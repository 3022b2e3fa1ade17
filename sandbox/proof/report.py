"""The report of a proof: a block for each workload with its role and its allowed and denied calls."""

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from sandbox.proof.chain import Workload, WorkloadResult, actions_of
from sandbox.proof.node import Outcome

WIDTH = 100
_LABEL = 10


@dataclass(frozen=True)
class Report:
    """The results for all workloads."""

    results: tuple[WorkloadResult, ...]

    @property
    def problems(self) -> list[str]:
        """Return one line for each expectation that was not met."""
        return [
            f"{result.workload.identity} ({_service_account(result.workload)}): {problem}"
            for result in self.results
            for problem in result.problems
        ]

    def text(
        self, details: Mapping[tuple[str, str], Iterable[tuple[str, str]]] | None = None, *, verbose: bool
    ) -> str:
        """Return a block for each workload.

        Args:
            details: More lines for the identity and ``namespace/service-account`` of a workload, as label and text.
            verbose: Add sessions, injection and times.
        """
        blocks = (
            "\n".join(_block(workload, list(results), (details or {}).get(_key(workload), ()), verbose=verbose))
            for workload, results in groupby(
                sorted(self.results, key=self._position), key=lambda result: result.workload
            )
        )
        return "\n\n".join(blocks)

    def _position(self, result: WorkloadResult) -> int:
        """Return a sort key that keeps the order of the workloads, and puts the results of two SDKs together."""
        return [other.workload for other in self.results].index(result.workload)


def line(label: str, text: str) -> str:
    """Return *text* after *label*, in as many lines as a terminal of 100 columns needs."""
    return textwrap.fill(
        text,
        WIDTH,
        initial_indent=f"  {label:{_LABEL}}",
        subsequent_indent=" " * (_LABEL + 2),
        break_on_hyphens=False,
    )


def _key(workload: Workload) -> tuple[str, str]:
    return workload.identity, _service_account(workload)


def _service_account(workload: Workload) -> str:
    return f"{workload.namespace}/{workload.service_account}"


def _block(
    workload: Workload, results: list[WorkloadResult], details: Iterable[tuple[str, str]], *, verbose: bool
) -> Iterator[str]:
    yield textwrap.fill(f"{workload.identity}: ServiceAccount {_service_account(workload)}", WIDTH)
    if arn := next((result.run.arn for result in results if result.run and result.run.arn), None):
        yield line("who", _who(arn))
    for label, text in details:
        yield line(label, text)
    yield from _outcomes(workload, results)
    failed = any(result.problems for result in results)
    yield line("tried by" if failed else "proven by", ", ".join(result.sdk.name for result in results))
    for result in results:
        if verbose:
            yield from _verbose_lines(result)
        for problem in result.problems:
            yield line("PROBLEM", f"{result.sdk.name}: {problem}")


def _who(arn: str) -> str:
    """Return the role of the session *arn*, without the long session name."""
    account, resource = arn.split(":")[4], arn.rsplit(":", 1)[-1]
    return f"role {resource.split('/')[1]} in {account}" if resource.startswith("assumed-role/") else arn


def _outcomes(workload: Workload, results: list[WorkloadResult]) -> Iterator[str]:
    if not workload.proof.allow and not workload.proof.deny:
        yield line("tried", "nothing: sandbox/expectations has no calls for this identity")
    runs = [result.run for result in results if result.run and result.run.actions]
    for position, (expected, action) in enumerate(actions_of(workload)):
        # The outcome of a second SDK is printed only if it differs.
        for outcome in dict.fromkeys(_outcome(expected, run.actions[position]) for run in runs):
            yield line(expected, f"{action}{outcome}")


def _outcome(expected: str, outcome: Outcome) -> str:
    """Return the outcome of a call, unless its label already says it."""
    if outcome.ok:
        return "" if expected == "allowed" else ": ALLOWED"
    if not outcome.denied:
        return f": FAILED ({outcome.code})"
    return f": {outcome.code}" if expected == "denied" else f": DENIED ({outcome.code})"


def _verbose_lines(result: WorkloadResult) -> Iterator[str]:
    if result.injection:
        hours = result.injection.lifetime_seconds / 3600
        audience = result.injection.projection["audience"]
        yield line("injected", f"2 variables, and a token for {audience} that is valid for {hours:.1f} h")
    if result.run and result.run.arn:
        yield line("session", f"{result.run.arn}, found by {result.sdk.name} in its step {result.run.method}")
    yield line("took", ", ".join(_times(result)))


def _times(result: WorkloadResult) -> Iterator[str]:
    yield f"{result.waited_seconds:.1f} s until the webhook knew the association"
    yield f"admission {_ms(result.admission_seconds)}"
    if result.token_seconds:
        yield f"token {_ms(result.token_seconds)}"
    if result.run:
        yield f"credentials {_ms(result.run.credentials.seconds)}" + _inside(result)
        if result.run.identity:
            yield f"GetCallerIdentity {_ms(result.run.identity.seconds)}"
        yield from (
            f"{action.action} {_ms(outcome.seconds)}"
            for (_, action), outcome in zip(actions_of(result.workload), result.run.actions, strict=False)
        )


def _inside(result: WorkloadResult) -> str:
    if not result.hops:
        return ""
    roles = [
        f"AssumeRole {role.rsplit('/', 1)[-1]} {_ms(duration)}" for role, duration in result.hops["roles"].items()
    ]
    parts = [
        f"token check {_ms(result.hops['tokenSeconds'])}",
        f"association {_ms(result.hops['associationSeconds'])}",
    ]
    return f" (EKS Auth: {', '.join(parts + roles)})"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
