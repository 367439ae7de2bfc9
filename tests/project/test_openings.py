"""Only the way out, the way into the index and the catalogue's intake ask the keeper for content."""

import ast
from pathlib import Path

from tests.project.tree import ROOT, short, tracked

SOURCE = ROOT / "src" / "muniment"
ASKS_FOR_CONTENT = {"open", "evidence", "next_batch"}
MAY_ASK = {"catalogue", "processes", "release", "search", "vault"}


def uses_the_client(tree: ast.Module) -> bool:
    """Whether a file names the keeper's doors."""
    return any(
        isinstance(node, ast.ImportFrom) and (node.module or "").startswith("muniment.vault.client")
        for node in ast.walk(tree)
    )


def calls_for_content(path: Path) -> list[str]:
    """The calls in a file that ask a door of the keeper for content."""
    tree = ast.parse(path.read_text())
    if not uses_the_client(tree):
        return []
    calls = [
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    return [
        f"{short(path)}:{call.lineno} calls {call.func.attr}"
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in ASKS_FOR_CONTENT
        and ast.unparse(call.func.value) != "os"
    ]


def test_no_other_room_opens_records() -> None:
    rooms = [path for path in tracked() if path.is_relative_to(SOURCE) and path.suffix == ".py"]
    others = [path for path in rooms if path.relative_to(SOURCE).parts[0] not in MAY_ASK]
    assert not [call for path in others for call in calls_for_content(path)]


def test_such_a_call_would_be_seen(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("tests.project.test_openings.short", str)
    page = tmp_path / "page.py"
    page.write_text(
        "from muniment.vault.client import DeskDoor\n\ndef show(desk: DeskDoor):\n    desk.open('org')\n"
    )
    assert calls_for_content(page) == [f"{page}:4 calls open"]
