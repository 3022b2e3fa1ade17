"""The arguments of one binding."""

from typing import Any, NotRequired, TypedDict

import pulumi


class PodIdentityBinding(TypedDict):
    """One of several ServiceAccounts that share a role."""

    namespace: str
    """Name of the Kubernetes namespace. It need not exist yet.

    An RFC 1123 label of at most 63 characters. Wildcards are refused: EKS matches exact names only.

    Required.
    """

    service_account: str
    """Name of the Kubernetes ServiceAccount. It need not exist yet.

    An RFC 1123 subdomain of at most 253 characters. Wildcards are refused.

    Required.
    """

    cluster_name: NotRequired[str]
    """Name of another cluster in the same account and region, for one identity on a blue and a green cluster.

    Default: the cluster of the component.
    """

    session_policy: NotRequired[pulumi.Input[Any]]
    """Session policy of this binding alone, a map or JSON text. Restricts its pods to a part of what the role allows.

    At most 2,048 characters when compact. It disables session tags for this binding, so its part of the trust policy
    is scoped to the cluster.

    Default: the session policy of the component, if there is one.
    """
