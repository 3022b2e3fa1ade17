"""Names and times in the official provider's forms."""

import datetime as dt
import itertools

_COUNTER = itertools.count(1)


def prefixed(prefix: str | None) -> str:
    """Return a name that begins with *prefix* and ends with 26 digits that only this call has."""
    now = dt.datetime.now(dt.UTC)
    return f"{prefix or 'terraform-'}{now:%Y%m%d%H%M%S}{now.microsecond // 100:04d}{next(_COUNTER) & 0xFFFFFFFF:08x}"


def timestamp(moment: dt.datetime) -> str:
    """Return a time of AWS as the provider writes it."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
