"""CONTRIBUTING.md lists every private part of the SDKs that is used, and its paths exist."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from sources import PRODUCT, ROOT, modules, tree_of

SDKS = {"pulumi", "pulumi_aws", "pulumi_kubernetes", "pulumi_policy"}
PACKAGES = (
    ROOT / "components" / "pulumi_eks_pod_identity",
    ROOT / "components" / "eks_pod_identity",
    ROOT / "policies" / "eks_pod_identity_policies",
)
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
#: What an Output is made of. Programs use `apply` instead.
OUTPUT_METHODS = {"future", "is_known", "is_secret", "resources"}


def test_the_list_is_complete_and_names_nothing_that_is_not_used():
    section = _section("Private parts of the SDKs")
    listed: dict[str, set[str]] = {}
    for parts, places in re.findall(r"^\| (`.+?) \| (`.+?) \|", section, re.MULTILINE):
        listed |= {part: set(re.findall(r"`(.+?)`", places)) for part in re.findall(r"`(.+?)`", parts)}
    used: dict[str, set[str]] = defaultdict(set)
    for path in modules(*PRODUCT):
        for part in _private(path):
            used[part].add(_within_package(path))

    assert sorted(listed) == sorted(used)
    assert {part: used[part] - listed[part] for part in used if used[part] - listed[part]} == {}


def test_each_module_of_the_list_uses_a_part_of_its_row():
    used = {(part, _within_package(path)) for path in modules(*PRODUCT) for part in _private(path)}

    for parts, places in re.findall(r"^\| (`.+?) \| (`.+?) \|", _section("Private parts of the SDKs"), re.MULTILINE):
        for place in re.findall(r"`(.+?)`", places):
            assert any((part, place) in used for part in re.findall(r"`(.+?)`", parts)), (place, parts)


def test_the_paths_to_open_for_a_change_exist():
    section = _section("What to open for a change")
    names = set(re.findall(r"`(?:\.venv/bin/python )?([\w/]+(?:\.py|/))`", section))

    assert names
    assert {name for name in names if not any((root / name).exists() for root in (ROOT, *PACKAGES))} == set()


def _section(title: str) -> str:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert text.count(f"\n## {title}\n") == 1
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def _within_package(path: Path) -> str:
    package = next((package for package in PACKAGES if path.is_relative_to(package)), ROOT)
    return path.relative_to(package).as_posix()


def _private(path: Path) -> Iterator[str]:
    """Yield the private parts of the SDKs that the module uses."""
    aliases: dict[str, str] = {}
    for node in ast.walk(tree_of(path)):
        match node:
            case ast.ImportFrom(module=str(module)) if module.partition(".")[0] in SDKS:
                yield from _imported_names(module, node.names, aliases)
            case ast.Import():
                names = {alias.name for alias in node.names}
                yield from (name for name in names - PUBLIC if name.partition(".")[0] in SDKS)
            case ast.Await(value=ast.Call(func=ast.Attribute(attr=method))) if method in OUTPUT_METHODS:
                yield f"Output.{method}"
            case ast.Call(func=ast.Attribute(value=ast.Name(id="pulumi"), attr="Output")):
                yield "pulumi.Output()"
            case ast.Call(func=ast.Attribute(value=ast.Name(id="inspect"), attr="getclosurevars")):
                yield "inspect.getclosurevars"
            case ast.Constant(value=str(text)) if re.fullmatch(r"_pulumi_\w+", text):
                yield text
            case ast.ClassDef(bases=[ast.Attribute() as base]) if ast.unparse(base).startswith("aws."):
                yield from (f"Resource.{name}" for name in _overridden_methods(node))
            case ast.Attribute():
                yield from _attribute(node, aliases)
            case _:
                pass


def _imported_names(module: str, names: list[ast.alias], aliases: dict[str, str]) -> Iterator[str]:
    for name in names:
        dotted = f"{module}.{name.name}"
        if module == "pulumi.resource":
            yield dotted
        elif module == "pulumi.runtime" and name.name == "settings":
            aliases[name.asname or name.name] = dotted
        elif module == "pulumi.runtime":
            yield from [dotted] if name.name not in PUBLIC_NAMES else []
        elif module not in PUBLIC:
            yield module


def _overridden_methods(definition: ast.ClassDef) -> list[str]:
    return [
        item.name
        for item in definition.body
        if isinstance(item, ast.FunctionDef) and "property" in map(ast.unparse, item.decorator_list)
    ]


def _attribute(node: ast.Attribute, aliases: dict[str, str]) -> Iterator[str]:
    owner = ast.unparse(node.value)
    if owner in aliases:
        yield f"{aliases[owner]}.{node.attr}"
    elif owner == "pulumi.output":
        yield f"pulumi.output.{node.attr}"
    elif owner == "pulumi.runtime" and node.attr not in PUBLIC_NAMES:
        yield f"pulumi.runtime.{node.attr}"
    elif re.fullmatch(r"_[a-z]\w*", node.attr) and owner in {"parent", "resource"}:
        yield f"Resource.{node.attr}"
