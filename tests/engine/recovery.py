"""Recovery after a killed run: imports the resources that the run created in AWS, and forgets the others.

The engine keeps what it had begun as pending operations, and a person must resolve them. (Its own
`pulumi refresh --import-pending-creates` marks them and, as of 3.259, never reads them again.)
"""

import json
from typing import Any

from engine_project import Project


def recover(project: Project) -> None:
    """Release the killed run's lock, and import the resources that it created but did not record."""
    project.pulumi.run("cancel", "--yes", "--stack", "test")
    state = json.loads(project.pulumi.run("stack", "export", "--stack", "test").stdout)
    deployment = state["deployment"]
    for operation in deployment.pop("pending_operations", []):
        resource = operation["resource"]
        known = any(item["urn"] == resource["urn"] for item in deployment["resources"])
        identity = _existing(project, resource["type"], resource["inputs"])
        if operation["type"] == "creating" and identity and not known:
            deployment["resources"].append(resource | {"id": identity})
    file = project.folder.parent / "recovered.json"
    file.write_text(json.dumps(state))
    project.pulumi.run("stack", "import", "--file", str(file), "--stack", "test")


def _existing(project: Project, resource_type: str, inputs: dict[str, Any]) -> str | None:
    """Return the id of a resource with these inputs, if AWS has it."""
    iam, eks = project.aws("iam"), project.aws("eks")
    roles = project.role_names()
    if resource_type == "aws:iam/role:Role":
        return inputs["name"] if inputs["name"] in roles else None
    if resource_type == "aws:iam/rolePolicy:RolePolicy":
        held = iam.list_role_policies(RoleName=inputs["role"])["PolicyNames"] if inputs["role"] in roles else []
        return f"{inputs['role']}:{inputs['name']}" if inputs["name"] in held else None
    if resource_type == "aws:eks/podIdentityAssociation:PodIdentityAssociation":
        associations = eks.list_pod_identity_associations(
            clusterName=inputs["clusterName"], namespace=inputs["namespace"], serviceAccount=inputs["serviceAccount"]
        )["associations"]
        return f"{inputs['clusterName']},{associations[0]['associationId']}" if associations else None
    return None
