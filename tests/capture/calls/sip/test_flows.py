"""Ways between us and a peer."""

from muniment.capture.calls.sip.flows import Flow, Place

ENDS = (Place("192.0.2.1", 5060), Place("192.0.2.2", 5060))


def test_only_datagrams_are_lost_without_a_word() -> None:
    assert not Flow("UDP", *ENDS).reliable
    assert Flow("TCP", *ENDS, 1).reliable
    assert Flow("TLS", *ENDS, 1).reliable
