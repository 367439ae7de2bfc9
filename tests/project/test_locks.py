"""What is installed is pinned by hash, and no lock file names a host to download from."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.project.tree import ROOT, short, tracked

REQUIREMENTS = sorted(path for path in (ROOT / "requirements").glob("*.txt") if path.name != "debian.txt")
ADDRESS = re.compile(
    r"\b(?:https?|ftp|file|git\+\w+)://|--(?:extra-)?index-url|--find-links|--trusted-host| @ "
)
PINNED = re.compile(r"^[a-z0-9][a-z0-9._-]*==\S+( ; .+)? \\$")


def entries(path: Path) -> list[str]:
    """The lines of a requirements file that name a package."""
    lines = path.read_text().splitlines()
    return [line for line in lines if line and not line.startswith((" ", "#"))]


def npm_packages() -> Iterator[tuple[str, dict[str, object]]]:
    """Every package of the npm lock but the project itself."""
    lock = ROOT / "package-lock.json"
    if lock.exists():
        yield from ((name, entry) for name, entry in json.loads(lock.read_text())["packages"].items() if name)


def test_the_lock_files_are_the_ones_that_the_set_up_reads() -> None:
    assert [path.name for path in REQUIREMENTS] == ["all.txt", "node.txt", "run.txt", "uv.txt"]
    others = {"uv.lock", "poetry.lock", "Pipfile.lock", "yarn.lock", "pnpm-lock.yaml"}
    assert not [short(path) for path in tracked() if path.name in others]


@pytest.mark.parametrize("path", REQUIREMENTS, ids=short)
def test_no_requirements_file_names_an_address(path: Path) -> None:
    assert not ADDRESS.findall(path.read_text())


@pytest.mark.parametrize("path", REQUIREMENTS, ids=short)
def test_every_requirement_is_one_version_with_its_hashes(path: Path) -> None:
    assert entries(path)
    assert not [line for line in entries(path) if not PINNED.match(line)]
    blocks = re.split(r"\n(?=\S)", path.read_text())
    assert all("--hash=sha256:" in block for block in blocks if "==" in block.split("\n", 1)[0])


def test_what_runs_is_pinned_to_the_versions_that_are_tested() -> None:
    run, everything = (set(entries(ROOT / "requirements" / f"{name}.txt")) for name in ("run", "all"))
    assert run <= everything


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    names = {re.split(r"[\[<>=!~; ]", text, maxsplit=1)[0].lower() for text in wanted}
    locked = {line.split("==")[0] for line in entries(ROOT / "requirements" / "all.txt")}
    assert names <= locked


def test_the_npm_lock_names_no_host_and_has_a_hash_for_each_package() -> None:
    # Entries about funding hold addresses too; only `resolved` says where a package comes from.
    assert not [name for name, entry in npm_packages() if "resolved" in entry]
    assert not [name for name, entry in npm_packages() if "integrity" not in entry and not entry.get("link")]


def test_npm_is_told_to_write_no_host() -> None:
    assert "omit-lockfile-registry-resolved=true" in (ROOT / ".npmrc").read_text().splitlines()
    assert not re.search(r"registry\s*=", (ROOT / ".npmrc").read_text().replace("omit-lockfile-registry", ""))
