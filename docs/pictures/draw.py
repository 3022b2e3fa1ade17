"""Draws the pictures of the documentation: `python docs/pictures/draw.py`, or with `--check` to compare only.

What they show is not typed here: the component runs under Pulumi's mocks, and its resources, names, documents and
dependencies are drawn. A resource of a type that has no place in the picture is an error.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "components")]

import pulumi_aws as aws  # noqa: E402 - the path is set above

from canvas import DARK, LIGHT  # noqa: E402
from chain import draw_chain  # noqa: E402
from component import draw_component  # noqa: E402
from pulumi_eks_pod_identity import PodIdentity  # noqa: E402
from recorded import REGION, record  # noqa: E402


def program() -> None:
    """Declare one identity that uses most of what the component can create."""
    PodIdentity(
        "api",
        {
            "cluster_name": "prod",
            "namespace": "payments",
            "service_account": "api",
            "create_namespace": True,
            "create_service_account": True,
            "policies": {"invoices": _allow("s3:GetObject", "arn:aws:s3:::invoices/*")},
            "create_target_role": True,
            "target_policies": {"reports": _allow("s3:PutObject", "arn:aws:s3:::reports/*")},
        },
        target_provider=aws.Provider("data", region=REGION),
    )


def _allow(action: str, resource: str) -> dict[str, object]:
    statement = {"Effect": "Allow", "Action": [action], "Resource": [resource]}
    return {"Version": "2012-10-17", "Statement": [statement]}


def main() -> int:
    """Write the pictures, or say which are not up to date."""
    recording = record(program)
    pictures = {
        HERE / f"{name}-{theme.name}.svg": draw(recording, theme)
        for name, draw in (("chain", draw_chain), ("component", draw_component))
        for theme in (LIGHT, DARK)
    }
    if "--check" in sys.argv:
        stale = [path.name for path, svg in pictures.items() if not path.exists() or path.read_text() != svg]
        sys.stdout.write("".join(f"{name} is not up to date: run python docs/pictures/draw.py\n" for name in stale))
        return 1 if stale else 0
    for path, svg in pictures.items():
        path.write_text(svg)
    return 0


if __name__ == "__main__":
    sys.exit(main())
