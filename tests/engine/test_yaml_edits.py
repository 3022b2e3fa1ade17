"""Edits of a YAML program: the component runs in the plugin, and its plan is the same as in Python."""

from engine_project import Project, Run
from test_examples import copy_example


def order(run: Run) -> list[str]:
    """Return the steps on the role and the association, in the order in which the engine takes them."""
    names = ("exporter-role", "exporter-association")
    return [str(step) for step in run.steps if step.name in names and step.op not in {"same", "replace"}]


def test_a_renamed_role_is_created_first_and_one_that_moves_under_its_name_is_deleted_first(project: Project):
    example = copy_example(project, "yaml")
    file = example.folder / "Pulumi.yaml"
    example.up()

    file.write_text(file.read_text().replace("roleName: exporter\n", "roleName: renamed\n", 1))
    renamed = example.up()
    file.write_text(file.read_text().replace("roleName: renamed\n", "roleName: renamed\n      rolePath: /pods/\n"))
    moved = example.up()

    assert order(renamed) == [
        "create-replacement exporter-role",
        "update exporter-association",
        "delete-replaced exporter-role",
    ]
    assert order(moved)[:2] == ["delete-replaced exporter-role", "create-replacement exporter-role"]
    assert project.aws("iam").get_role(RoleName="renamed")["Role"]["Path"] == "/pods/"
    assert example.up().changes == []
