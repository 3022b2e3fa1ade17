"""Problems use the spelling of the caller for names, and never change values."""

from eks_pod_identity.errors import Problem, camel_case, listing, spell_in_camel_case


def test_a_path_through_a_list_is_of_arguments():
    problem = Problem(("bindings", 1, "service_account"), "r.", "f.")

    assert problem.typed_path() == "bindings[1].service_account"
    assert problem.typed_path(camel=True) == "bindings[1].serviceAccount"


def test_a_path_through_a_map_keeps_the_users_own_key():
    problem = Problem(("managed_policy_arns", "read_only"), "r.", "f.")

    assert problem.typed_path(camel=True) == "managedPolicyArns.read_only"


def test_arguments_are_respelled_and_values_are_not():
    assert spell_in_camel_case("""'role_arn' and "role_arn" and 'tags'""") == """'roleArn' and "role_arn" and 'tags'"""


def test_camel_case():
    assert camel_case("max_session_duration_seconds") == "maxSessionDurationSeconds"


def test_every_problem_is_one_line_in_the_order_of_its_path():
    text = listing(
        [Problem(("tags",), "t.", "f."), Problem(("bindings", 10), "r.", "f."), Problem(("bindings", 2), "r.", "f.")]
    )

    assert [line.split(":")[0] for line in text.splitlines()] == ["- bindings[2]", "- bindings[10]", "- tags"]
