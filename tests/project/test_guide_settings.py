"""Whatever the guide writes into muniment.toml is understood by this version."""

import re
import textwrap
import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from muniment.core.settings import Settings
from tests.project.tree import ROOT

GUIDES = sorted((ROOT / "docs" / "guide").glob("*.md"))
BLOCK = re.compile(r"^( *)```toml\n(.*?)^\1```", re.DOTALL | re.MULTILINE)


def blocks(guide: Path) -> list[str]:
    """The settings of one guide, with an organisation and a key that could be."""
    found = BLOCK.findall(guide.read_text(encoding="utf-8"))
    return [textwrap.dedent(text).replace("org_…", "org_" + "a" * 26).replace("…", "A") for _, text in found]


def faults(text: str) -> set[str]:
    """What these settings would be refused for. A part of a section may leave out what stands elsewhere."""
    try:
        Settings(**tomllib.loads(text))
    except ValidationError as error:
        return {each["msg"] for each in error.errors() if each["type"] != "missing"}
    return set()


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_settings_of_the_guide_are_understood(guide: Path) -> None:
    assert {text: wrong for text in blocks(guide) if (wrong := faults(text))} == {}


def test_the_first_settings_for_calls_are_whole() -> None:
    first, *_ = blocks(ROOT / "docs" / "guide" / "recording-calls.md")
    calls = Settings(**tomllib.loads(first)).calls
    assert [each.listen for each in calls.listeners] == [f"{calls.media.listen}:5060"]
    assert calls.sources[0].networks
    assert calls.line[0].staff
