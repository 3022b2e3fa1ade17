"""Shows the progress of a long build: the binary, its position and the elapsed time."""

import sys
import time
from typing import TextIO


def readable_duration(seconds: float) -> str:
    """Return a duration for people: `7 s`, `2 min 05 s`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


class Progress:
    """Writes to standard error. On a terminal the current line is redrawn, elsewhere it is repeated at intervals."""

    def __init__(self, stream: TextIO | None = None, *, heartbeat: float = 20.0) -> None:
        """Write to *stream* (default: standard error), every *heartbeat* seconds where nothing can be redrawn."""
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty()
        self._heartbeat = 0.5 if self._terminal else heartbeat
        self._last = time.monotonic()
        self._drawn = False

    def report(self, text: str) -> None:
        """Write a permanent line."""
        self._write(f"{text}\n")
        self._drawn = False

    def update(self, text: str) -> None:
        """Write the current state, at most once per heartbeat."""
        if time.monotonic() - self._last < self._heartbeat:
            return
        self._write(text if self._terminal else f"{text}\n")
        self._drawn = self._terminal

    def _write(self, text: str) -> None:
        # Carriage return and "erase to the end of the line" remove the redrawn line.
        self._stream.write(f"\r\x1b[K{text}" if self._drawn else text)
        self._stream.flush()
        self._last = time.monotonic()
