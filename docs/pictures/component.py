"""The picture of what one component creates, and in which order."""

import json
from dataclasses import dataclass

from canvas import Box, Canvas, Theme
from recorded import ACCOUNT, TARGET_ACCOUNT, Recording, Resource

WIDTH, HEIGHT = 1080, 492
COLUMNS = (34, 308, 582)
BOX_WIDTH, BOX_HEIGHT = 250, 74


@dataclass(frozen=True, slots=True)
class Place:
    """Where a resource stands: its frame, its column, and its row in the picture."""

    frame: str
    column: int
    y: float


# By type and name without that of the component, in rows from top to bottom.
PLACES = {
    "target-role": Place("other", 0, 48),
    "target-policy-reports": Place("other", 1, 48),
    "role": Place("aws", 0, 178),
    "assume-target": Place("aws", 1, 178),
    "policy-invoices": Place("aws", 1, 264),
    "association": Place("aws", 2, 221),
    "namespace": Place("kubernetes", 0, 394),
    "service-account": Place("kubernetes", 1, 394),
}
FRAMES = {
    "other": Box(20, 16, 826, 118),
    "aws": Box(20, 146, 826, 204),
    "kubernetes": Box(20, 362, 826, 118),
}
TITLES = {
    "aws:iam/role:Role": "IAM role",
    "aws:iam/rolePolicy:RolePolicy": "Inline policy",
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": "Pod Identity association",
    "kubernetes:core/v1:Namespace": "Namespace",
    "kubernetes:core/v1:ServiceAccount": "ServiceAccount",
}


def draw_component(recording: Recording, theme: Theme) -> str:
    """Return the picture of the component `api`."""
    canvas = Canvas(
        WIDTH,
        HEIGHT,
        theme,
        "What a PodIdentity creates",
        "The role and its policies come first, in both accounts; then the association; and when it has taken effect, "
        "the outputs that a workload uses.",
    )
    labels = {
        "other": f"Account {TARGET_ACCOUNT} (target_provider)",
        "aws": f"Account {ACCOUNT}, cluster prod",
        "kubernetes": "Kubernetes",
    }
    for frame, box in FRAMES.items():
        canvas.frame(box, labels[frame], frame)
    boxes = {name: _draw(canvas, resource) for name, resource in recording.resources.items()}
    for name, resource in recording.resources.items():
        for before in _direct(resource, recording):
            _connect(canvas, boxes[before], boxes[name])
    _outputs(canvas, boxes)
    return canvas.svg()


def _draw(canvas: Canvas, resource: Resource) -> Box:
    place = PLACES[resource.name.removeprefix("api-")]
    box = Box(COLUMNS[place.column], place.y, BOX_WIDTH, BOX_HEIGHT)
    return canvas.box(box, TITLES[resource.type], [resource.name, *_details(resource)], place.frame)


def _details(resource: Resource) -> list[str]:
    inputs = resource.inputs
    match TITLES[resource.type]:
        case "IAM role":
            return [inputs["name"], _describe_trust(inputs["assumeRolePolicy"])]
        case "Inline policy":
            statements = json.loads(inputs["policy"])["Statement"]
            actions = [action for statement in statements for action in _as_list(statement["Action"])]
            arn = _as_list(statements[0]["Resource"])[0]
            return [
                " ".join(actions),
                "on the target role" if ":role/" in arn else f"on {arn.removeprefix('arn:aws:s3:::')}",
            ]
        case "Pod Identity association":
            return [f"{inputs['namespace']}/{inputs['serviceAccount']} on {inputs['clusterName']}", "uses the role"]
        case _:
            return [inputs["metadata"]["name"]]


def _describe_trust(text: str) -> str:
    """Describe who a trust policy admits, from its conditions."""
    condition = json.loads(text)["Statement"][0]["Condition"]
    equal = condition["StringEquals"]
    if "sts:ExternalId" in equal:
        return "trusts api-role, external id"
    return (
        f"trusts {equal['aws:RequestTag/kubernetes-namespace']}/{equal['aws:RequestTag/kubernetes-service-account']}"
    )


def _as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _direct(resource: Resource, recording: Recording) -> list[str]:
    """Return what the resource waits for, without what that waits for itself."""
    resources = recording.resources
    needed = {name for name in resource.depends_on if name in resources}
    return sorted(needed - {far for near in needed for far in resources[near].depends_on})


def _connect(canvas: Canvas, before: Box, after: Box) -> None:
    """Draw an arrow that turns in the gap in front of the second box."""
    start, end = before.right, after.left
    turn = end[0] - 12
    canvas.arrow([start, (turn, start[1]), (turn, end[1]), end] if start[1] != end[1] else [start, end])


def _outputs(canvas: Canvas, boxes: dict[str, Box]) -> None:
    association, service_account = boxes["api-association"], boxes["api-service-account"]
    frame = Box(862, 146, 198, 334)
    canvas.frame(frame, "Your workload", "program")
    gated = canvas.box(Box(878, 221, 166, 74), "Outputs", ["role_arn", "service_account_name"], "program")
    canvas.arrow([association.right, gated.left])
    canvas.note(878, 206, "after 15 s of propagation")
    (_, y), x = service_account.right, gated.right[0] - 14
    canvas.arrow([service_account.right, (x, y), (x, gated.bottom[1])])
    for number, line in enumerate(("Pods that use them start", "when their credentials", "are ready.")):
        canvas.note(878, 322 + 15 * number, line)
    canvas.arrow([(878, 40), (906, 40)])
    canvas.note(914, 44, "is created before")
    for number, line in enumerate(
        ("First line of a box: its name", "in the program. A role's", "second line: its name in AWS.")
    ):
        canvas.note(878, 72 + 15 * number, line)
