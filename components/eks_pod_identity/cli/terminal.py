"""Text of strangers on terminals and in the logs of CI systems."""

from eks_pod_identity.errors import printable

_COMMANDS = ("##[", "##vso[")
"""What GitHub and Azure take for a command anywhere in a line; `::error::` counts at the beginning of a line only."""


def safe_line(text: str) -> str:
    """Return *text* as one line without control characters, which no CI system takes for a command."""
    line = printable(text)
    for command in _COMMANDS:
        line = line.replace(command, command.replace("##", "# #"))
    return f"./{line}" if line.lstrip().startswith("::") else line
