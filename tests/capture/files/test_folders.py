"""What a walk over files finds."""

import os
from pathlib import Path

import pytest

from muniment.capture.files.folders import Candidate, Found, Passed, read, survey
from muniment.core.errors import NotAvailableError

MAIL = b"Subject: x\r\n\r\ny\r\n"
BOX = (
    b"From ann@x Mon Mar  4 23:46:15 2019\nSubject: x\n\ny\n\nFrom - Mon Mar  4 23:46:15 2019\nSubject: z\n\n"
)


def walk(*paths: Path) -> tuple[list[Candidate], list[Passed]]:
    passed: list[Passed] = []
    return survey(paths, passed.append), passed


def tree(folder: Path) -> Path:
    for name in ("cur", "new", "tmp", ".Sent/cur", ".Sent/new", ".Sent/tmp"):
        (folder / "Maildir" / name).mkdir(parents=True)
    (folder / "Maildir/cur/1:2,S").write_bytes(MAIL)
    (folder / "Maildir/new/2").write_bytes(MAIL)
    (folder / "Maildir/tmp/3").write_bytes(MAIL)
    (folder / "Maildir/.Sent/cur/4:2,").write_bytes(MAIL)
    (folder / "deep/deeper").mkdir(parents=True)
    (folder / "deep/deeper/a.eml").write_bytes(MAIL)
    (folder / "deep/box").write_bytes(BOX)
    (folder / "deep/empty.mbox").write_bytes(b"")
    (folder / "deep/outlook.pst").write_bytes(b"!BDN")
    return folder


def test_every_kind_is_found_in_a_stable_order(tmp_path: Path) -> None:
    found, passed = walk(tree(tmp_path))
    assert [(each.path.relative_to(tmp_path).as_posix(), each.form) for each in found] == [
        ("Maildir/.Sent/cur/4:2,", "maildir"),
        ("Maildir/cur/1:2,S", "maildir"),
        ("Maildir/new/2", "maildir"),
        ("deep/box", "mbox"),
        ("deep/deeper/a.eml", "eml"),
        ("deep/empty.mbox", "mbox"),
        ("deep/outlook.pst", "eml"),
    ]
    assert passed == []


def test_messages_come_with_where_they_were(tmp_path: Path) -> None:
    found, _ = walk(tree(tmp_path) / "deep")
    items = [item for candidate in found for item in read(candidate)]
    assert [(item.form, item.original, item.sender) for item in items if isinstance(item, Found)] == [
        ("mbox", b"Subject: x\n\ny\n", "ann@x"),
        ("mbox", b"Subject: z\n\n", "-"),
        ("eml", MAIL, ""),
        ("eml", b"!BDN", ""),
    ]
    assert items[0].origin == f"{tmp_path}/deep/box, message 1: From ann@x Mon Mar  4 23:46:15 2019"


def test_links_that_lead_in_circles_end(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/up").symlink_to(tmp_path)
    (tmp_path / "a/mail.eml").write_bytes(MAIL)
    assert [each.path.name for each in walk(tmp_path)[0]] == ["mail.eml"]


def test_what_cannot_be_read_is_named_and_the_walk_goes_on(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    (tmp_path / "mail.eml").write_bytes(MAIL)
    found, passed = walk(tmp_path)
    assert [each.path.name for each in found] == ["mail.eml"]
    assert sorted(Path(each.origin).name for each in passed) == ["dangling", "pipe"]
    found[0].path.unlink()
    assert list(read(found[0])) == [Passed(str(found[0].path), "No such file or directory")]


def test_a_path_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NotAvailableError, match="nowhere"):
        walk(tmp_path / "nowhere")


def test_a_name_in_no_encoding_is_written_with_escapes(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.eml"))
    path.write_bytes(MAIL)
    (item,) = [item for each in walk(tmp_path)[0] for item in read(each)]
    assert item.origin.endswith("\\xff.eml")
