"""The picture of how credentials reach a pod."""

import json

from canvas import Box, Canvas, Theme
from recorded import Recording

WIDTH, HEIGHT = 1080, 470


def draw_chain(recording: Recording, theme: Theme) -> str:
    """Return the picture, with the names and the documents of the component `api`."""
    canvas = Canvas(
        WIDTH,
        HEIGHT,
        theme,
        "How credentials reach a pod",
        "When a pod is created, the webhook of EKS gives it two variables and a token. With them the SDK asks the "
        "agent on the node, the agent asks EKS Auth, and EKS Auth assumes the role, and with it the target role.",
    )
    association = recording.resources["api-association"].inputs
    workload = f"{association['namespace']}/{association['serviceAccount']}"
    canvas.frame(Box(20, 16, 1040, 152), "When the pod is created", "kubernetes")
    record = canvas.box(
        Box(38, 50, 310, 100),
        "Association",
        [
            f"cluster {association['clusterName']}",
            workload,
            f"role {recording.outputs['roleName']}",
            f"target {_target_name(recording)}",
        ],
        "aws",
    )
    webhook = canvas.box(
        Box(436, 50, 200, 100), "Webhook of EKS", ["changes new pods only,", "never running ones"], "kubernetes"
    )
    pod = canvas.box(
        Box(722, 50, 320, 100),
        f"Pod of {workload}",
        [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
            "a token for pods.eks.amazonaws.com",
        ],
        "kubernetes",
    )
    canvas.arrow([record.right, webhook.left])
    canvas.note(392, 92, "is listed", anchor="middle")
    canvas.arrow([webhook.right, pod.left])
    canvas.note(679, 92, "injects", anchor="middle")
    _run_time(canvas, recording)
    return canvas.svg()


def _run_time(canvas: Canvas, recording: Recording) -> None:
    """Draw what happens when the SDK needs credentials."""
    canvas.frame(Box(20, 184, 1040, 270), "When the SDK needs credentials", "aws")
    sdk = canvas.box(Box(38, 222, 180, 90), "SDK in the pod", ["default chain,", "no configuration"], "kubernetes")
    agent = canvas.box(
        Box(286, 222, 180, 90), "Agent on the node", ["169.254.170.23", "caches for 6 hours"], "kubernetes"
    )
    auth = canvas.box(Box(534, 222, 186, 90), "EKS Auth", ["verifies the token,", "finds the association"], "aws")
    role = canvas.box(Box(808, 222, 234, 90), "Role", [recording.outputs["roleName"], *_conditions(recording)], "aws")
    target = canvas.box(
        Box(808, 350, 234, 90), "Target role", [_target_name(recording), "in another account"], "other"
    )
    for before, after, label in ((sdk, agent, "token"), (agent, auth, "token")):
        canvas.arrow([before.right, after.left])
        canvas.note((before.right[0] + after.left[0]) / 2, 260, label, anchor="middle")
    canvas.arrow([auth.right, role.left])
    canvas.note(764, 244, "assumes,", anchor="middle")
    canvas.note(764, 258, "six tags", anchor="middle")
    canvas.arrow([role.bottom, target.top])
    canvas.note(917, 336, "assumes, external id", anchor="end")
    canvas.arrow([target.left, (sdk.bottom[0], target.left[1]), sdk.bottom], dashed=True)
    canvas.note(
        468,
        386,
        "temporary credentials: what the target role allows, or without one what the role allows",
        anchor="middle",
    )
    canvas.note(468, 414, recording.outputs["externalId"], anchor="middle", code=True)
    canvas.note(
        468, 430, "is the external id: only this workload's association can reach the target role", anchor="middle"
    )


def _target_name(recording: Recording) -> str:
    return recording.outputs["targetRoleArn"].rsplit("/", 1)[1]


def _conditions(recording: Recording) -> list[str]:
    """Return what the trust policy of the role compares, in short."""
    condition = json.loads(recording.outputs["trustPolicy"])["Statement"][0]["Condition"]["StringEquals"]
    keys = [key.removeprefix("aws:RequestTag/").removeprefix("kubernetes-") for key in condition]
    return [f"trusts {keys[0]},", ", ".join(keys[1:3])]
