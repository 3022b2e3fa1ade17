"""Resources as the rules see them: plain data, with UNKNOWN where a value is not known yet."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from eks_pod_identity.errors import quote
from eks_pod_identity.iam.unknown import UNKNOWN

ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
POLICY = "aws:iam/policy:Policy"
ROLE_POLICY_ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
ROLE_POLICY_ATTACHMENTS_EXCLUSIVE = "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive"
POLICY_ATTACHMENT = "aws:iam/policyAttachment:PolicyAttachment"
ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
ADDON = "aws:eks/addon:Addon"
CLUSTER = "aws:eks/cluster:Cluster"
NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
FARGATE_PROFILE = "aws:eks/fargateProfile:FargateProfile"
SERVICE_ACCOUNT = "kubernetes:core/v1:ServiceAccount"

RESOURCE_POLICIES = {
    "aws:acmpca/policy:Policy": "policy",
    "aws:amp/resourcePolicy:ResourcePolicy": "policyDocument",
    "aws:apigateway/domainName:DomainName": "policy",
    "aws:apigateway/restApi:RestApi": "policy",
    "aws:apigateway/restApiPolicy:RestApiPolicy": "policy",
    "aws:backup/vaultPolicy:VaultPolicy": "policy",
    "aws:bedrock/agentcoreResourcePolicy:AgentcoreResourcePolicy": "policy",
    "aws:cloudsearch/domainServiceAccessPolicy:DomainServiceAccessPolicy": "accessPolicy",
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy": "policy",
    "aws:cloudwatch/logDestinationPolicy:LogDestinationPolicy": "accessPolicy",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyDocument",
    "aws:codeartifact/domainPermissions:DomainPermissions": "policyDocument",
    "aws:codeartifact/repositoryPermissionsPolicy:RepositoryPermissionsPolicy": "policyDocument",
    "aws:codebuild/resourcePolicy:ResourcePolicy": "policy",
    "aws:dsql/clusterPolicy:ClusterPolicy": "policy",
    "aws:dynamodb/resourcePolicy:ResourcePolicy": "policy",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "policy",
    "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy": "policy",
    "aws:ecr/registryPolicy:RegistryPolicy": "policy",
    "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
    "aws:ecrpublic/repositoryPolicy:RepositoryPolicy": "policy",
    "aws:efs/fileSystemPolicy:FileSystemPolicy": "policy",
    "aws:elasticsearch/domain:Domain": "accessPolicies",
    "aws:elasticsearch/domainPolicy:DomainPolicy": "accessPolicies",
    "aws:glacier/vault:Vault": "accessPolicy",
    "aws:glacier/vaultLock:VaultLock": "policy",
    "aws:glue/resourcePolicy:ResourcePolicy": "policy",
    "aws:kinesis/resourcePolicy:ResourcePolicy": "policy",
    "aws:kms/externalKey:ExternalKey": "policy",
    "aws:kms/key:Key": "policy",
    "aws:kms/keyPolicy:KeyPolicy": "policy",
    "aws:kms/replicaExternalKey:ReplicaExternalKey": "policy",
    "aws:kms/replicaKey:ReplicaKey": "policy",
    "aws:lambda/resourcePolicy:ResourcePolicy": "policy",
    "aws:mediastore/containerPolicy:ContainerPolicy": "policy",
    "aws:msk/clusterPolicy:ClusterPolicy": "policy",
    "aws:oam/sinkPolicy:SinkPolicy": "policy",
    "aws:opensearch/domain:Domain": "accessPolicies",
    "aws:opensearch/domainPolicy:DomainPolicy": "accessPolicies",
    "aws:opensearchingest/resourcePolicy:ResourcePolicy": "policy",
    "aws:pinpoint/smsvoicev2ResourcePolicy:Smsvoicev2ResourcePolicy": "policy",
    "aws:redshift/resourcePolicy:ResourcePolicy": "policy",
    "aws:redshiftserverless/resourcePolicy:ResourcePolicy": "policy",
    "aws:s3/accessPoint:AccessPoint": "policy",
    "aws:s3/bucket:Bucket": "policy",
    "aws:s3/bucketPolicy:BucketPolicy": "policy",
    "aws:s3/bucketV2:BucketV2": "policy",
    "aws:s3/filesFileSystemPolicy:FilesFileSystemPolicy": "policy",
    "aws:s3/vectorsVectorBucketPolicy:VectorsVectorBucketPolicy": "policy",
    "aws:s3control/accessGrantsInstanceResourcePolicy:AccessGrantsInstanceResourcePolicy": "policy",
    "aws:s3control/accessPointPolicy:AccessPointPolicy": "policy",
    "aws:s3control/bucketPolicy:BucketPolicy": "policy",
    "aws:s3control/objectLambdaAccessPointPolicy:ObjectLambdaAccessPointPolicy": "policy",
    "aws:s3tables/tableBucketPolicy:TableBucketPolicy": "resourcePolicy",
    "aws:s3tables/tablePolicy:TablePolicy": "resourcePolicy",
    "aws:sagemaker/modelPackageGroupPolicy:ModelPackageGroupPolicy": "resourcePolicy",
    "aws:schemas/registryPolicy:RegistryPolicy": "policy",
    "aws:secretsmanager/secret:Secret": "policy",
    "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
    "aws:ses/identityPolicy:IdentityPolicy": "policy",
    "aws:sesv2/emailIdentityPolicy:EmailIdentityPolicy": "policy",
    "aws:sns/topic:Topic": "policy",
    "aws:sns/topicPolicy:TopicPolicy": "policy",
    "aws:sqs/queue:Queue": "policy",
    "aws:sqs/queuePolicy:QueuePolicy": "policy",
    "aws:vpclattice/authPolicy:AuthPolicy": "policy",
    "aws:vpclattice/resourcePolicy:ResourcePolicy": "policy",
    "aws:xray/resourcePolicy:ResourcePolicy": "policyDocument",
}
"""The property that holds the policy of a resource or an endpoint, for the types that have one."""
COMPONENT_PREFIX = "eks-pod-identity:index:"

_ACCOUNT = re.compile(r"arn:[^:]*:[^:]*:[^:]*:([0-9]{12}):")


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource; *dependencies* are the URNs that each property was computed from.

    *inputs* are what the program set, if they are known separately from *properties*, which AWS completes. *addon* is
    the name of the add-on that owns an association that has no resource.
    """

    urn: str
    type: str
    name: str
    properties: Mapping[str, Any]
    dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, "tuple[str, ...]"])
    provider: str = ""
    provider_properties: Mapping[str, Any] = field(default_factory=dict[str, Any])
    inputs: Mapping[str, Any] | None = None
    addon: str = ""

    def get(self, key: str) -> Any:
        """Return the value of a property, or None."""
        return self.properties.get(key)

    def text(self, key: str) -> str:
        """Return the value of a property if it is known text, otherwise nothing."""
        return text_of(self.properties.get(key))

    def is_open(self, key: str) -> bool:
        """Return whether a property is set but not known yet."""
        return self.properties.get(key) is UNKNOWN

    def input_value(self, key: str) -> Any:
        """Return what the program set for a property that AWS may also set, as far as it is known."""
        return self.properties.get(key) if self.inputs is None else self.inputs.get(key)

    @property
    def is_of_component(self) -> bool:
        """Return whether one of this project's components created it, so that fixes name the component's arguments."""
        return COMPONENT_PREFIX in self.urn

    @property
    def label(self) -> str:
        """Return the resource as messages name it."""
        if self.addon:
            account = self.text("serviceAccount")
            association = f"The association of {quote(account)}" if account else "An association"
            return f"{association} in the add-on {quote(self.addon)}"
        noun = _NOUNS.get(self.type, "The resource")
        return f"{noun} {quote(self.name)}"

    @property
    def mention(self) -> str:
        """Return the label for the middle of a sentence."""
        return self.label[0].lower() + self.label[1:]


