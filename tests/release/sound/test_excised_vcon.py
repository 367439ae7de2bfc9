"""A vCon without stretches of its recording: the sound, what says the same, and what the new one says of itself."""

import base64
import hashlib
import io
import json
import uuid
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.readers.calls import audio, vcon
from muniment.readers.calls.errors import CallUnreadableError
from muniment.release.sound.excised_vcon import redacted
from muniment.release.sound.messages import Covered
from tests.readers.calls.samples import loudness, tone
from tests.readers.calls.test_audio import written
from tests.readers.calls.test_vcon import vcon as a_vcon

SPANS = (Covered(500, 1500),)
STARTED = "2026-03-01T10:00:00+00:00"


def packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def recording(sound: bytes = b"", **changes: object) -> dict[str, object]:
    """A recording of two seconds with its sound inside."""
    return {
        "type": "recording", "start": STARTED, "duration": 2, "parties": [0, 1], "mediatype": "audio/x-wav",
        "filename": "a.wav", "encoding": "base64url",
        "body": packed(sound or written("WAV", "PCM_16", tone(440, 2))), **changes,
    }  # fmt: skip


def without(*dialogs: dict[str, object], spans: tuple[Covered, ...] = SPANS, **members: object) -> Any:
    return json.loads(redacted(a_vcon(dialog=list(dialogs or [recording()]), **members), spans, "req_1"))


def heard(made: Any, place: int = 0) -> tuple[int, np.ndarray[Any, Any]]:
    dialog = made["dialog"][place]
    sound = audio.decode(unpacked(dialog["body"]), dialog["filename"])
    return sound.rate, sound.left


