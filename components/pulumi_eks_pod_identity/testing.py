"""Runs a Pulumi program without an engine and without AWS, and returns its identities, to ask what their pods may do.

`identities(program)` is the short way. `Mocks` is for tests that use Pulumi's own `set_mocks`: it answers the
look-ups of the components, and gives resources the ARNs that AWS would give them.
"""

import asyncio
import json
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import pulumi
from pulumi.runtime import settings

from eks_pod_identity.access import Identity
from eks_pod_identity.access.identity import PolicySource
from eks_pod_identity.access.resources import Resource, identities_of

__all__ = ["Mocks", "identities"]

_LOOK_UPS = re.compile(r"aws:(?:\w+/)?(getCallerIdentity|getPartition|getRegion|getPolicyDocument):\1")
_ARNS = {
    "aws:iam/role:Role": "arn:{partition}:iam::{account}:role{path}{name}",
    "aws:iam/policy:Policy": "arn:{partition}:iam::{account}:policy{path}{name}",
    "aws:eks/cluster:Cluster": "arn:{partition}:eks:{region}:{account}:cluster/{name}",
    "aws:eks/addon:Addon": "arn:{partition}:eks:{region}:{account}:addon/{clusterName}/{addonName}/1",
    "aws:s3/bucket:Bucket": "arn:{partition}:s3:::{bucket}",
    "aws:s3/bucketV2:BucketV2": "arn:{partition}:s3:::{bucket}",
    "aws:sqs/queue:Queue": "arn:{partition}:sqs:{region}:{account}:{name}",
    "aws:sns/topic:Topic": "arn:{partition}:sns:{region}:{account}:{name}",
    "aws:dynamodb/table:Table": "arn:{partition}:dynamodb:{region}:{account}:table/{name}",
    "aws:kms/key:Key": "arn:{partition}:kms:{region}:{account}:key/{id}",
    "aws:secretsmanager/secret:Secret": "arn:{partition}:secretsmanager:{region}:{account}:secret:{name}-a1b2c3",
}
_DOCUMENTS = ("assumeRolePolicy", "policy")
"""Inputs that may be maps and come out as JSON text."""

_ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation"


class Mocks(pulumi.runtime.Mocks):
    """Answers for AWS in a test: look-ups, ids and ARNs.

    Override `new_resource` or `call`, and call these for everything else.

    Attributes:
        resources: The resources of the program so far.
    """

    def __init__(self, *, account: str = "111122223333", region: str = "eu-west-1", partition: str = "aws") -> None:
        """Store the *account*, *region* and *partition* that the program works in."""
        self.account, self.region, self.partition = account, region, partition
        self.resources: list[Resource] = []

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Return an id and what AWS adds to the inputs of a resource."""
        inputs = _plain(args, "inputs")
        identifier = args.resource_id or f"{args.name}-id"
        texts = {key: json.dumps(inputs[key]) for key in _DOCUMENTS if isinstance(inputs.get(key), dict)}
        outputs = {**self._outputs(args.typ, args.name, identifier, inputs), **inputs, **texts}
        urn = f"urn:pulumi:test::test::{args.typ}::{args.name}"
        self.resources.append(
            Resource(urn, args.typ, outputs, args.provider or "", is_read=bool(args.resource_id) and not inputs)
        )
        return identifier, outputs

    def call(  # pyright: ignore[reportIncompatibleMethodOverride] - the SDK takes a map, as its documentation shows
        self, args: pulumi.runtime.MockCallArgs
    ) -> dict[str, Any]:
        """Return the answer to a look-up, or its arguments if the look-up is not known."""
        arguments = _plain(args, "args")
        match = _LOOK_UPS.fullmatch(args.token)
        if match is None:
            return arguments
        user = f"arn:{self.partition}:iam::{self.account}:user/test"
        answers: dict[str, dict[str, Any]] = {
            "getCallerIdentity": {"accountId": self.account, "arn": user, "userId": "AIDATEST", "id": self.account},
            "getPartition": {"partition": self.partition, "dnsSuffix": "amazonaws.com", "id": self.partition},
            "getRegion": {"region": self.region, "name": self.region, "id": self.region},
        }
        return answers[match.group(1)] if match.group(1) in answers else _policy_document(arguments)

    def _outputs(self, resource_type: str, name: str, identifier: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        values = {
            "partition": self.partition,
            "region": self.region,
            "account": self.account,
            "path": "/",
            "name": name,
            "bucket": name,
            "id": identifier,
            **inputs,
        }
        if resource_type == _ASSOCIATION:
            return _association(values)
        if resource_type not in _ARNS:
            return {}
        return {"arn": _ARNS[resource_type].format_map(values), "name": values["name"]}


def identities(
    program: Callable[[], object],
    *,
    mocks: Mocks | None = None,
    managed_policies: Mapping[str, PolicySource] | None = None,
    project: str = "project",
    stack: str = "test",
    config: Mapping[str, str] | None = None,
) -> dict[str, Identity]:
    """Run *program* under mocks and return its identities by `namespace/service-account`.

    Args:
        program: A function that creates the resources, or `lambda: runpy.run_path("__main__.py")`.
        mocks: Answers for AWS; by default those of `Mocks()`.
        managed_policies: Texts of managed policies that the program attaches but does not create, by ARN.
        project: Name of the project.
        stack: Name of the stack.
        config: Configuration of the stack, with the namespace in each key: `{"aws:region": "eu-west-1"}`.

    Returns:
        The identities, including those of raw `aws.eks.PodIdentityAssociation` resources and of add-ons.
    """
    answers = mocks or Mocks()
    # An earlier run may have left its stack behind.
    settings.ROOT.set(None)
    _ensure_event_loop()
    pulumi.runtime.set_mocks(answers, project=project, stack=stack, preview=False)
    if config is not None:
        pulumi.runtime.set_all_config(dict(config))

    def run() -> None:
        program()

    try:
        pulumi.runtime.test(run)()  # pyright: ignore[reportUnknownMemberType] - the SDK does not type it
    finally:
        settings.ROOT.set(None)
    return identities_of(answers.resources, managed_policies)


def _ensure_event_loop() -> None:
    """Set an event loop if there is none: outputs need one, and Python 3.12 warns before it creates one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            asyncio.get_event_loop()
        except RuntimeError:
            asyncio.set_event_loop(asyncio.new_event_loop())


