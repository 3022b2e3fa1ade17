"""The pack on every example of the rule reference, at preview and on applied state."""

import pytest

from eks_pod_identity.rules.catalogue import RULES
from policy_harness import MODES, run

EACH = pytest.mark.parametrize("code", list(RULES))


@EACH
@MODES
def test_the_violating_example_violates_its_rule(code: str, preview: bool) -> None:
    result = run(RULES[code].violating, preview=preview)

    assert code in result.codes


@EACH
@MODES
def test_the_compliant_example_violates_no_mandatory_rule(code: str, preview: bool) -> None:
    result = run(RULES[code].compliant, preview=preview)

    assert [diagnostic.message for diagnostic in result.diagnostics if diagnostic.level == "mandatory"] == []
    assert code not in result.codes


@EACH
def test_a_finding_has_the_level_of_its_rule(code: str) -> None:
    findings = run(RULES[code].violating, preview=False).of(code)

    expected = RULES[code].violating.config.get("levels", {}).get(code, RULES[code].level.value)
    assert {diagnostic.level for diagnostic in findings} == {expected}


@EACH
def test_a_finding_comes_from_the_policy_of_its_rule(code: str) -> None:
    findings = run(RULES[code].violating, preview=False).of(code)

    assert {diagnostic.policy for diagnostic in findings} == {RULES[code].policy}


@EACH
def test_a_finding_begins_with_its_code_and_ends_with_a_fix(code: str) -> None:
    findings = run(RULES[code].violating, preview=False).of(code)

    for diagnostic in findings:
        assert diagnostic.message.startswith(f"[{code}] ")
        assert RULES[code].why in diagnostic.message
        assert " Fix: " in diagnostic.message


@EACH
def test_a_rule_that_is_off_reports_nothing(code: str) -> None:
    result = run(RULES[code].violating, preview=False, config={"levels": {code: "off"}})

    assert code not in result.codes


@EACH
def test_a_level_can_be_raised_and_lowered(code: str) -> None:
    for level in ("mandatory", "advisory"):
        result = run(RULES[code].violating, preview=False, config={"levels": {code: level}})

        assert {diagnostic.level for diagnostic in result.of(code)} == {level}


@EACH
def test_an_exempted_finding_is_shown_as_exempt(code: str) -> None:
    exempt = [{"match": "*", "codes": [code], "reason": "agreed with security", "expires": "2999-12-31"}]

    result = run(RULES[code].violating, preview=False, config={"exempt": exempt})

    exempted = [diagnostic for diagnostic in result.diagnostics if diagnostic.is_exempt]
    beginning = f"[{code}] is exempt until 2999-12-31 (agreed with security): "
    assert code not in result.codes
    assert beginning in result.reasons()
    assert exempted
    assert {diagnostic.level for diagnostic in exempted} == {"advisory"}
    assert all(diagnostic.message.startswith(beginning) for diagnostic in exempted)


@EACH
def test_an_expired_exemption_is_a_violation_with_that_reason(code: str) -> None:
    exempt = [{"match": "*", "codes": [code], "reason": "until the move", "expires": "2001-01-31"}]

    findings = run(RULES[code].violating, preview=False, config={"exempt": exempt}).of(code)

    assert findings
    for diagnostic in findings:
        assert "An exemption for this expired on 2001-01-31: until the move" in diagnostic.message


@EACH
def test_another_type_of_resource_is_not_applicable(code: str) -> None:
    result = run(
        type(RULES[code].violating)({"bucket": {"type": "aws:s3/bucket:Bucket", "properties": {"policy": "{"}}}),
        preview=False,
    )

    assert result.diagnostics == ()
    if RULES[code].policy != "pod-identity-stack":
        assert RULES[code].policy in {policy for policy, _ in result.not_applicable}
