"""Files stay short enough to read, and no tracked file names the place where it was made."""

import re

import pytest

from tests.project.tree import named, short, tracked

MOST_LINES = 600
WRITTEN_BY_HAND = (".py", ".c", ".h", ".js", ".scss", ".css", ".html", ".jinja", ".sql", ".toml", ".cedar")

# Written so that this file does not hold what it looks for.
TELLTALES = re.compile(
    r"/wor[k]/|/tmp/bash_job[s]|/roo[t]/|/home/[a-z]+/|p[y]pi[.]org|python[h]osted|registry[.]n[p]mjs|deb[.]d[e]bian"
)


def test_no_file_is_too_long() -> None:
    counted = {short(path): len(path.read_text().splitlines()) for path in named(*WRITTEN_BY_HAND)}
    counted = {name: lines for name, lines in counted.items() if "/migrations/" not in name}  # made by Django
    too_long = {name: lines for name, lines in counted.items() if lines > MOST_LINES}
    assert not too_long


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = []
    for path in tracked():
        text = path.read_bytes().decode("utf-8", "ignore")
        found += [f"{short(path)}: {hit.group()}" for hit in TELLTALES.finditer(text)]
    assert not found


@pytest.mark.parametrize("text", [f"see /wor{'k'}/main", f"/roo{'t'}/.cache", f"https://py{'pi'}.org/simple"])
def test_the_search_would_find_such_a_name(text: str) -> None:
    assert TELLTALES.search(text)


def test_no_third_party_asset_is_committed() -> None:
    built = [short(path) for path in tracked() if re.search(r"[.]min[.](js|css)$|/node_modules/", str(path))]
    assert not built


def test_no_file_is_large() -> None:
    large = {short(path): path.stat().st_size for path in tracked() if path.stat().st_size > 1_000_000}
    assert not large
