"""Names and times in the official provider's forms."""

import datetime as dt
import itertools
import re

_PREFIXED = re.compile(r"(.+)\d{18}[0-9a-f]{8}", re.ASCII)
_COUNTER = itertools.count(1)


def prefixed(prefix: str | None) -> str:
    """Return a name that begins with *prefix* and ends with 26 digits that only this call has."""
    now = dt.datetime.now(dt.UTC)
    return f"{prefix or 'terraform-'}{now:%Y%m%d%H%M%S}{now.microsecond // 100:04d}{next(_COUNTER) & 0xFFFFFFFF:08x}"


def prefix_of(name: str) -> str:
    """Return what stands before the 26 digits of a name made by `prefixed`, or nothing for any other name."""
    match = _PREFIXED.fullmatch(name)
    return match[1] if match else ""


def timestamp(moment: dt.datetime) -> str:
    """Return a time of AWS as the provider writes it."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
