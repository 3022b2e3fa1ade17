"""What a stack is made of: the agent once, a provider for each other account, and one component for each identity."""

from typing import cast

import pulumi
import pulumi_aws as aws

from environment import Account, Environment
from pulumi_eks_pod_identity import AgentMode, PodIdentity, PodIdentityAgent, PodIdentityAgentArgs, PodIdentityArgs


def deploy(environment: Environment) -> None:
    """Register everything that *environment* describes, and export each identity's outputs."""
    agent = [_agent(environment)] if environment.cluster.agent is AgentMode.MANAGED else []
    providers = {name: _provider(name, account) for name, account in environment.accounts.items()}
    for name, identity in environment.identities.items():
        component = PodIdentity(
            name,
            cast("PodIdentityArgs", environment.arguments(name)),
            pulumi.ResourceOptions(depends_on=agent),
            target_provider=providers[identity.target_account] if identity.target_account else None,
        )
        pulumi.export(name, _outputs(component))


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
        # The wrong credentials would create a role that nobody can reach; the provider refuses them before that.
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
