"""From an offer to the keys, the handshake and the answer. With real workers in test_recorder and test_handshakes."""

import pytest

from muniment.capture.calls import agreeing
from muniment.capture.calls.ports import Codec, Crypto, Fingerprint, Handshake, MediaOffer

LINE = Crypto(3, "AES_CM_128_HMAC_SHA1_80", b"k" * 16, b"s" * 14)
SHAKE = Handshake("actpass", (Fingerprint("sha-256", b"f" * 32),))


def offer(**said: object) -> MediaOffer:
    given: dict[str, object] = {"port": 4000, "codecs": {0: Codec("PCMU", 8000)}, **said}
    return MediaOffer(0, "1", "192.0.2.20", **given)  # type: ignore[arg-type]  # names of the fields


def test_a_line_is_answered_with_its_tag_and_a_key_of_our_own() -> None:
    agreed = agreeing.keys(offer(profile="RTP/SAVP", crypto=(LINE,)))
    assert agreed is not None
    theirs, ours = agreed
    assert theirs == LINE
    assert ours is not None
    assert (ours.tag, ours.suite) == (3, LINE.suite)
    assert ours.key != LINE.key


def test_clear_sound_has_no_key_and_a_handshake_brings_its_own() -> None:
    assert agreeing.keys(offer()) == (None, None)
    assert agreeing.keys(offer(handshake=SHAKE)) == (None, None)


def test_an_encrypted_line_without_a_usable_key_is_refused_unless_we_are_to_offer() -> None:
    assert agreeing.keys(offer(profile="RTP/SAVP")) is None
    ours = agreeing.keys(offer(profile="RTP/SAVP", port=0))
    assert ours is not None
    assert ours[1] is not None


@pytest.mark.parametrize(
    ("theirs", "ours"), [("actpass", "passive"), ("active", "passive"), ("passive", "active")]
)
def test_we_wait_for_the_hello_wherever_we_may(theirs: str, ours: str) -> None:
    part = agreeing.part(Handshake(theirs, SHAKE.fingerprints), None)  # type: ignore[arg-type]  # one of the set-ups
    assert part is not None
    assert part.setup == ours


def test_a_choice_stays() -> None:
    before = Handshake("active", SHAKE.fingerprints)
    part = agreeing.part(SHAKE, before)
    assert part is not None
    assert part.setup == "active"
    assert agreeing.part(None, before) is None


def test_reports_go_where_the_client_says_else_one_above() -> None:
    assert agreeing.reports_port(offer(rtcp_port=4444)) == 4444
    assert agreeing.reports_port(offer()) == 4001
    assert agreeing.reports_port(offer(port=0)) == 0
