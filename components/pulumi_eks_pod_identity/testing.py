"""Runs a Pulumi program without an engine and without AWS, and returns its identities, to ask what their pods may do.

`identities(program)` is the short way. `Mocks` is for tests that use Pulumi's own `set_mocks`: it answers the
look-ups of the components, and gives resources the ARNs that AWS would give them.
"""

import asyncio
import contextvars
import json
import re
import warnings
from collections.abc import Callable, Mapping
from typing import Any, cast

import pulumi
from pulumi.runtime import settings

from eks_pod_identity.access import Identity
from eks_pod_identity.access.identity import PolicySource
from eks_pod_identity.access.resources import Resource, identities_of
from eks_pod_identity.rules.resource import decode, provider_account
from pulumi_eks_pod_identity._mocked_document import policy_document

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

_IDS = {
    "aws:iam/role:Role": "{name}",
    "aws:iam/policy:Policy": "{arn}",
    "aws:eks/cluster:Cluster": "{name}",
    "aws:eks/addon:Addon": "{clusterName}:{addonName}",
    "aws:s3/bucket:Bucket": "{bucket}",
    "aws:s3/bucketV2:BucketV2": "{bucket}",
    "aws:sns/topic:Topic": "{arn}",
    "aws:dynamodb/table:Table": "{name}",
    "aws:secretsmanager/secret:Secret": "{arn}",
}
"""Ids that programs use instead of a name or an ARN, as in `role=role.id`."""

_LOOKED_UP_TYPES = {
    "aws:iam/getRole:getRole": "aws:iam/role:Role",
    "aws:iam/getPolicy:getPolicy": "aws:iam/policy:Policy",
    "aws:eks/getCluster:getCluster": "aws:eks/cluster:Cluster",
    "aws:s3/getBucket:getBucket": "aws:s3/bucket:Bucket",
    "aws:sqs/getQueue:getQueue": "aws:sqs/queue:Queue",
    "aws:sns/getTopic:getTopic": "aws:sns/topic:Topic",
    "aws:dynamodb/getTable:getTable": "aws:dynamodb/table:Table",
}
"""Look-ups of one resource by its name, and the type that has its ARN."""

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the mark of a secret and no secret
"""The key that marks special values, and the mark of a secret (Pulumi, sdk/go/common/resource/sig)."""

_ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation"


