"""What is to be signed, in rows."""

from muniment.governance.statements import ToSign
from muniment.web import shown


def test_named_parts_stand_in_rows_of_their_own() -> None:
    text = ToSign(
        "You approve", ("Ann may read 1 record.", "Purpose: a bill.", "You can take it back."), b"{}"
    )
    assert shown.rows(text) == [
        ("You approve", "Ann may read 1 record. You can take it back."),
        ("Purpose", "A bill."),
    ]


def test_a_colon_within_a_sentence_parts_nothing() -> None:
    text = ToSign("You open", ("This happens first and for everybody: it is written.",), b"{}")
    assert shown.rows(text) == [("You open", "This happens first and for everybody: it is written.")]
