"""Entry of the plugin, started by the Python language host with the folder it is in."""

import sys

from pulumi.provider import main

from pulumi_eks_pod_identity.provider import PodIdentityProvider

if __name__ == "__main__":
    main(PodIdentityProvider(), sys.argv[1:])