def test_the_sound_is_silent_there_and_as_it_was_elsewhere_and_its_hash_is_right() -> None:
    made = without()
    rate, left = heard(made)
    assert loudness(left[rate // 2 : rate * 3 // 2]) == 0
    whole = audio.decode(written("WAV", "PCM_16", tone(440, 2)), "a.wav").left
    assert np.array_equal(left[: rate // 2], whole[: rate // 2])
    assert np.array_equal(left[rate * 3 // 2 :], whole[rate * 3 // 2 :])
    digest = hashlib.sha512(unpacked(made["dialog"][0]["body"])).digest()
    assert made["dialog"][0]["content_hash"] == f"sha512-{packed(digest)}"


@pytest.mark.parametrize(
    ("form", "codec", "name", "ends"),
    [
        ("WAV", "PCM_16", "a.wav", "a.wav"), ("WAV", "ULAW", "a.wav", "a.wav"), ("FLAC", "PCM_16", "a.flac", "a.flac"),
        ("OGG", "OPUS", "a.opus", "a.opus"), ("OGG", "VORBIS", "a.ogg", "a.ogg"), ("MP3", "MPEG_LAYER_III", "a.mp3", "a.mp3"),
        ("RAW", "ULAW", "a.ulaw", "a.ulaw"), ("WAV", "G721_32", "a.wav", "a.wav"),
    ],
)  # fmt: skip
def test_every_kind_of_file_that_is_heard(form: str, codec: str, name: str, ends: str) -> None:
    file, rate = io.BytesIO(), 8000
    soundfile.write(file, tone(440, 2), rate, codec, format=form)
    made = without(recording(file.getvalue(), filename=name, mediatype="audio/x-any"))
    found, left = heard(made)
    assert made["dialog"][0]["filename"] == ends
    inner = left[found * 7 // 10 : found * 13 // 10]
    assert loudness(inner) < 60
    assert loudness(left[: found * 4 // 10]) > 3000


def test_what_cannot_be_written_as_what_it_was_becomes_wav(monkeypatch: pytest.MonkeyPatch) -> None:
    def cannot(*_: object) -> bytes:
        raise CallUnreadableError("no encoder")

    monkeypatch.setattr("muniment.release.sound.excised_vcon.silenced", cannot)
    stereo = np.stack([tone(440, 2), tone(880, 2)], axis=1)
    file = io.BytesIO()
    soundfile.write(file, stereo, 8000, "PCM_16", format="WAV")
    said = recording(file.getvalue(), filename="a.amr", mediatype="audio/amr", mimetype="audio/amr")
    made = without(said, spans=(Covered(500, 1500, 1),))
    dialog = made["dialog"][0]
    assert (dialog["filename"], dialog["mediatype"]) == ("a.wav", "audio/x-wav")
    assert "mimetype" not in dialog
    sound = audio.decode(unpacked(dialog["body"]), "a.wav")
    assert sound.right is not None
    assert loudness(sound.right[4000:12_000]) == 0
    assert loudness(sound.left[4000:12_000]) > 5000


def test_it_is_a_redacted_version_of_the_other_and_reads_as_one() -> None:
    made = without(amended={"uuid": "0197"}, subject="An order", unknown={"kept": 1.5})
    assert made["redacted"] == {"uuid": "0198-1", "type": "card data"}
    name = uuid.UUID(made["uuid"])
    assert (name.version, name.variant) == (8, uuid.RFC_4122)
    assert "amended" not in made
    assert (made["vcon"], made["created_at"], made["subject"]) == (
        "0.0.2",
        "2026-03-01T10:00:00Z",
        "An order",
    )
    assert made["unknown"] == {"kept": 1.5}
    assert made["updated_at"].endswith("+00:00")
    facts = vcon.read(json.dumps(made).encode()).facts
    assert (facts.id, facts.global_id) == (made["uuid"], "0198-1")
    assert [(one.start - facts.started, one.end - facts.started, one.stream) for one in facts.masks] == [
        (500, 1500, None)
    ]
    assert {(one.why, one.by) for one in facts.masks} == {("excised", "req_1")}
    assert [one.name for one in facts.parties] == ["Bo", "Asha"]


def test_a_signed_one_leaves_an_unsigned_one() -> None:
    signed = json.dumps({"payload": packed(a_vcon()), "signatures": [{"signature": "x"}]}).encode()
    made = json.loads(redacted(signed, SPANS, "req_1"))
    assert made["redacted"]["uuid"] == "0198-1"
    assert not {"payload", "signatures"} & made.keys()


def test_what_was_derived_from_the_recording_leaves_its_place_empty() -> None:
    transcript = {
        "type": "transcript",
        "dialog": 0,
        "vendor": "V",
        "encoding": "none",
        "body": "SECRET",
        "extra": "SECRET",
    }
    made = without(
        recording(),
        recording(start="2026-03-02T10:00:00Z", filename="b.wav"),
        analysis=[
            transcript, {**transcript, "dialog": [0, 1]}, {**transcript, "dialog": "0"},
            {"type": "summary", "vendor": "V", "encoding": "none", "body": "SECRET"},
            {**transcript, "dialog": [1], "body": "kept", "extra": ""},
        ],
    )  # fmt: skip
    assert "SECRET" not in json.dumps(made)
    first, *_, summary, kept, note = made["analysis"]
    assert first == {"type": "transcript", "dialog": 0, "vendor": "V"}
    assert summary == {"type": "summary", "vendor": "V"}
    assert kept["body"] == "kept"
    assert (note["vendor"], note["dialog"], json.loads(note["body"])["spans"]) == (
        "Muniment",
        0,
        [[500, 1500, -1]],
    )
    assert heard(made, 1)[1].any()


def test_what_was_written_near_it_goes_and_later_words_stay() -> None:
    word = {"type": "text", "parties": 1, "encoding": "none"}
    made = without(
        recording(),
        {**word, "start": "2026-03-01T10:00:05Z", "body": "SECRET near"},
        {**word, "start": "2026-03-01T09:00:00Z", "duration": 7200, "body": "SECRET all the time"},
        {**word, "body": "SECRET at any time"},
        {**word, "start": "2026-03-01T11:00:00Z", "body": "later"},
        {"type": "incomplete", "start": STARTED, "parties": [0], "disposition": "failed"},
    )
    assert "SECRET" not in json.dumps(made)
    assert [one.get("body") for one in made["dialog"][1:5]] == [None, None, None, "later"]
    assert made["dialog"][1] == {"type": "text", "parties": 1, "start": "2026-03-01T10:00:05Z"}
    assert made["dialog"][5]["disposition"] == "failed"


def test_pressed_keys_and_unknown_members_of_the_recording_go() -> None:
    history = [
        {"party": 0, "event": "join", "time": STARTED}, {"party": 0, "event": "keydown", "button": "4", "time": STARTED}
    ]  # fmt: skip
    made = without(recording(party_history=history, transcript="SECRET", signature="old", alg="SHA-512"))
    assert made["dialog"][0]["party_history"] == history[:1]
    assert not {"transcript", "signature", "alg"} & made["dialog"][0].keys()


def test_stretches_are_taken_out_again_and_both_are_told() -> None:
    once = json.dumps(without()).encode()
    made = json.loads(redacted(once, (Covered(1600, 1700),), "req_2"))
    facts = vcon.read(json.dumps(made).encode()).facts
    assert [(one.start - facts.started, one.by) for one in facts.masks] == [(500, "req_1"), (1600, "req_2")]
    assert made["redacted"]["uuid"] == json.loads(once)["uuid"]


@pytest.mark.parametrize(
    ("dialogs", "why"),
    [
        ([recording(url="https://x.example/a.wav")], "outside the vCon as well"),
        ([recording(), recording(body="", url="https://x.example/b.wav")], "lies outside the vCon"),
        (
            [recording(), recording(body="", url="https://x.example/b.wav", start=None)],
            "lies outside the vCon",
        ),
        ([recording(), recording(start="2026-03-01T10:00:01Z")], "lies within the vCon"),
        ([recording(), recording(start="2026-03-01T09:00:00Z", duration=None)], "lies within the vCon"),
        ([recording(body="", url="https://x.example/a.wav")], "No sound lies within"),
        ([recording(b"no sound at all", filename="a.bin")], "no sound file|damaged"),
        ([recording(), "odd"], "not as a vCon has them"),
    ],
)
def test_what_is_not_within_reach_is_refused(dialogs: list[dict[str, object]], why: str) -> None:
    with pytest.raises(CallUnreadableError, match=why):
        without(*dialogs)


def test_a_group_is_refused() -> None:
    with pytest.raises(CallUnreadableError, match="group"):
        without(group=[{"uuid": "x"}])


def test_one_without_a_name_names_none() -> None:
    made = without(uuid=None, created_at="2026-03-01T10:00:00Z")
    assert made["redacted"] == {"type": "card data"}


@settings(max_examples=40)
@given(
    st.integers(0, 1990),
    st.integers(1, 2000),
    st.dictionaries(
        st.text(max_size=8), st.one_of(st.none(), st.text(max_size=8), st.lists(st.integers())), max_size=4
    ),
)
def test_any_stretch_and_any_members_leave_one_that_reads(
    start: int, length: int, members: dict[str, object]
) -> None:
    taken = {"vcon", "uuid", "dialog", "parties", "group", "payload", "ciphertext", "analysis", "created_at"}
    extra = {name: value for name, value in members.items() if name not in taken}
    made = without(spans=(Covered(start, start + length),), **extra)
    rate, left = heard(made)
    assert not left[start * rate // 1000 : (start + length) * rate // 1000].any()
    assert len(vcon.read(json.dumps(made).encode()).facts.masks) == 1
