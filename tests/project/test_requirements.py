"""The table of requirements is complete, and what it says is built names files that exist."""

import re

import pytest

from tests.project.tree import ROOT

TABLE = ROOT / "docs" / "requirements.md"
ROW = re.compile(r"^\| (\d{3}|L\d{2}) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)

NUMBERED = [*range(1, 18), *range(20, 49), *range(50, 72), *range(80, 88), *range(90, 97)]
EXPECTED = [f"{number:03}" for number in NUMBERED] + [f"L{number:02}" for number in range(1, 22)]
IN_FIRST_FORM = ["003", "005", "040", "041", "044", "047", "050", "051", "052", "053", "054", "071"]

ROWS = {found.group(1): found.groups()[1:] for found in ROW.finditer(TABLE.read_text())}


def test_every_requirement_has_one_row() -> None:
    assert sorted(ROWS) == sorted(EXPECTED)
    assert len(ROW.findall(TABLE.read_text())) == len(EXPECTED)


@pytest.mark.parametrize("requirement", IN_FIRST_FORM)
def test_what_is_built_names_where_and_which_test(requirement: str) -> None:
    _, built, shown = ROWS[requirement]
    assert "`src/muniment/" in built
    assert "`tests/" in shown


@pytest.mark.parametrize("requirement", EXPECTED)
def test_each_file_that_a_row_names_exists(requirement: str) -> None:
    _, built, shown = ROWS[requirement]
    paths = re.findall(r"`((?:src|tests|docs)/[^`]+)`", built + shown)
    assert not [path for path in paths if not (ROOT / path).exists()]
    assert paths or built == "later"
