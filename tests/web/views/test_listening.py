"""The listening page: ranges, what no cache keeps, who may, and what stands there without a script."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muniment.core import clock
from muniment.core.call_facts import CallStream, MaskedSpan
from muniment.people.roles import Role
from muniment.release.models import Attendance, Note, Reading
from muniment.release.sound import listening as service
from tests import asking
from tests.readers.calls.samples import STARTED, TONE_A, a_call, pitch, the_facts
from tests.readers.calls.test_reading import statement
from tests.town import Town

type Enter = Callable[..., Client]

MASKED = MaskedSpan(STARTED + 1000, STARTED + 2000, None, "api", "agent desktop")


@pytest.fixture
def recorded(town: Town) -> str:
    facts = the_facts(12, masks=(MASKED,), holds=((STARTED + 5000, STARTED + 6000),))
    return asking.recording(town, a_call(12, facts=facts), statement("siprec", facts=facts))


@pytest.fixture
def token(town: Town, recorded: str) -> str:
    return asking.opened(town, asking.granted(town, [recorded]).grant, recorded, "listen").token


def asked(browser: Client, token: str, wanted: str = "", *, method: str = "get") -> Any:
    headers = {"Range": wanted} if wanted else {}
    return getattr(browser, method)(f"/readings/{token}/sound", headers=headers)


def body(answer: Any) -> bytes:
    return b"".join(answer)


def test_the_page_says_all_of_it_without_a_script(signed_in: Enter, token: str) -> None:
    answer = signed_in(Role.HR).get(f"/readings/{token}/listen")
    page = answer.content.decode()
    assert f'<audio controls controlslist="nodownload noremoteplayback" disableremoteplayback preload="metadata" src="/readings/{token}/sound"' in page  # fmt: skip
    for words in (
        "HR Person, ", "Bo", "Asha", "What cannot be heard, and why", "0:01 to 0:02",
        "Not recorded on purpose: a program paused the recording, by agent desktop", "0:05 to 0:06", "on hold",
        "Quality", "Played", "Write a note at a moment",
    ):  # fmt: skip
        assert words in page, words
    assert "style=" not in page.partition("<main")[2]
    assert "Take the original" not in page
    policy = answer["Content-Security-Policy"]
    assert "media-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer["Cache-Control"] == "no-store"


def test_the_address_of_a_reading_leads_to_the_player(signed_in: Enter, token: str) -> None:
    answer = signed_in(Role.HR).get(f"/readings/{token}")
    assert answer["Location"] == f"/readings/{token}/listen"


def test_the_sound_is_a_wav_file_of_which_ranges_come(signed_in: Enter, token: str) -> None:
    browser = signed_in(Role.HR)
    whole = asked(browser, token)
    sound = body(whole)
    assert (whole.status_code, whole["Content-Type"], whole["Accept-Ranges"]) == (200, "audio/wav", "bytes")
    assert len(sound) == int(whole["Content-Length"]) == 44 + 12 * 8000 * 2 * 2
    assert sound[:4] == b"RIFF"
    part = asked(browser, token, "bytes=1000-1999")
    assert (part.status_code, part["Content-Range"]) == (206, f"bytes 1000-1999/{len(sound)}")
    assert body(part) == sound[1000:2000]
    beyond = asked(browser, token, f"bytes={len(sound)}-")
    assert (beyond.status_code, beyond["Content-Range"], beyond.content) == (
        416,
        f"bytes */{len(sound)}",
        b"",
    )
    head = asked(browser, token, method="head")
    assert (head["Content-Length"], body(head)) == (str(len(sound)), b"")


def test_no_answer_with_sound_may_be_kept_or_saved(signed_in: Enter, token: str) -> None:
    browser = signed_in(Role.HR)
    for wanted in ("", "bytes=0-", "bytes=99999999-"):
        answer = asked(browser, token, wanted)
        assert answer["Cache-Control"] == "no-store"
        assert answer["Content-Disposition"] == "inline"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert not {"ETag", "Last-Modified", "Expires"} & set(answer.headers)
    assert browser.get(f"/readings/{token}/outline")["Cache-Control"] == "no-store"


def test_what_is_heard_is_what_was_said(signed_in: Enter, token: str) -> None:
    import numpy as np  # noqa: PLC0415 - samples, for this test only

    answer = asked(signed_in(Role.HR), token, "bytes=44-256043")
    left = np.frombuffer(body(answer), "<i2").reshape(-1, 2)[:, 0]
    assert pitch(left[:8000], 8000) == pytest.approx(TONE_A, abs=2)
    assert not left[8000 + 200 : 16_000 - 200].any()  # masked


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.integers(0, 400_000), length=st.integers(1, 5000), kind=st.sampled_from(["both", "from", "last"])
)
def test_any_range_is_the_same_bytes_as_the_whole(
    signed_in: Enter, token: str, first: int, length: int, kind: str
) -> None:
    browser = signed_in(Role.HR)
    sound = WHOLE.setdefault(token, body(asked(browser, token)))
    wanted = {
        "both": f"bytes={first}-{first + length - 1}", "from": f"bytes={first}-", "last": f"bytes=-{length}"
    }[kind]  # fmt: skip
    answer = asked(browser, token, wanted)
    if kind != "last" and first >= len(sound):
        assert answer.status_code == 416
        return
    assert answer.status_code == 206
    given_first, given_last = map(
        int, answer["Content-Range"].removeprefix("bytes ").split("/")[0].split("-")
    )
    assert given_first == (len(sound) - length if kind == "last" else first)
    assert body(answer) == sound[given_first : given_last + 1]
    assert int(answer["Content-Length"]) == given_last - given_first + 1 <= service.MOST_AT_ONCE


WHOLE: dict[str, bytes] = {}


def test_one_opening_is_one_entry_however_often_it_is_asked(town: Town, signed_in: Enter, token: str) -> None:
    before = len(town.desk.acts(town.ours.id, -1, 5000))
    for first in range(0, 300_000, 50_000):
        body(asked(signed_in(Role.HR), token, f"bytes={first}-{first + 10}"))
    assert len(town.desk.acts(town.ours.id, -1, 5000)) == before


def test_nobody_else_hears_it_and_nobody_after_half_an_hour(signed_in: Enter, token: str) -> None:
    pages = [f"/readings/{token}/{one}" for one in ("sound", "outline", "listen")]
    body(asked(signed_in(Role.HR), token, "bytes=0-99"))  # what was heard once lies in memory
    for role in (Role.DIRECTOR, Role.DATA_CONTROLLER, Role.IT_ENGINEER):
        for page in pages:
            assert signed_in(role).get(page).status_code == 404
    Reading.objects.update(opened=clock.now() - timedelta(minutes=31))
    browser = signed_in(Role.HR)
    for page in pages[:2]:
        assert browser.get(page).status_code == 404
    assert "action=listen" in browser.get(pages[2])["Location"]
    assert browser.get("/readings/forged/sound").status_code == 404


def test_where_the_keeper_has_ended_the_opening_nothing_in_memory_is_given(
    signed_in: Enter, token: str
) -> None:
    browser = signed_in(Role.HR)
    assert asked(browser, token, "bytes=0-99").status_code == 206
    Reading.objects.update(session=b"x" * 32)
    assert asked(browser, token, "bytes=0-99").status_code == 404
    assert "action=listen" in browser.get(f"/readings/{token}/listen")["Location"]


def test_a_grant_to_read_lets_nobody_listen(town: Town, signed_in: Enter, recorded: str) -> None:
    token = asking.opened(town, asking.granted(town, [recorded]).grant, recorded).token
    browser = signed_in(Role.HR)
    assert b"Bo" in browser.get(f"/readings/{token}").content
    answer = asked(browser, token)
    assert answer.status_code == 403
    assert b"not listen to it" in answer.content


def test_the_outline_has_both_channels_and_where_packets_are_missing(town: Town, signed_in: Enter) -> None:
    facts = the_facts(4)
    holed = a_call(4, facts=facts, change=lambda n, all_: all_[:100] + all_[110:] if n else all_)
    name = asking.recording(town, holed, statement("siprec", facts=facts))
    token = asking.opened(town, asking.granted(town, [name]).grant, name, "listen").token
    found = json.loads(signed_in(Role.HR).get(f"/readings/{token}/outline").content)
    assert found["length"] == 4000
    assert [len(one) for one in found["channels"]] == [160, 160]
    assert max(found["channels"][0]) == pytest.approx(0.49, abs=0.02)
    assert found["holes"] == [[1980, 2200, 1]]


def test_a_note_stands_at_its_moment_for_the_case(signed_in: Enter, token: str) -> None:
    browser = signed_in(Role.HR)
    answer = browser.post(f"/readings/{token}/notes", {"at": "0:03.5", "text": "He says <b>yes</b>"})
    assert answer["Location"] == f"/readings/{token}/listen#notes"
    page = browser.get(f"/readings/{token}/listen").content.decode()
    assert "He says &lt;b&gt;yes&lt;/b&gt;" in page
    assert 'data-mark="note" data-start="3500"' in page
    note = Note.objects.get()
    assert signed_in(Role.DIRECTOR).post(f"/readings/{token}/notes", {"remove": note.pk}).status_code == 404
    assert signed_in(Role.HR).post(f"/readings/{token}/notes", {"at": "soon", "text": "x"}).status_code == 400
    signed_in(Role.HR).post(f"/readings/{token}/notes", {"remove": note.pk})
    assert not Note.objects.exists()


def test_those_present_sign_by_name(signed_in: Enter, token: str) -> None:
    browser = signed_in(Role.HR)
    address = f"/readings/{token}/attendance"
    assert browser.post(address, {"present": "Eve Stone"}).status_code == 400
    browser.post(address, {"present": "Eve Stone\nMax  Rowe\n", "heard": "yes"})
    assert Attendance.objects.get().present == ["Eve Stone", "Max Rowe"]
    assert "Eve Stone, Max Rowe" in browser.get(f"/readings/{token}/listen").content.decode()


def test_a_recording_that_cannot_be_decoded_says_so(town: Town, signed_in: Enter) -> None:
    name = asking.recording(
        town, b"RIFF0000WAVEfmt nothing at all", statement("audio", origin="a.wav", facts=the_facts())
    )
    token = asking.opened(town, asking.granted(town, [name]).grant, name, "listen").token
    page = signed_in(Role.HR).get(f"/readings/{token}/listen").content.decode()
    assert "This recording cannot be heard here." in page
    assert "<audio" not in page
    assert asked(signed_in(Role.HR), token).status_code == 503


def test_what_is_recorded_and_cannot_be_heard_is_said_beside_the_player(town: Town, signed_in: Enter) -> None:
    streams = (
        CallStream(0, "1", 0, ("PCMU",), 9, 0, 0, 0, 1.0, 4.0, 0),
        CallStream(1, "2", 1, ("EVS",), 9, 0, 0, 0, 1.0, 4.0, 0),
    )
    facts = the_facts(3, streams=streams)
    name = asking.recording(town, a_call(3, facts=facts), statement("siprec", facts=facts))
    token = asking.opened(town, asking.granted(town, [name]).grant, name, "listen").token
    page = signed_in(Role.HR).get(f"/readings/{token}/listen").content.decode()
    assert "EVS is recorded, and no decoder for it is known here." in page
    assert "<audio" in page
