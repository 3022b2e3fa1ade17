"""The stand-in for the Python language host, under the real engine."""

from engine_project import Project


def test_a_program_runs_and_its_outputs_are_saved(project: Project):
    project.up("import pulumi\npulumi.export('number', 4711)\n")

    assert project.outputs() == {"number": 4711}


def test_configuration_reaches_the_program_with_its_secrets_marked(project: Project):
    project.pulumi.run("config", "set", "plain", "open", "--stack", "test")
    project.pulumi.run("config", "set", "--secret", "hidden", "not in state", "--stack", "test")

    run = project.up(
        """
        import pulumi
        pulumi.export("plain", pulumi.Config().require("plain"))
        pulumi.export("hidden", pulumi.Config().require_secret("hidden"))
        """
    )

    assert project.outputs() == {"plain": "open", "hidden": "not in state"}
    assert "not in state" not in run.text


def test_an_exception_shows_the_programs_own_frames_only(project: Project):
    run = project.fails("preview", "def broken():\n    raise ValueError('seven')\n\nbroken()\n")

    assert "ValueError: seven" in run.text
    assert f'File "{project.folder}/__main__.py"' in run.text
    assert "runpy" not in run.text
    assert "execute.py" not in run.text


def test_an_error_for_the_user_shows_only_its_message(project: Project):
    run = project.fails("preview", "import pulumi\nraise pulumi.RunError('The cluster name is missing.')\n")

    assert "The cluster name is missing." in run.text
    assert "Traceback" not in run.text


def test_what_a_program_prints_is_shown(project: Project):
    assert "shown to the user" in project.preview("print('shown to the user')\n").text


def test_a_program_does_not_find_the_hosts_checkout_on_its_path(project: Project):
    run = project.fails("preview", "import sandbox\n")

    assert "No module named 'sandbox'" in run.text
