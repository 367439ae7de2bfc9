"""Lists as files that no spreadsheet calculates."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from muniment.web.csv_file import FORMULA, csv_file, lines, safe

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)


@given(CELLS)
def test_no_cell_begins_a_formula_and_none_is_lost(cell: str) -> None:
    made = safe(cell)
    assert not made.lstrip(" ").startswith(FORMULA)
    assert made.removeprefix("'") == cell.removeprefix("'")


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=5))
def test_what_is_written_is_read_again(rows: list[list[str]]) -> None:
    text = "".join(lines(("A", "B"), rows)).removeprefix("\ufeff")
    found = list(csv.reader(io.StringIO(text, newline="")))
    assert found == [["A", "B"], *([safe(cell) for cell in row] for row in rows)]


def test_it_is_a_download_with_a_name() -> None:
    answer = csv_file("list.csv", ("A",), [("=1+1",)])
    assert answer["Content-Disposition"] == 'attachment; filename="list.csv"'
    assert b"'=1+1" in b"".join(answer.streaming_content)  # type: ignore[arg-type]  # a list of bytes
