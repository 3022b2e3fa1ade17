"""A user's mocked test: the component registers a role, its policy and an association."""

import pulumi

ACCOUNT = "111122223333"


class _Mocks(pulumi.runtime.Mocks):
    def __init__(self) -> None:
        self.types: list[str] = []

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, object]]:
        self.types.append(args.typ.rsplit(":", 1)[1])
        state = dict(args.inputs)
        if args.typ == "aws:iam/role:Role":
            state["arn"] = f"arn:aws:iam::{ACCOUNT}:role/{state['name']}"
        return f"{args.name}-id", state

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, object]:
        # Account, partition and region are given; the account is compared with that of the credentials.
        answers: dict[str, dict[str, object]] = {
            "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": ACCOUNT}
        }
        return answers[args.token]


mocks = _Mocks()
pulumi.runtime.set_mocks(mocks, project="shop", stack="prod")

from pulumi_eks_pod_identity import PodIdentity  # noqa: E402 - as in a user's test, after the mocks are set


@pulumi.runtime.test
def deploy() -> pulumi.Output[str]:
    """Create one identity."""
    statement = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::invoices/*"]}
    identity = PodIdentity(
        "api",
        {
            "cluster_name": "prod",
            "namespace": "payments",
            "service_account": "api",
            "account_id": ACCOUNT,
            "partition": "aws",
            "region": "eu-west-1",
            "policies": {"invoices": {"Version": "2012-10-17", "Statement": [statement]}},
        },
    )
    return identity.role_arn


deploy()
assert sorted(mocks.types) == ["PodIdentity", "PodIdentityAssociation", "Role", "RolePolicy"], mocks.types  # noqa: S101 - a trial
