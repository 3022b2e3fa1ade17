"""The marker for unknown values: at preview a value may depend on a resource that does not exist yet."""

import enum
from typing import Literal


class _Marker(enum.Enum):
    """One member, so that a type checker narrows `value is UNKNOWN`."""

    UNKNOWN = "not known yet"


UNKNOWN = _Marker.UNKNOWN
"""Marks an unknown value in plain data; everything around it is still judged."""

Unknown = Literal[_Marker.UNKNOWN]