class Mocks(pulumi.runtime.Mocks):
    """Answers for AWS in a test: look-ups, ids and ARNs.

    A provider's `region`, `allowed_account_ids` and `default_tags` apply to everything created or looked up with it.
    Override `new_resource` or `call`, and call the inherited method for everything else.

    Attributes:
        resources: The resources of the program so far.
    """

    def __init__(
        self,
        *,
        account: str = "111122223333",
        region: str = "eu-west-1",
        partition: str = "aws",
        stack_outputs: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        """Store where the program works.

        Args:
            account: The account.
            region: The region.
            partition: The partition.
            stack_outputs: The outputs of other stacks, by the name that a `StackReference` has.
        """
        self.account, self.region, self.partition = account, region, partition
        self.stack_outputs = stack_outputs or {}
        self.resources: list[Resource] = []
        self._providers: dict[str, Mapping[str, Any]] = {}

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Return an id and what AWS adds to the inputs of a resource."""
        inputs = {key: self._without_references(value) for key, value in _plain_attribute(args, "inputs").items()}
        known = {key: _without_secrets(value) for key, value in inputs.items()}
        texts = {key: json.dumps(known[key]) for key in _DOCUMENTS if isinstance(known.get(key), dict)}
        known |= texts
        if args.typ == "pulumi:providers:aws":
            self._providers[args.name] = known
        values = self._values(args, known)
        outputs = _outputs(args.typ, values)
        if args.typ == "pulumi:pulumi:StackReference":
            outputs["outputs"] = dict(self.stack_outputs.get(values["name"], {}))
        identifier = args.resource_id or _IDS.get(args.typ, "{id}").format_map({**values, **outputs})
        # Resources of two components may have the same name. The number makes the URN unique.
        urn = f"urn:pulumi:test::test::{len(self.resources)}${args.typ}::{args.name}"
        is_read = bool(args.resource_id) and not inputs
        self.resources.append(Resource(urn, args.typ, {**outputs, **known}, args.provider or "", is_read=is_read))
        return identifier, {**outputs, **texts, **{key: inputs[key] for key in inputs if key not in texts}}

    def call(  # pyright: ignore[reportIncompatibleMethodOverride] - the SDK takes a map, as its documentation shows
        self, args: pulumi.runtime.MockCallArgs
    ) -> dict[str, Any]:
        """Return the answer to a look-up, or its arguments if the look-up is not known."""
        arguments = _plain_attribute(args, "args")
        scope = self._scope(args.provider)
        if args.token in _LOOKED_UP_TYPES:
            name = arguments.get("name") or arguments.get("bucket")
            outputs = _outputs(
                _LOOKED_UP_TYPES[args.token], {**scope, "path": "/", "name": name, "bucket": name, "id": name}
            )
            return {"id": name, **outputs, **arguments}
        match = _LOOK_UPS.fullmatch(args.token)
        if match is None:
            return arguments
        user = f"arn:{scope['partition']}:iam::{scope['account']}:user/test"
        answers: dict[str, dict[str, Any]] = {
            "getCallerIdentity": {
                "accountId": scope["account"],
                "arn": user,
                "userId": "AIDATEST",
                "id": scope["account"],
            },
            "getPartition": {"partition": scope["partition"], "dnsSuffix": "amazonaws.com", "id": scope["partition"]},
            "getRegion": {"region": scope["region"], "name": scope["region"], "id": scope["region"]},
        }
        return answers[match.group(1)] if match.group(1) in answers else policy_document(arguments)

    def _scope(self, provider: str | None) -> dict[str, str]:
        """Return where a provider, given by its URN and id, works."""
        properties = self._inputs_of_provider(provider)
        return {
            "partition": self.partition,
            "region": properties.get("region") or self.region,
            "account": provider_account(properties) or self.account,
        }

    def _inputs_of_provider(self, provider: str | None) -> Mapping[str, Any]:
        """Return the inputs of a provider, given by its URN and id."""
        return self._providers.get((provider or "").rpartition("::")[0].rpartition("::")[2], {})

    def _values(self, args: pulumi.runtime.MockResourceArgs, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values for ARNs, ids and tags."""
        name = args.name
        by_arn = {"arn": args.resource_id} if args.resource_id and args.resource_id.startswith("arn:") else {}
        if args.resource_id and not inputs:
            name = args.resource_id.rpartition("/")[2]
        default = decode(self._inputs_of_provider(args.provider).get("defaultTags"))
        tags = cast("Mapping[str, Any]", default).get("tags") if isinstance(default, Mapping) else None
        return {
            **self._scope(args.provider),
            "path": "/",
            "name": name,
            "bucket": name,
            "id": f"{args.name}-id",
            "tagsAll": {**(tags or {}), **(inputs.get("tags") or {})},
            **by_arn,
            **{key: value for key, value in inputs.items() if value is not None},
        }

    def _without_references(self, value: Any) -> Any:
        """Return *value* with each resource in it replaced by its name, as the engine passes it to a provider."""
        if isinstance(value, pulumi.Resource):
            name = value.pulumi_resource_name
            matches = [
                each for each in self.resources if each.name == name and each.type == value.pulumi_resource_type
            ]
            return matches[-1].properties.get("name", name) if matches else name
        if isinstance(value, list):
            return [self._without_references(item) for item in cast("list[Any]", value)]
        if isinstance(value, dict):
            return {key: self._without_references(item) for key, item in cast("dict[str, Any]", value).items()}
        return value


def _without_secrets(value: Any) -> Any:
    """Return *value* without the marks of secrets: a test may see them."""
    if isinstance(value, list):
        return [_without_secrets(item) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    data = cast("dict[str, Any]", value)
    if data.get(_SIGNATURE) == _SECRET:
        return _without_secrets(data.get("value"))
    return {key: _without_secrets(item) for key, item in data.items()}


def _outputs(resource_type: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what AWS adds to the inputs of a resource."""
    if resource_type == _ASSOCIATION:
        return _association(values)
    if resource_type not in _ARNS:
        return {}
    arn = values.get("arn") or _ARNS[resource_type].format_map(values)
    tags = {"tagsAll": values["tagsAll"]} if values.get("tagsAll") else {}
    return {"arn": arn, "name": values["name"], **tags}


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
    # Pulumi keeps its state in context variables. A copy of the context discards the state of this run.
    contextvars.copy_context().run(_run, program, answers, project, stack, config)
    return identities_of(answers.resources, managed_policies)


def _run(
    program: Callable[[], object], mocks: Mocks, project: str, stack: str, config: Mapping[str, str] | None
) -> None:
    settings.ROOT.set(None)  # the stack of the surrounding test, if there is one
    _ensure_event_loop()
    pulumi.runtime.set_mocks(mocks, project=project, stack=stack, preview=False)
    if config is not None:
        pulumi.runtime.set_all_config(dict(config))
    pulumi.runtime.test(program)()  # pyright: ignore[reportUnknownMemberType] - the SDK does not type it


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
    association_id = f"a-{namespace}-{account}"
    cluster_scope = f"{values['region']}/{values['account']}"
    arn = "arn:{partition}:eks:{region}:{account}:podidentityassociation/".format_map(values)
    return {
        "associationId": association_id,
        "associationArn": f"{arn}{cluster}/{association_id}",
        "externalId": f"{cluster_scope}/{cluster}/{namespace}/{account}",
    }


def _plain_attribute(args: object, key: str) -> dict[str, Any]:
    """Return an attribute that the SDK types as a bare `dict`."""
    return cast("dict[str, Any]", getattr(args, key))
