"""Documents name only what exists: targets of make, verbs of the command, files, decisions."""

import re
from pathlib import Path

import pytest

from muniment.cli.main import VERBS
from tests.project.tree import ROOT, named, short

DOCUMENTS = [path for path in named(".md") if "changelog.d" not in path.parts]
DECISIONS = ROOT / "docs" / "decisions"
FRAGMENT = re.compile(r"^[a-z0-9-]+\.(added|changed|fixed|removed|security)\.md$")


def code_in(path: Path) -> str:
    """Everything in a document that is set as code."""
    text = path.read_text()
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL))


def targets() -> set[str]:
    """The targets of the Makefile."""
    lines = re.findall(r"^([a-z][a-z ]*):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    return {name for line in lines for name in line.split()}


@pytest.mark.parametrize("path", DOCUMENTS, ids=short)
def test_each_make_command_in_a_document_is_a_target(path: Path) -> None:
    assert set(re.findall(r"\bmake ([a-z]+)", code_in(path))) <= targets()


@pytest.mark.parametrize("path", DOCUMENTS, ids=short)
def test_each_muniment_command_in_a_document_is_a_verb(path: Path) -> None:
    verbs = re.findall(r"(?:^|[`$/ ])muniment ([a-z]+)\b", code_in(path), re.MULTILINE)
    assert set(verbs) <= set(VERBS)


@pytest.mark.parametrize("path", DOCUMENTS, ids=short)
def test_each_link_in_a_document_leads_to_a_file(path: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text())
    inside = [link for link in links if not re.match(r"[a-z]+:", link)]
    assert not [link for link in inside if not (path.parent / link).exists()]


def test_the_readme_shows_the_two_commands_first() -> None:
    code = code_in(ROOT / "README.md")
    assert 0 <= code.index("make demo") < code.index("make test")


def test_each_decision_is_numbered_in_order_and_listed() -> None:
    pages = sorted(path.name for path in DECISIONS.glob("[0-9]*.md"))
    numbers = [int(name[:4]) for name in pages]
    assert numbers == list(range(1, len(pages) + 1))
    listed = re.findall(r"\]\(([0-9]{4}-[a-z0-9-]+\.md)\)", (DECISIONS / "README.md").read_text())
    assert listed == pages


@pytest.mark.parametrize("path", sorted(DECISIONS.glob("[0-9]*.md")), ids=short)
def test_each_decision_says_what_why_and_what_it_costs(path: Path) -> None:
    text = path.read_text()
    assert text.startswith(f"# {int(path.name[:4])}. ")
    assert [line for line in text.splitlines() if line.startswith("## ")] == [
        "## Decision",
        "## Why",
        "## Price",
    ]


def test_each_change_that_a_user_sees_has_a_well_named_fragment() -> None:
    names = [path.name for path in (ROOT / "changelog.d").iterdir() if path.name != "README.md"]
    assert names
    assert not [name for name in names if not FRAGMENT.match(name)]
