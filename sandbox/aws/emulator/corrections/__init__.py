"""The corrections, each with the behaviour of AWS that it restores and where that is documented."""

CORRECTIONS = ()


def apply_all() -> None:
    """Apply every correction, in order: a later one may rely on an earlier one."""
    for correction in CORRECTIONS:
        correction.apply()