def _association(values: Mapping[str, Any]) -> dict[str, Any]:
    cluster, namespace, account = values.get("clusterName"), values.get("namespace"), values.get("serviceAccount")
    number = f"a-{namespace}-{account}"
    cluster_scope = f"{values['region']}/{values['account']}"
    arn = "arn:{partition}:eks:{region}:{account}:podidentityassociation/".format_map(values)
    return {
        "associationId": number,
        "associationArn": f"{arn}{cluster}/{number}",
        "externalId": f"{cluster_scope}/{cluster}/{namespace}/{account}",
    }


def _policy_document(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Write the document of `aws.iam.get_policy_document` as the provider does."""
    document: dict[str, Any] = {"Version": arguments.get("version") or "2012-10-17"}
    document["Statement"] = [_statement(statement) for statement in _maps(arguments, "statements")]
    return {**arguments, "json": json.dumps(document, indent=2), "minifiedJson": json.dumps(document)}


def _statement(arguments: Mapping[str, Any]) -> dict[str, Any]:
    elements = ("sid", "actions", "notActions", "resources", "notResources")
    names = dict(zip(elements, ("Sid", "Action", "NotAction", "Resource", "NotResource"), strict=True))
    statement: dict[str, Any] = {"Effect": arguments.get("effect") or "Allow"}
    statement |= {names[key]: arguments[key] for key in elements if arguments.get(key)}
    for key, name in (("principals", "Principal"), ("notPrincipals", "NotPrincipal")):
        principals: dict[str, list[str]] = {}
        for principal in _maps(arguments, key):
            principals.setdefault(principal["type"], []).extend(principal["identifiers"])
        if principals:
            statement[name] = "*" if principals == {"*": ["*"]} else principals
    conditions: dict[str, dict[str, Any]] = {}
    for condition in _maps(arguments, "conditions"):
        conditions.setdefault(condition["test"], {})[condition["variable"]] = condition["values"]
    return statement | ({"Condition": conditions} if conditions else {})


def _plain(args: object, key: str) -> dict[str, Any]:
    """Return an attribute that the SDK types as a bare `dict`."""
    return cast("dict[str, Any]", getattr(args, key))


def _maps(arguments: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    return cast("Sequence[Mapping[str, Any]]", arguments.get(key) or [])
