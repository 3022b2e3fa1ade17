"""The table that `make up` ends with."""

from collections.abc import Sequence

from sandbox.readback import Row

_COLUMNS = (
    ("identity", "identity"),
    ("role", "role"),
    ("trust scope", "trust_scope"),
    ("association", "association"),
    ("external id", "external_id"),
    ("target role", "target_role"),
    ("ServiceAccount", "service_account"),
)


def table(rows: Sequence[Row]) -> str:
    """Lay *rows* out in columns as wide as their widest cell."""
    cells = [[title for title, _ in _COLUMNS], *([getattr(row, name) for _, name in _COLUMNS] for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(_COLUMNS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(lines)
