"""Every example of the rule reference, through the pack, at preview and on applied state."""

import pytest

from eks_pod_identity.rules import RULES
from policy_harness import run

MODES = pytest.mark.parametrize("preview", [True, False], ids=["preview", "applied"])
EACH = pytest.mark.parametrize("code", list(RULES))


@EACH
@MODES
def test_the_violating_example_violates_its_rule(code: str, preview: bool) -> None:
    found = run(RULES[code].violating, preview=preview)

    assert code in found.codes


@EACH
@MODES
def test_the_compliant_example_violates_no_mandatory_rule(code: str, preview: bool) -> None:
    found = run(RULES[code].compliant, preview=preview)

    assert [one.message for one in found.diagnostics if one.level == "mandatory"] == []
    assert code not in found.codes


@EACH
def test_a_finding_has_the_level_of_its_rule(code: str) -> None:
    found = run(RULES[code].violating, preview=False).of(code)

    expected = RULES[code].violating.config.get("levels", {}).get(code, RULES[code].level.value)
    assert {one.level for one in found} == {expected}


@EACH
def test_a_finding_comes_from_the_policy_of_its_rule(code: str) -> None:
    found = run(RULES[code].violating, preview=False).of(code)

    assert {one.policy for one in found} == {RULES[code].policy}


@EACH
def test_a_finding_begins_with_its_code_and_ends_with_a_fix(code: str) -> None:
    found = run(RULES[code].violating, preview=False).of(code)

    for one in found:
        assert one.message.startswith(f"[{code}] ")
        assert RULES[code].why in one.message
        assert " Fix: " in one.message


@EACH
def test_a_rule_that_is_off_says_nothing(code: str) -> None:
    found = run(RULES[code].violating, preview=False, config={"levels": {code: "off"}})

    assert code not in found.codes


@EACH
def test_a_level_can_be_raised_and_lowered(code: str) -> None:
    for level in ("mandatory", "advisory"):
        found = run(RULES[code].violating, preview=False, config={"levels": {code: level}})

        assert {one.level for one in found.of(code)} == {level}


@EACH
def test_an_exempted_finding_is_shown_as_exempt(code: str) -> None:
    exempt = [{"match": "*", "codes": [code], "reason": "agreed with security", "expires": "2999-12-31"}]

    found = run(RULES[code].violating, preview=False, config={"exempt": exempt})

    exempted = [one for one in found.diagnostics if one.is_exempt]
    beginning = f"[{code}] is exempt until 2999-12-31 (agreed with security): "
    assert code not in found.codes
    assert beginning in found.reasons()
    assert exempted
    assert {one.level for one in exempted} == {"advisory"}
    assert all(one.message.startswith(beginning) for one in exempted)


@EACH
def test_an_expired_exemption_is_a_violation_that_says_so(code: str) -> None:
    exempt = [{"match": "*", "codes": [code], "reason": "until the move", "expires": "2001-01-31"}]

    found = run(RULES[code].violating, preview=False, config={"exempt": exempt}).of(code)

    assert found
    for one in found:
        assert "An exemption for this expired on 2001-01-31: until the move" in one.message


@EACH
def test_another_type_of_resource_is_not_applicable(code: str) -> None:
    found = run(
        type(RULES[code].violating)({"bucket": {"type": "aws:s3/bucket:Bucket", "properties": {"policy": "{"}}}),
        preview=False,
    )

    assert found.diagnostics == ()
    if RULES[code].policy != "pod-identity-stack":
        assert RULES[code].policy in {policy for policy, _ in found.not_applicable}
