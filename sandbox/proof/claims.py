"""The statements of AWS's two pages on Pod Identity, and the tests that verify each.

A test marks the statement it verifies with ``@pytest.mark.claim(number, part="...")``. ``python -m
sandbox.proof.claims`` writes the table at the end of ``docs/how-it-works.md`` from those marks.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "how-it-works.md"
TESTS = ROOT / "tests"
_BEGIN, _END = "<!-- claims: made by python -m sandbox.proof.claims -->", "<!-- end of claims -->"

#: W: the page "how EKS Pod Identity works" of the EKS User Guide; C: the reference of CreatePodIdentityAssociation.
CLAIMS = {
    1: ("An association alone gives the pods of a ServiceAccount the role: no annotation, no OIDC provider.", "W, C"),
    2: ("Credentials come from the EKS Auth API, through an agent on the node.", "W"),
    3: ("The SDK's default chain reaches them in its container step; no code names a provider.", "W"),
    4: ("Naming the container provider in code works too.", "W"),
    5: ("The search stops at the first valid source: earlier ones keep winning although an association exists.", "W"),
    6: ("Creating the association first and deleting old credentials later is therefore safe.", "W"),
    7: ("With IRSA the SDK exchanges a web-identity token with STS: other variables, another step.", "W"),
    8: ("A new pod gets `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE` with the documented value.", "W"),
    9: ("It gets `AWS_CONTAINER_CREDENTIALS_FULL_URI` with the documented value.", "W"),
    10: ("It gets the mount at the documented path.", "W"),
    11: ("It gets the projected volume: audience, path, mode 420, a lifetime of about a day.", "W"),
    12: ("A pod without an association, or started before it, gets none of this.", "W"),
    13: ("The agent hands temporary credentials to the SDK, which finds it by the variables.", "W"),
    14: ("Cluster, namespace, ServiceAccount and role are required; the pods must be in that namespace.", "C"),
    15: ("Credentials are temporary and rotate without the application's help.", "C"),
    16: ("One role can be reused across clusters and ServiceAccounts.", "C"),
    17: ("Creation is eventually consistent; a set-up that waits does not race.", "C"),
    18: (
        "Target role, same account: two assumptions in sequence, and the pod holds the target's permissions only.",
        "C",
    ),
    19: ("Target role in another account: likewise.", "C"),
    20: ("Six session tags by default; one role serves many workloads by matching tags.", "C"),
    21: ("`disableSessionTags` removes all of them.", "C"),
    22: ("Tags and session policy share a packed limit; exceeding it fails with `PackedPolicyTooLarge`.", "C"),
    23: ("A session policy is an intersection: it narrows and never widens.", "C"),
    24: ("It lets a shared role be least-privilege for each application.", "C"),
    25: ("`clientRequestToken` makes the call idempotent; the SDK fills it in.", "C"),
    26: ("Tags sit on the association and do not propagate.", "C"),
    27: ("The fields that come back: ARN, id, external id, owner, dates, flags, policy.", "C"),
}


@dataclass(frozen=True)
class Shown:
    """A test that verifies a claim, on a real part or on a stand-in."""

    test: str
    file: str
    part: str


def marks(folder: Path = TESTS) -> Mapping[int, list[Shown]]:
    """Return the tests that verify each claim, in the order of their files."""
    tests: dict[int, list[Shown]] = defaultdict(list)
    for file in sorted(folder.rglob("test_*.py")):
        source = file.read_text(encoding="utf-8")
        if "mark.claim(" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef):
                for number, part in _claims(node):
                    tests[number].append(Shown(node.name, file.relative_to(folder.parent).as_posix(), part))
    return tests


def _claims(function: ast.FunctionDef) -> Iterator[tuple[int, str]]:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.claim":
            (number,) = (ast.literal_eval(argument) for argument in decorator.args)
            parts = {keyword.arg: ast.literal_eval(keyword.value) for keyword in decorator.keywords}
            yield number, parts["part"]


def table(tests_of: Mapping[int, list[Shown]]) -> str:
    """Return the table of all claims."""
    lines = ["| # | AWS says | page | part | shown by |", "|---|---|---|---|---|"]
    for number, (sentence, page) in CLAIMS.items():
        shown = tests_of.get(number, [])
        parts = "; ".join(dict.fromkeys(each.part for each in shown)) or "-"
        tests = "<br>".join(f"[{_sentence(each.test)}](../{each.file})" for each in shown) or "nothing yet"
        lines.append(f"| {number} | {sentence} | {page} | {parts} | {tests} |")
    return "\n".join(lines)


def _sentence(test: str) -> str:
    return test.removeprefix("test_").replace("_", " ")


def page(text: str, tests_of: Mapping[int, list[Shown]]) -> str:
    """Return the page *text* with a new table."""
    return re.sub(
        f"{re.escape(_BEGIN)}.*{re.escape(_END)}",
        lambda _: f"{_BEGIN}\n\n{table(tests_of)}\n\n{_END}",
        text,
        flags=re.DOTALL,
    )


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), marks()), encoding="utf-8")
