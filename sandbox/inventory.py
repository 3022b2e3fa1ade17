"""Everything in AWS and Kubernetes that a stack could have made, listed by asking them and not the engine."""

from collections.abc import Iterator

from lightkube import Client, KubeConfig
from lightkube.resources.core_v1 import Namespace, ServiceAccount

from sandbox.running import SOURCE_ACCOUNT, TARGET_ACCOUNT, Sandbox
from sandbox.seed import CLUSTER_ROLE, client

_NAMESPACES = {"default", "kube-system", "kube-public", "kube-node-lease"}


def kubernetes(sandbox: Sandbox) -> Client:
    """Return a client of the sandbox's API server, to be used in a `with` block."""
    return Client(config=KubeConfig.from_file(str(sandbox.kubeconfig)), trust_env=False)


def leftovers(sandbox: Sandbox) -> list[str]:
    """List what is there and was not seeded: after `pulumi destroy`, nothing."""
    found = [line for account in (SOURCE_ACCOUNT, TARGET_ACCOUNT) for line in aws(sandbox.aws, account)]
    return [*found, *_kubernetes(sandbox)]


def aws(endpoint: str, account: str) -> Iterator[str]:
    """Yield the roles, policies, associations and add-ons of *account*."""
    iam, eks = client("iam", endpoint, account), client("eks", endpoint, account)
    for page in iam.get_paginator("list_roles").paginate():
        yield from (f"role {role['Arn']}" for role in page["Roles"] if role["RoleName"] != CLUSTER_ROLE)
    for page in iam.get_paginator("list_policies").paginate(Scope="Local"):
        yield from (f"policy {policy['Arn']}" for policy in page["Policies"])
    for cluster in eks.list_clusters()["clusters"]:
        for page in eks.get_paginator("list_pod_identity_associations").paginate(clusterName=cluster):
            for item in page["associations"]:
                yield f"association {item['associationArn']} of {item['namespace']}/{item['serviceAccount']}"
        yield from (f"add-on {cluster}/{name}" for name in eks.list_addons(clusterName=cluster)["addons"])


def _kubernetes(sandbox: Sandbox) -> Iterator[str]:
    with kubernetes(sandbox) as api:
        for namespace in api.list(Namespace):
            if namespace.metadata and namespace.metadata.name not in _NAMESPACES:
                yield f"namespace {namespace.metadata.name}"
        for account in api.list(ServiceAccount, namespace="*"):
            if account.metadata and account.metadata.name != "default":  # every namespace has one of that name
                yield f"ServiceAccount {account.metadata.namespace}/{account.metadata.name}"
