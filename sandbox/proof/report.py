"""The report of a proof: a block for each workload with its role and its allowed and denied calls."""

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from sandbox.proof.chain import Shown, Workload, actions_of
from sandbox.proof.node import Outcome

WIDTH = 100
_LABEL = 10


@dataclass(frozen=True)
class Report:
    """The results for all workloads."""

    shown: tuple[Shown, ...]

    @property
    def problems(self) -> list[str]:
        """One line for each expectation that was not met."""
        return [
            f"{each.workload.identity} ({_service_account(each.workload)}): {problem}"
            for each in self.shown
            for problem in each.problems
        ]

    def text(self, held: Mapping[tuple[str, str], Iterable[tuple[str, str]]] | None = None, *, verbose: bool) -> str:
        """Return a block for each workload.

        Args:
            held: Further lines for the identity and ``namespace/service-account`` of a workload, as label and text.
            verbose: Add sessions, injection and times.
        """
        blocks = (
            "\n".join(_block(workload, list(shown), (held or {}).get(_key(workload), ()), verbose=verbose))
            for workload, shown in groupby(sorted(self.shown, key=self._position), key=lambda each: each.workload)
        )
        return "\n\n".join(blocks)

    def _position(self, shown: Shown) -> int:
        """Return a sort key that keeps the order of the workloads, and puts the results of two SDKs together."""
        return next(index for index, each in enumerate(self.shown) if each.workload == shown.workload)


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


def _block(workload: Workload, shown: list[Shown], held: Iterable[tuple[str, str]], *, verbose: bool) -> Iterator[str]:
    yield textwrap.fill(f"{workload.identity}: ServiceAccount {_service_account(workload)}", WIDTH)
    if arn := next((each.run.arn for each in shown if each.run and each.run.arn), None):
        yield line("who", _who(arn))
    for label, text in held:
        yield line(label, text)
    yield from _outcomes(workload, shown)
    failed = any(each.problems for each in shown)
    yield line("tried by" if failed else "proven by", ", ".join(each.sdk.name for each in shown))
    for each in shown:
        if verbose:
            yield from _details(each)
        for problem in each.problems:
            yield line("PROBLEM", f"{each.sdk.name}: {problem}")


def _who(arn: str) -> str:
    """Return the role of the session *arn*, without the long session name."""
    account, resource = arn.split(":")[4], arn.rsplit(":", 1)[-1]
    return f"role {resource.split('/')[1]} in {account}" if resource.startswith("assumed-role/") else arn


def _outcomes(workload: Workload, shown: list[Shown]) -> Iterator[str]:
    if not workload.proof.allow and not workload.proof.deny:
        yield line("tried", "nothing: sandbox/expectations has no calls for this identity")
    runs = [each.run for each in shown if each.run and each.run.actions]
    for position, (expected, action) in enumerate(actions_of(workload)):
        # A second SDK is shown only if its outcome differs.
        for outcome in dict.fromkeys(_outcome(expected, run.actions[position]) for run in runs):
            yield line(expected, f"{action}{outcome}")


def _outcome(expected: str, outcome: Outcome) -> str:
    """Return the outcome of a call, unless its label already says it."""
    if outcome.ok:
        return "" if expected == "allowed" else ": ALLOWED"
    if not outcome.denied:
        return f": FAILED ({outcome.code})"
    return f": {outcome.code}" if expected == "denied" else f": DENIED ({outcome.code})"


def _details(shown: Shown) -> Iterator[str]:
    if shown.injection:
        hours = shown.injection.lifetime_seconds / 3600
        audience = shown.injection.projection["audience"]
        yield line("injected", f"2 variables, and a token for {audience} that lives {hours:.1f} h")
    if shown.run and shown.run.arn:
        yield line("session", f"{shown.run.arn}, found by {shown.sdk.name} in its step {shown.run.method}")
    yield line("took", ", ".join(_times(shown)))


def _times(shown: Shown) -> Iterator[str]:
    yield f"{shown.waited_seconds:.1f} s until the webhook knew the association"
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
