"""What the tests of the project itself look at: the files that git keeps."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of this commit and of what is about to be committed, as it lies on disk."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return tuple(sorted(ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()))


def named(*suffixes: str) -> tuple[Path, ...]:
    """The tracked files with one of these endings."""
    return tuple(path for path in tracked() if path.suffix in suffixes)


def short(path: Path) -> str:
    """A file's name from the top of the project."""
    return str(path.relative_to(ROOT))
