"""Lists everything that a stack can create in AWS and Kubernetes, by querying them, not the engine."""

from collections.abc import Iterator

from lightkube import Client, KubeConfig
from lightkube.resources.core_v1 import Namespace, ServiceAccount

from sandbox.aws.inventory import inventory
from sandbox.running import SOURCE_ACCOUNT, TARGET_ACCOUNT, Sandbox
from sandbox.seed import CLUSTER_ROLE

_NAMESPACES = {"default", "kube-system", "kube-public", "kube-node-lease"}


def kubernetes(sandbox: Sandbox) -> Client:
    """Return a client of the sandbox's API server, for use in a `with` block."""
    return Client(config=KubeConfig.from_file(str(sandbox.kubeconfig)), trust_env=False)


def leftovers(sandbox: Sandbox) -> list[str]:
    """Return everything that was created since the start. After `pulumi destroy` there is nothing."""
    in_aws = [line for account in (SOURCE_ACCOUNT, TARGET_ACCOUNT) for line in resources_in_aws(sandbox.aws, account)]
    return [*in_aws, *_kubernetes(sandbox)]


def resources_in_aws(endpoint: str, account: str) -> Iterator[str]:
    """Yield the roles, policies, associations and add-ons of *account*."""
    contents = inventory(endpoint, account)
    yield from (f"role {arn}" for arn in contents.roles if not arn.endswith(f":role/{CLUSTER_ROLE}"))
    yield from (f"policy {arn}" for arn in contents.managed_policies)
    yield from (f"association {arn} of {key.split('/', 1)[1]}" for arn, key in contents.ids.items())
    yield from (f"add-on {name}" for name in contents.addons)


def _kubernetes(sandbox: Sandbox) -> Iterator[str]:
    with kubernetes(sandbox) as api:
        for namespace in api.list(Namespace):
            if namespace.metadata and namespace.metadata.name not in _NAMESPACES:
                yield f"namespace {namespace.metadata.name}"
        for account in api.list(ServiceAccount, namespace="*"):
            if account.metadata and account.metadata.name != "default":  # every namespace has one of that name
                yield f"ServiceAccount {account.metadata.namespace}/{account.metadata.name}"
