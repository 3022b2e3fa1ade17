"""Entry of the plugin, started by the Python language host with the folder it is in."""

import sys
from pathlib import Path

# The check comes before our own imports, in syntax that Python 3.8 can read: what follows needs 3.11.
if sys.version_info < (3, 11):  # noqa: UP036 - the consumer's Python runs this
    _running = ".".join(str(part) for part in sys.version_info[:3])
    _folder = Path(__file__).resolve().parent
    # `pulumi install` fetches a plugin that is not there, but does not repair one that is.
    _outdated = _folder.parent if _folder.parent.name.startswith("resource-") else _folder / "venv"
    sys.exit(
        f"eks-pod-identity needs Python 3.11 or newer to run its plugin; this is {_running}. Install a newer Python "
        f"or name one in PULUMI_PYTHON_CMD, then delete {_outdated} and run `pulumi install`."
    )

from pulumi.provider import main

from pulumi_eks_pod_identity.provider import PodIdentityProvider

if __name__ == "__main__":
    main(PodIdentityProvider(), sys.argv[1:])
