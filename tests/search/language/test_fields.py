"""A misspelt field finds the one that was meant."""

import pytest

from muniment.search.language.fields import FIELDS, SAME, nearest, nearest_value


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("form", "from"),
        ("subjekt", "subject"),
        ("Sender", "from"),
        ("recipients", "to"),
        ("attachment", "filename"),
        ("until", "before"),
        ("caller", "from"),
        ("ext", "extension"),
        ("qeue", "queue"),
        ("SUBJECT", "subject"),
        ("zzz", ""),
    ],
)
def test_the_nearest_field(written: str, meant: str) -> None:
    assert nearest(written) == meant


def test_other_words_lead_to_fields_and_are_none_themselves() -> None:
    assert set(SAME.values()) <= set(FIELDS)
    assert not set(SAME) & set(FIELDS)


def test_the_nearest_value() -> None:
    assert nearest_value(FIELDS["marking"], "privat") == "private"
    assert nearest_value(FIELDS["channel"], "telegraph") in FIELDS["channel"].values
