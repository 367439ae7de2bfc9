"""Each source file has its test file at the mirrored path, and no test file is left over."""

import ast
from pathlib import Path

from tests.project.tree import ROOT, short, tracked

SOURCE = ROOT / "src" / "muniment"
TESTS = ROOT / "tests"

# Folders of tests that mirror no room: whole tasks, faults, real input, and the project itself.
OF_NO_ROOM = {"corpus", "faults", "journeys", "project", "stubs"}


def only_declares(path: Path) -> bool:
    """Whether a file holds no behaviour: a package's docstring and names, a Django app's label."""
    if "migrations" in path.parts or path.name == "apps.py":
        return True
    quiet = (ast.Expr, ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)
    body = ast.parse(path.read_text()).body
    return path.name == "__init__.py" and all(isinstance(statement, quiet) for statement in body)


def mirrored(source: Path) -> Path:
    """Where the test of a source file lies: `a/b.py` → `tests/a/test_b.py`."""
    inside = source.relative_to(SOURCE)
    stem = inside.stem.strip("_") if inside.stem.startswith("_") else inside.stem
    return TESTS / inside.parent / f"test_{stem}.py"


def sources() -> list[Path]:
    return [path for path in tracked() if path.is_relative_to(SOURCE) and path.suffix == ".py"]


def test_each_source_file_has_its_test() -> None:
    missing = [
        f"{short(path)} has no {short(mirrored(path))}"
        for path in sources()
        if not only_declares(path) and not mirrored(path).exists()
    ]
    assert not missing, "\n".join(missing)


def test_each_folder_of_tests_mirrors_a_room() -> None:
    rooms = {path.name for path in SOURCE.iterdir() if path.is_dir()} | OF_NO_ROOM
    found = {path.relative_to(TESTS).parts[0] for path in tracked() if path.name.startswith("test_")}
    strangers = found - rooms
    assert not strangers


def test_a_file_and_a_private_file_and_a_keyword_have_the_name_one_expects() -> None:
    assert mirrored(SOURCE / "vault" / "store.py") == TESTS / "vault" / "test_store.py"
    assert mirrored(SOURCE / "vault" / "_tiles.py") == TESTS / "vault" / "test_tiles.py"
    assert mirrored(SOURCE / "cli" / "import_.py") == TESTS / "cli" / "test_import_.py"
    assert mirrored(SOURCE / "__main__.py") == TESTS / "test_main.py"
