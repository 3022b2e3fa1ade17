"""Creates the resources of a stack: the agent, a provider per account, and a component per identity."""

from typing import cast

import pulumi
import pulumi_aws as aws

from environment import Account, Cluster, Environment
from pulumi_eks_pod_identity import AgentMode, PodIdentity, PodIdentityAgent, PodIdentityAgentArgs, PodIdentityArgs


def deploy(environment: Environment) -> None:
    """Create everything that *environment* describes, and export the outputs of each identity.

    Raises:
        pulumi.RunError: If the credentials are not for the environment's cluster.
    """
    reject_foreign_credentials(environment.cluster)
    agent = [_agent(environment)] if environment.cluster.agent is AgentMode.MANAGED else []
    providers = {name: _provider(name, account) for name, account in environment.accounts.items()}
    for name, identity in environment.identities.items():
        former = [pulumi.Alias(name=identity.former_name)] if identity.former_name else None
        component = PodIdentity(
            name,
            cast("PodIdentityArgs", environment.arguments(name)),
            pulumi.ResourceOptions(depends_on=agent, aliases=former),
            target_provider=providers[identity.target_account] if identity.target_account else None,
        )
        pulumi.export(name, _outputs(component))


def reject_foreign_credentials(cluster: Cluster) -> None:
    """Compare the file's account, partition and region with those of the credentials.

    Names and trust policies are built from the file's values. With other credentials, everything would be created in
    one account with policies written for another.
    """
    problems: list[str] = []
    if cluster.account_id and cluster.account_id != (account := aws.get_caller_identity().account_id):
        problems.append(f"- cluster.accountId: The file has {cluster.account_id}, the credentials are for {account}.")
    if cluster.partition and cluster.partition != (partition := aws.get_partition().partition):
        problems.append(f"- cluster.partition: The file has {cluster.partition}, the credentials are for {partition}.")
    if cluster.region and cluster.region != (region := aws.get_region().region):
        problems.append(f"- cluster.region: The file has {cluster.region}, the AWS provider works in {region}.")
    if problems:
        raise pulumi.RunError(
            "\n".join(
                [
                    "The credentials are not for the cluster of this stack. Nothing was changed.",
                    *problems,
                    "Use credentials for the cluster (AWS_PROFILE, aws:profile, aws:region), or correct the file.",
                ]
            )
        )


def _agent(environment: Environment) -> PodIdentityAgent:
    cluster = environment.cluster
    args: PodIdentityAgentArgs = {"cluster_name": cluster.name, "tags": environment.tags}
    return PodIdentityAgent("agent", args)


def _provider(name: str, account: Account) -> aws.Provider:
    roles = [aws.ProviderAssumeRoleArgs(role_arn=account.assume_role_arn)] if account.assume_role_arn else None
    return aws.Provider(
        f"account-{name}",
        profile=account.profile,
        region=account.region or aws.config.region,
        assume_roles=roles,
        # With the wrong credentials, the target role would be created in an unexpected account.
        allowed_account_ids=[account.id],
    )


def _outputs(component: PodIdentity) -> dict[str, pulumi.Output[object]]:
    return {
        "roleArn": component.role_arn,
        "roleName": component.role_name,
        "associationId": component.association_id,
        "associationArn": component.association_arn,
        "externalId": component.external_id,
        "associationIds": component.association_ids,
        "externalIds": component.external_ids,
        "targetRoleArn": component.target_role_arn,
        "namespace": component.namespace,
        "serviceAccountName": component.service_account_name,
        "restartToken": component.restart_token,
        "trustPolicy": component.trust_policy,
        "targetTrustPolicy": component.target_trust_policy,
    }
