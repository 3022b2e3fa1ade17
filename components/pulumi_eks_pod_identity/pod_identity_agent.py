"""`PodIdentityAgent`: the agent of one cluster."""

import pulumi

from pulumi_eks_pod_identity.agent_args import PodIdentityAgentArgs
from pulumi_eks_pod_identity.errors import subject_of
from pulumi_eks_pod_identity.properties import PACKAGE, inputs_of, outputs_of


class PodIdentityAgent(pulumi.ComponentResource):
    """Installs the agent that hands credentials to pods on a cluster, as the EKS add-on. Once per cluster."""

    addon_arn: pulumi.Output[str | None]
    """ARN of the add-on, where it is managed here."""

    addon_version: pulumi.Output[str | None]
    """Version of the add-on, where it is managed here."""

    cluster_name: pulumi.Output[str]
    """Name of the cluster. Resolves when the agent is installed."""

    def __init__(self, name: str, args: PodIdentityAgentArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Install the agent on a cluster.

        Args:
            name: Name in the program, which the name of the add-on begins with.
            args: What is wanted.
            opts: Options as of any component.

        Raises:
            PodIdentityInputError: With everything that is wrong, before anything is registered.
        """
        subject = subject_of("PodIdentityAgent", name)
        from pulumi_eks_pod_identity import cluster_agent  # noqa: PLC0415 - heavy, so loaded when something is made

        settings = cluster_agent.settle_agent(subject, args)
        super().__init__(f"{PACKAGE}:index:PodIdentityAgent", name, inputs_of(args), opts)
        self.register_outputs(outputs_of(self, cluster_agent.make_cluster_agent(name, subject, self, settings)))
