"""The four dialects of mbox, and files that follow none."""

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.capture.files.mbox import BoxedMessage, Dialect, Splitter, looks_like_mbox

LINE = b"From ann@x Mon Mar  4 23:46:15 2019"


def split(data: bytes, dialect: Dialect = "auto", step: int = 1 << 20) -> list[BoxedMessage]:
    splitter = Splitter(dialect)
    found: list[BoxedMessage] = []
    for at in range(0, len(data), step):
        found += splitter.feed(data[at : at + step])
    return [*found, *splitter.finish()]


def originals(data: bytes, dialect: Dialect = "auto") -> list[bytes]:
    return [message.original for message in split(data, dialect)]


def boxed(*messages: bytes) -> bytes:
    return b"".join(LINE + b"\n" + message + b"\n" for message in messages)


QUOTED = b"Subject: x\n\n>From one\n>>From two\nFrom three\n"


@pytest.mark.parametrize(
    ("dialect", "message"),
    [
        ("auto", QUOTED),
        ("mboxo", b"Subject: x\n\nFrom one\n>>From two\nFrom three\n"),
        ("mboxrd", b"Subject: x\n\nFrom one\n>From two\nFrom three\n"),
        ("mboxcl", b"Subject: x\n\nFrom one\n>>From two\nFrom three\n"),
        ("mboxcl2", QUOTED),
    ],
)
def test_a_dialect_undoes_its_own_quoting_and_nothing_else(dialect: Dialect, message: bytes) -> None:
    assert originals(boxed(QUOTED, b"Subject: y\n\nz\n"), dialect) == [message, b"Subject: y\n\nz\n"]


@given(
    st.lists(st.sampled_from([b"From ", b">From ", b">>From x\n", b"\n", b"a", b"b\n", b"\r\n"]), max_size=12)
)
def test_what_was_quoted_as_mboxrd_comes_back_as_it_was(pieces: list[bytes]) -> None:
    message = b"Subject: x\n\n" + b"".join(pieces) + b"end\n"
    quoted = b"\n".join(
        b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in message.split(b"\n")
    )
    assert originals(boxed(quoted, quoted), "mboxrd") == [message, message]


def test_a_true_content_length_is_believed_and_a_wrong_one_is_not() -> None:
    body = b"text\n\nFrom ann@x Mon Mar  4 23:46:15 2019\nX: not a new message\n"
    true = b"Content-Length: %d\n\n" % len(body) + body
    assert originals(boxed(true, b"Subject: y\n\n")) == [true, b"Subject: y\n\n"]
    for wrong in (b"1", b"9999999999", b"99999999999999999999"):
        message = b"Content-Length: " + wrong + b"\n\ntext\n"
        assert originals(boxed(message, message)) == [message, message]
    assert len(originals(boxed(true), "mboxrd")) == 2


def test_a_sentence_that_begins_with_from_is_no_separator() -> None:
    message = b"Subject: x\n\nHello\n\nFrom now on we meet at noon\nnot: a field\n"
    assert originals(boxed(message)) == [message]


def test_separators_are_kept_beside_the_message() -> None:
    assert split(boxed(b"Subject: x\n\ny\n")) == [BoxedMessage(LINE, b"Subject: x\n\ny\n")]


def test_line_ends_of_the_other_kind_stay() -> None:
    data = boxed(b"Subject: x\n\ny\n", b"Subject: z\n\n").replace(b"\n", b"\r\n")
    assert originals(data) == [b"Subject: x\r\n\r\ny\r\n", b"Subject: z\r\n\r\n"]


@pytest.mark.parametrize(("start", "answer"), [(LINE + b"\n", True), (b"\xef\xbb\xbf" + LINE, True), (b"From -\nTo: x\n", True), (b"From: a@x\n", False), (b"From now on\n", False), (b"", False)])  # fmt: skip
def test_recognition(start: bytes, answer: bool) -> None:
    assert looks_like_mbox(start) is answer


@given(
    st.lists(
        st.sampled_from(
            [LINE + b"\n", b"\n", b"Content-Length: 3\n", b"Subject: x\n", b"abc\n", b"\r\n", b"From "]
        ),
        max_size=25,
    ),
    st.integers(1, 50),
)
def test_where_the_blocks_are_cut_changes_nothing_and_no_byte_is_lost(pieces: list[bytes], step: int) -> None:
    data = b"".join(pieces)
    assert split(data, step=step) == split(data)
    kept = b"".join(message.separator + message.original for message in split(data))
    assert sorted(kept.replace(b"\n", b"").replace(b"\r", b"")) == sorted(
        data.replace(b"\n", b"").replace(b"\r", b"")
    )


def test_real_files_hold_as_many_messages_as_other_tools_find(
    mail_samples: Path, mail_truth: dict[str, Any]
) -> None:
    for name, truth in mail_truth["mbox"].items():
        found = sum(1 for message in split((mail_samples / name).read_bytes()) if message.separator)
        if name == "mimekit/mbox/unmunged.mbox.txt":
            assert found == 2  # the others take "From Russia with love" for a separator
        else:
            assert found == (truth["agreed"] if truth["agreed"] is not None else truth["python_mailbox"]), (
                name
            )


def test_a_real_list_archive_in_mboxrd_gives_the_very_bytes_back(mail_samples: Path) -> None:
    folder = mail_samples / "list_linux_hyperv"
    (index,) = [path for path in folder.glob("*.json") if "sha256_lf" in path.read_text()]
    truth = [entry["sha256_lf"] for entry in json.loads(index.read_text())["entries"]]
    with gzip.open(folder / "list.mboxrd.gz") as file:
        found = originals(file.read(), "mboxrd")
    assert [hashlib.sha256(message).hexdigest() for message in found] == truth
