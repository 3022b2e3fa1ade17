"""How messages quote values that users do not control."""

import pytest

from eks_pod_identity.errors import escape_unprintable, join_values, quote, shorten


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, ""),
        (1, "0"),
        (2, "0 and 1"),
        (3, "0, 1 and 2"),
        (10, "0, 1, 2, 3, 4, 5, 6, 7, 8 and 9"),
        (11, "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 1 more"),
        (500, "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 490 more"),
    ],
)
def test_many_values_are_counted(count: int, expected: str):
    assert join_values([str(number) for number in range(count)]) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a", '"a"'),
        ("a" * 120, f'"{"a" * 120}"'),
        ("a" * 121, f'"{"a" * 119}…"'),
        (7, '"7"'),
        (None, '"None"'),
        ([1] * 100, '"' + str([1] * 100)[:119] + '…"'),
        ("a\nb\x1b[31m", '"a\\nb\\x1b[31m"'),
        ("\ud800", '"\\ud800"'),
    ],
)
def test_values_are_short_and_on_one_line(value: object, expected: str):
    assert quote(value) == expected
    assert shorten(value) == expected[1:-1]


def test_printable_text_is_unchanged():
    assert escape_unprintable("Zürich, 東京") == "Zürich, 東京"
