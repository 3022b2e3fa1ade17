"""Decides which requests fail, and how: by operation, count and a seeded chance, so that a run can be repeated."""

import random
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The fault of a request."""

    THROTTLE = "throttle"
    """Answered with the service's throttling error, not delivered."""

    SERVER_ERROR = "server error"
    """Answered with 500, not delivered."""

    UNAVAILABLE = "unavailable"
    """Answered with 503, not delivered."""

    TIMEOUT = "timeout"
    """Held for some seconds, then the connection is closed; not delivered."""

    DROP = "dropped connection"
    """The connection is closed; not delivered."""

    LOST_ANSWER = "lost answer"
    """Delivered, and the connection is closed before the answer: the client cannot know."""

    DUPLICATE = "duplicate delivery"
    """Delivered twice; the first answer is given."""

    SLOW = "slow"
    """Delivered after some seconds."""

    NOT_YET = "not visible yet"
    """Answered as if what was created just before were not there, not delivered: AWS is eventually consistent."""

    STALE_DELETE = "stale delete"
    """Delivered; for some seconds after it, creating the same association is answered with 409."""


@dataclass(frozen=True)
class Fault:
    """A fault for the operations that match.

    Attributes:
        kind: What happens.
        operations: A regular expression for names such as ``iam:CreateRole``, matched in full.
        times: The maximum number of times. None: always.
        skip: Let this many matches pass before the first.
        chance: Of each match.
        seconds: The duration, for kinds that have one.
    """

    kind: Kind
    operations: str = r".*"
    times: int | None = None
    skip: int = 0
    chance: float = 1.0
    seconds: float = 0.0


class Plan:
    """Faults in order of precedence, and the requests they applied to. The same seed gives the same sequence."""

    def __init__(self, faults: Sequence[Fault], *, seed: int = 0) -> None:
        self._faults = list(faults)
        self._left = [fault.times for fault in faults]
        self._skip = [fault.skip for fault in faults]
        self._random = random.Random(seed)  # noqa: S311 - a repeatable choice, no secret
        self._lock = threading.Lock()
        self.injected: list[tuple[str, Kind]] = []

    def choose(self, operation: str) -> Fault | None:
        """Return the fault for the next request of *operation*, or None."""
        with self._lock:
            for position, fault in enumerate(self._faults):
                left = self._left[position]
                if left == 0 or not re.fullmatch(fault.operations, operation):
                    continue
                if self._random.random() >= fault.chance:
                    continue
                if self._skip[position]:
                    self._skip[position] -= 1
                    continue
                if left is not None:
                    self._left[position] = left - 1
                self.injected.append((operation, fault.kind))
                return fault
        return None
