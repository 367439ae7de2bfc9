"""Each line of the threat model names the test that would fail if it were false."""

import re

import pytest

from tests.project.tree import ROOT

LINE = re.compile(r"^\| (.+?) \| `(tests/[\w/]+\.py)::(test_\w+)` \|$", re.MULTILINE)
SECTION = (
    (ROOT / "docs" / "security.md")
    .read_text()
    .partition("## Each line has its test")[2]
    .partition("\n## ")[0]
)
LINES = LINE.findall(SECTION)


def test_every_line_names_one() -> None:
    assert len(LINES) == len([row for row in SECTION.splitlines() if row.startswith("| ")]) - 1
    assert len(LINES) > 30


@pytest.mark.parametrize(("line", "path", "name"), LINES)
def test_it_is_there(line: str, path: str, name: str) -> None:
    assert re.search(rf"^(async )?def {name}\(", (ROOT / path).read_text(), re.MULTILINE), line
