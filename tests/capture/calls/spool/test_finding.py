"""What a walk over a spool folder meets."""

import os
from pathlib import Path

import pytest

from muniment.capture.calls.spool.finding import holds_sounds, survey
from muniment.core.errors import NotAvailableError
from tests.capture.calls.spool.samples import Spool, sound
from tests.capture.calls.spool.test_voicemail import MESSAGE


def test_files_are_sorted_by_what_they_are(spool: Spool) -> None:
    spool.put("2026/03/a.wav", sound())
    spool.put("b.MP3", b"x")
    spool.put("cdr.csv", "a,b\n1,2\n")
    spool.put("a.json", '{"caller": "1"}')
    spool.put("b.json", '{"vcon": "0.0.1", "parties": []}')
    spool.put("c.vcon", "{}")
    spool.put("msg0000.txt", MESSAGE)
    spool.put("readme.txt", "nothing")
    spool.put(".hidden.wav", sound())
    spool.put("picture.png", b"x")
    found = survey([spool.path], lambda *_: None)
    assert [one.path.name for one in found.sounds] == ["a.wav", "b.MP3"]
    assert [one.path.name for one in found.accounts] == ["a.json", "cdr.csv", "msg0000.txt"]
    assert [one.path.name for one in found.vcons] == ["b.json", "c.vcon"]
    assert found.size == len(sound()) + 1 + len('{"vcon": "0.0.1", "parties": []}') + 2


def test_a_link_that_leads_back_up_and_a_pipe_end_nothing(spool: Spool) -> None:
    spool.put("a/b.wav", sound())
    (spool.path / "a" / "up").symlink_to(spool.path)
    os.mkfifo(spool.path / "c.wav")
    assert len(survey([spool.path], lambda *_: None).sounds) == 1


def test_a_path_that_is_not_there_is_a_slip_of_the_pen(tmp_path: Path) -> None:
    with pytest.raises(NotAvailableError):
        survey([tmp_path / "no"], lambda *_: None)


def test_folders_of_mail_are_none_of_recordings(spool: Spool) -> None:
    spool.put("cur/1.eml", "Subject: x\n\n")
    assert not holds_sounds(spool.path)
    path = spool.put("rec/a.wav", sound())
    assert holds_sounds(spool.path)
    assert holds_sounds(path)
    assert holds_sounds(spool.put("x.vcon.json", "{}"))