_NOUNS = {
    ROLE: "The role",
    ROLE_POLICY: "The role policy",
    POLICY: "The policy",
    ROLE_POLICY_ATTACHMENT: "The attachment",
    POLICY_ATTACHMENT: "The attachment",
    ASSOCIATION: "The association",
    ADDON: "The add-on",
    CLUSTER: "The cluster",
    FARGATE_PROFILE: "The Fargate profile",
    SERVICE_ACCOUNT: "The ServiceAccount",
    NODE_GROUP: "The node group",
    **dict.fromkeys(RESOURCE_POLICIES, "The resource policy"),
}


def text_of(value: object) -> str:
    """Return *value* if it is known text, otherwise nothing."""
    return value if isinstance(value, str) else ""


def account_of(arn: object) -> str:
    """Return the account that an ARN names, or nothing."""
    match = _ACCOUNT.match(arn) if isinstance(arn, str) else None
    return match.group(1) if match else ""


def provider_account(properties: Mapping[str, Any]) -> str:
    """Return the account that a provider's configuration restricts it to, or nothing."""
    allowed = decode(properties.get("allowedAccountIds"))
    if isinstance(allowed, list):
        accounts = cast("list[object]", allowed)
        if len(accounts) == 1 and isinstance(accounts[0], str):
            return accounts[0]
    roles = decode(properties.get("assumeRoles"))
    role: object = cast("list[object]", roles)[-1] if isinstance(roles, list) and roles else None
    return account_of(cast("Mapping[str, object]", role).get("roleArn")) if isinstance(role, Mapping) else ""


def decode(value: object) -> object:
    """Return a value of a provider's nested configuration, decoded from JSON."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None
