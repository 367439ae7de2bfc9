"""Limits in C: compiled on this machine from `bench/limits/`, run as programs that print seconds."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from muniment.core.errors import NotAvailableError

SOURCES = Path(__file__).parents[3] / "bench" / "limits"
LIBRARIES = (("-lzstd",), ("-l:libzstd.so.1",), ())
"""Ways to find zstd: with its development package, or only the library itself; or not needed."""


def build(name: str) -> Path:
    """The program made from `bench/limits/<name>.c`; NotAvailableError without sources or compiler."""
    source, program = SOURCES / f"{name}.c", SOURCES / "build" / name
    compiler = shutil.which("cc")
    if not source.is_file() or compiler is None:
        raise NotAvailableError(
            f"The limit {name} cannot be measured.",
            why="It is compiled from the project's sources with cc, and one of them is not here.",
            remedy="Run it in a checkout, with a C compiler and the OpenSSL headers (Debian: gcc libssl-dev).",
        )
    program.parent.mkdir(exist_ok=True)
    said = ""
    for libraries in LIBRARIES:
        command = [compiler, "-O2", "-o", str(program), str(source), *libraries, "-lcrypto"]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if not made.returncode:
            return program
        said = made.stderr.strip().splitlines()[-1] if made.stderr else ""
    raise NotAvailableError(
        f"The limit {name} does not compile.", why=said, remedy="Debian: apt install libssl-dev"
    )


def seconds(program: Path, words: Sequence[str] = (), given: bytes = b"") -> float:
    """Run a limit and read the seconds that it prints."""
    run = subprocess.run([str(program), *words], input=given, capture_output=True, check=True)
    return float(run.stdout)
