"""What the child does to take stretches out: by the form of the recording, piece by piece."""

import pytest

from muniment.core.errors import NotAvailableError
from muniment.readers.calls.source import Held
from muniment.readers.calls.vcon import read
from muniment.release.sound.excising import excised
from muniment.release.sound.messages import Covered, Excised, Form, Task, Unreadable
from muniment.release.sound.pool import Pool
from tests.readers.calls.samples import a_call, tone
from tests.readers.calls.test_audio import written
from tests.readers.calls.test_vcon import vcon

SPANS = (Covered(500, 700),)


def task(data: bytes, form: Form = "audio", name: str = "a.wav") -> Task:
    return Task("excise", form, len(data), name, covers=SPANS, by="req_1")


@pytest.mark.parametrize("form", ["audio", "siprec"])
def test_pieces_are_the_recording_in_order(form: Form) -> None:
    data = a_call(30) if form == "siprec" else written("WAV", "PCM_16", tone(440, 120))
    pieces: list[bytes] = []
    found = excised(task(data, form), Held(data), pieces.append)
    assert found == Excised(sum(map(len, pieces)))
    if form == "audio":
        assert len(b"".join(pieces)) == len(data)
        assert {len(piece) for piece in pieces[:-1]} == {1024 * 1024}


def test_a_vcon_stays_a_vcon() -> None:
    pieces: list[bytes] = []
    excised(task(vcon(), "vcon"), Held(vcon()), pieces.append)
    assert [(one.start, one.end) for one in read(b"".join(pieces)).facts.masks] == [
        (1_772_359_200_500, 1_772_359_200_700)
    ]


def test_a_real_child_hands_it_over_and_begins_anew_where_it_is_asked_again() -> None:
    data, pool = a_call(3), Pool()
    begun: list[bytearray] = []

    def begin():
        begun.append(bytearray())
        return begun[-1].extend

    def once_gone(offset: int, length: int) -> bytes:
        return data[offset : offset + length]

    try:
        assert isinstance(pool.do("one", task(data, "siprec"), once_gone, begin), Excised)
        assert bytes(begun[-1]).startswith(b"MNCALL1\n")
        found = pool.do("two", task(b"x" * 100), lambda at, length: (b"x" * 100)[at : at + length], begin)
        assert isinstance(found, Unreadable)
        assert begun[-1] == b""
        # Who asks for no file gets none: a child that makes one is ended.
        assert isinstance(pool.do("three", task(data, "siprec"), once_gone), Unreadable)
    except NotAvailableError:  # pragma: no cover
        pytest.fail("children could not be started")
    finally:
        pool.close()
