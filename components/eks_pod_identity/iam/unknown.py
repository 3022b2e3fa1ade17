"""The marker for what is not known yet: at preview a value may depend on a resource that does not exist."""

import enum
from typing import Literal


class _Marker(enum.Enum):
    """One member, so that a type checker narrows `value is UNKNOWN`."""

    UNKNOWN = "not known yet"


UNKNOWN = _Marker.UNKNOWN
"""Stands in plain data wherever a value is not known yet; everything around it is still judged."""

Unknown = Literal[_Marker.UNKNOWN]
