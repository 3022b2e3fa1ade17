"""The recipes pin their modules, and their builds are reproducible."""

import pytest

from sandbox.engine.recipes import RECIPES, UNOPTIMISED, Recipe


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_has_a_module_with_checksums(name):
    folder = RECIPES[name].folder

    assert (folder / "go.mod").exists()
    assert (folder / "go.sum").stat().st_size > 0


@pytest.mark.parametrize("name", RECIPES)
def test_no_build_changes_the_pinned_modules(name):
    assert "-mod=readonly" in RECIPES[name].arguments


@pytest.mark.parametrize("name", RECIPES)
def test_a_build_does_not_depend_on_the_commit_or_the_folder(name):
    assert {"-buildvcs=false", "-trimpath"} <= set(RECIPES[name].arguments)


def test_only_the_cli_and_what_shares_its_compiled_packages_are_optimised():
    optimised = [name for name, recipe in RECIPES.items() if not set(UNOPTIMISED) <= set(recipe.arguments)]

    assert optimised == ["pulumi", "sdk-generator", "python-toolchain"]


def test_the_cli_is_stamped_with_the_version_that_is_pinned():
    ldflags = RECIPES["pulumi"].arguments[3]

    assert ldflags.endswith("/sdk/v3/go/common/version.Version=v3.259.0")


def test_the_control_plane_is_stamped_with_the_version_that_is_pinned():
    ldflags = RECIPES["kube-apiserver"].arguments[3]

    assert ".gitVersion=v1.36.2 " in ldflags
    assert ldflags.endswith(".gitMinor=36")


def test_a_requirement_that_is_not_pinned_is_an_error(tmp_path):
    (tmp_path / "go.mod").write_text("module sandbox.invalid/it\n")

    with pytest.raises(LookupError, match=r"does not require example\.invalid/it"):
        _ = Recipe(module=str(tmp_path), package=".", requirement="example.invalid/it").version
