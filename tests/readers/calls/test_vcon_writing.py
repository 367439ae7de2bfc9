"""A call written as a vCon is read again as the same call."""

import base64

from hypothesis import given
from hypothesis import strategies as st

from muniment.core.call_facts import CallParty
from muniment.readers.calls.call import Call
from muniment.readers.calls.vcon import read
from muniment.readers.calls.vcon_writing import write
from tests.readers.calls.samples import the_facts


@given(st.binary(min_size=1, max_size=50), st.text(max_size=10), st.sampled_from(["inbound", "outbound"]))
def test_parties_times_and_sound_come_back(sound: bytes, name: str, direction: str) -> None:
    parties = (
        CallParty("caller", e164="+441632960001", name=name.strip()),
        CallParty("called", address="sip:a@x.example"),
    )
    call = Call(the_facts(7, parties=parties, direction=direction), seconds=7)
    packed = base64.urlsafe_b64encode(sound).rstrip(b"=").decode()
    found = read(write(call, record="rec_x", name="a.wav", sound=packed, digest="d"))
    assert found.facts.defects == ()
    assert (found.facts.started, found.facts.ended) == (call.facts.started, call.facts.ended)
    assert found.facts.direction == direction
    assert [one.e164 for one in found.facts.parties] == ["+441632960001", ""]
    assert [one.address for one in found.facts.parties] == ["tel:+441632960001", "sip:a@x.example"]
    assert found.dialogs[0].body == sound
