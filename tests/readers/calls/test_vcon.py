"""vCons: good ones, odd ones, hostile ones."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment.readers.calls.errors import CallUnreadableError
from muniment.readers.calls.vcon import Vcon, is_vcon, read
from tests.readers.calls.samples import tone
from tests.readers.calls.test_audio import written


def vcon(**changes: object) -> bytes:
    """A small good one, with its sound inside."""
    sound = written("WAV", "PCM_16", tone(440, 2))
    fields = {
        "vcon": "0.0.2",
        "uuid": "0198-1",
        "created_at": "2026-03-01T10:00:00Z",
        "parties": [{"tel": "+441632960001", "name": "Bo"}, {"sip": "sip:201@pbx.example", "name": "Asha", "role": "agent"}],
        "dialog": [
            {
                "type": "recording", "start": "2026-03-01T10:00:00+00:00", "duration": 2, "parties": [0, 1],
                "mediatype": "audio/x-wav", "filename": "a.wav", "encoding": "base64url",
                "body": base64.urlsafe_b64encode(sound).decode().rstrip("="),
            },
            {"type": "text", "start": "2026-03-01T10:00:01Z", "parties": 1, "encoding": "none", "body": "a written word"},
        ],
    }  # fmt: skip
    return json.dumps({**fields, **changes}).encode()


def test_numbers_without_a_country_are_those_of_the_region() -> None:
    national = vcon(parties=[{"tel": "01 555 0134"}, {"tel": "+33 1 99 00 11 22"}])
    irish = read(national, "IE").facts
    assert [one.e164 for one in irish.parties] == ["+35315550134", "+33199001122"]
    assert irish.region == "IE"
    assert read(national).facts.parties[0].e164 != "+35315550134"


def test_parties_times_and_the_sound_inside() -> None:
    found = read(vcon())
    facts = found.facts
    assert [(one.role, one.e164, one.name) for one in facts.parties] == [
        ("caller", "+441632960001", "Bo"), ("agent", "", "Asha"),
    ]  # fmt: skip
    assert (facts.started, facts.ended) == (1_772_359_200_000, 1_772_359_202_000)
    assert found.dialogs[0].body.startswith(b"RIFF")
    assert found.text == "a written word"
    assert facts.defects == ()


def test_a_signed_one_is_read_and_an_encrypted_one_is_not() -> None:
    payload = base64.urlsafe_b64encode(vcon()).decode().rstrip("=")
    signed = json.dumps({"payload": payload, "signatures": [{"signature": "x"}]}).encode()
    assert read(signed).facts.id == "0198-1"
    with pytest.raises(CallUnreadableError, match="encrypted"):
        read(json.dumps({"ciphertext": "x", "recipients": []}).encode())


def test_each_real_one_gives_its_parties_and_length(shared_data: Path) -> None:
    expected = json.loads((shared_data / "calls/expected.json").read_text())["vcon"]
    assert expected
    for name, right in expected.items():
        data = (shared_data / "calls" / name).read_bytes()
        assert is_vcon(data[:4096]), name
        facts = read(data).facts
        assert facts.id == right["uuid"]
        assert facts.direction == {"in": "inbound", "out": "outbound"}[right["direction"]]
        assert [one.e164 or one.dialled for one in facts.parties] == [one["tel"] for one in right["parties"]]
        roles = {"agent": "agent", "customer": "caller"}
        assert [one.role for one in facts.parties] == [roles[one["role"]] for one in right["parties"]]
        assert (facts.ended - facts.started) / 1000 == pytest.approx(right["duration"], abs=0.01)


BAD = {
    "bad_dialog_types": "length", "bad_duration": "length", "bad_party_ref": "not there", "empty_vcon": "name or its version",
    "missing_uuid_and_vcon_version": "name or its version", "null_dialog_string_analysis": "dialog is no list",
    "null_parties": "parties is no list", "out_of_range_party_indices": "not there",
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_each_bad_one_is_read_and_says_what_is_odd(name: str, shared_data: Path) -> None:
    found = read((shared_data / "calls/vcon_bad" / f"{name}.json").read_bytes())
    assert any(BAD[name] in defect for defect in found.facts.defects), found.facts.defects


def test_every_bad_one_is_read(shared_data: Path) -> None:
    for path in (shared_data / "calls/vcon_bad").iterdir():
        assert isinstance(read(path.read_bytes()), Vcon)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["meta", "role", "tel", "body", "parties", "start", "duration", "encoding", "type"]), inner, max_size=5),
    max_leaves=20,
)  # fmt: skip


@given(
    st.dictionaries(
        st.sampled_from(["parties", "dialog", "uuid", "vcon", "meta", "created_at", "payload", "signatures"]),
        JSON,
    )
)
@settings(deadline=None)
def test_whatever_stands_in_it_nothing_but_the_one_error_comes(members: dict) -> None:
    try:
        found = read(json.dumps(members).encode())
    except CallUnreadableError:
        return
    assert found.facts.ended >= found.facts.started >= 0


@given(st.binary(max_size=60))
def test_bytes_that_are_no_object_are_refused(data: bytes) -> None:
    with pytest.raises(CallUnreadableError):
        read(b"[" + data)
