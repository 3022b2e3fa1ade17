"""Words and sentences that the project decided against do not come back."""

import ast
import re

import pytest

from sources import PRODUCT, ROOT, location, modules, tracked_files, tree_of

#: Private words for what the field, or another part of this repository, has a word for.
NAMES = {
    "later": "outputs",
    "MaybeLater": "ValueOrOutput",
    "combine": "apply_all",
    "together": "apply_all",
    "settle": "validate",
    "settled": "validated",
    "Settled": "ValidatedModel",
    "told": "at_path",
    "whereabouts": "aws_scope",
    "Whereabouts": "AwsScope",
    "refuse_strangers": "reject_foreign_arns",
    "Pod": "Binding",
    "pods": "bindings",
    "kind": "resource_type, policy_kind, principal_type, ...",
    "place": "aws_scope, cluster_id, path, ...",
}
#: Names that say nothing about the value; write what it is: `role`, `finding`, `association`.
EMPTY = {"one", "found", "made", "given"}
#: A function whose whole name is a participle (`judged`, `shown`) does not say what it does; `unjudged` is a verdict.
PARTICIPLE = re.compile(r"_*(?!down$|seed$|succeed$|unjudged$)[a-z]+(ed|own|ept)")
MODULES = {"checks", "choices", "properties", "host", "failures", "shape", "place", "pods", "later", "utils"}

#: Sentences that nobody would say aloud, and what they should say.
PHRASES = {
    r"can become a role|become the role|can become\b": "can assume",
    r"There is no such key": "Unknown argument",
    r"is true or false, not": "Expected a boolean, got …",
    r"is an output as a whole": "must not be an Output",
    r"names whom it does not mean": "uses NotPrincipal",
    r"because EKS takes it only so": "because EKS requires it",
    r"exactly the AWS permissions meant": "exactly the AWS permissions you intend",
    r"the ServiceAccount[s]? meant\b|pods meant\b": "the intended …",
    r"goes? the way of a pod": "verifies with a pod's credentials",
    r"\bkeep(s)? off names\b": "do not use reserved names",
    r"[Nn]ot to be mistaken for": "Not the same as",
    r"\bsays on its line why\b": "justify it on the same line",
    r"\bhow the policies are kept\b": "whether …",
    r"no run against a real account": "not tested against a real AWS account",
}


def test_functions_classes_and_variables_have_words_of_the_field():
    nodes = [(path, node) for path in modules(*PRODUCT) for node in ast.walk(tree_of(path))]
    names = [
        f"{location(path, getattr(node, 'lineno', 0))} {name}: {NAMES[name]}"
        for path, node in nodes
        for name in _defined_names(node)
        if name in NAMES
    ]

    assert names == []


def test_functions_have_verbs():
    participles = [
        f"{location(path, node.lineno)} '{node.name}': use the verb"
        for path in tracked_files(".py")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if PARTICIPLE.fullmatch(node.name) and not _is_read_as_a_value(node)
    ]

    assert participles == []


def _is_read_as_a_value(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether it is a property or a fixture."""
    decorators = [ast.unparse(decorator) for decorator in function.decorator_list]
    return any("property" in decorator or "fixture" in decorator for decorator in decorators)


def test_names_say_what_the_thing_is():
    """Variables, parameters, attributes, functions and classes, in tests and in the sandbox too."""
    empty = [
        f"{location(path, getattr(node, 'lineno', 0))} '{name}': name what it holds"
        for path in tracked_files(".py")
        for node in ast.walk(tree_of(path))
        for name in _defined_names(node)
        if name in EMPTY
    ]

    assert empty == []


def _defined_names(node: ast.AST) -> list[str]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [node.name]
        case ast.Name(ctx=ast.Store()):
            return [node.id]
        case ast.Attribute(ctx=ast.Store()):
            return [node.attr]
        case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.ExceptHandler(name=str(name)):
            return [name]
        case ast.arg():
            return [node.arg]
        case _:
            return []


def test_modules_have_words_of_the_field():
    assert [location(path, 1) for path in modules(*PRODUCT) if path.stem in MODULES] == []


@pytest.mark.parametrize("phrase", PHRASES)
def test_nobody_reads_a_sentence_that_nobody_would_say(phrase: str):
    lines = [
        location(path, number)
        for path in tracked_files(".py", ".md", ".yaml", ".yml", ".json", ".toml")
        if path != ROOT / "tests" / "repository" / "test_words.py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(phrase, line)
    ]

    assert lines == [], f"write: {PHRASES[phrase]}"
