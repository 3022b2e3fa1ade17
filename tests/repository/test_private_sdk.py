"""CONTRIBUTING.md lists every part of the SDKs that is used and not public."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from sources import PRODUCT, ROOT, modules, tree_of

SDKS = {"pulumi", "pulumi_aws", "pulumi_kubernetes", "pulumi_policy"}
#: Modules that Pulumi documents for programs and tests.
PUBLIC = {
    "pulumi",
    "pulumi.provider",
    "pulumi.runtime",
    "pulumi_aws",
    "pulumi_aws.eks",
    "pulumi_aws.iam",
    "pulumi_kubernetes",
    "pulumi_policy",
}
#: Names of `pulumi.runtime` that Pulumi documents.
PUBLIC_NAMES = {"Mocks", "MockResourceArgs", "MockCallArgs", "is_dry_run", "set_mocks", "set_all_config", "test"}


def test_the_list_is_complete_and_names_nothing_that_is_not_used():
    section = (
        (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("are not public\n")[2].partition("\n## ")[0]
    )
    first_cells = re.findall(r"^\| (`.+?) \|", section, re.MULTILINE)
    listed = {name for cell in first_cells for name in re.findall(r"`([\w.]+)`", cell)}
    listed = {f"pulumi.provider.experimental{name}" if name.startswith(".") else name for name in listed}
    used = {name for path in modules(*PRODUCT) for name in _private(path)}

    assert listed == used


def _private(path: Path) -> Iterator[str]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] in SDKS:
            if node.module == "pulumi.resource":
                yield from (f"pulumi.resource.{alias.name}" for alias in node.names)
            elif node.module not in PUBLIC:
                yield node.module
            elif node.module == "pulumi.runtime":
                yield from (f"pulumi.runtime.{alias.name}" for alias in node.names if alias.name not in PUBLIC_NAMES)
        if isinstance(node, ast.Import):
            names = {alias.name for alias in node.names}
            yield from (name for name in names - PUBLIC if name.partition(".")[0] in SDKS)
        if isinstance(node, ast.Attribute):
            if re.fullmatch(r"_[a-z]\w*", node.attr) and ast.unparse(node.value) in {"parent", "resource"}:
                yield f"Resource.{node.attr}"
            if ast.unparse(node.value) == "pulumi.runtime" and node.attr not in PUBLIC_NAMES:
                yield f"pulumi.runtime.{node.attr}"
