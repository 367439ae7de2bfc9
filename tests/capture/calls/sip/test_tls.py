"""Who a client proves to be. Handshakes are in test_server."""

import pytest

from muniment.capture.calls.sip.tls import client_context, proven_names, server_context
from muniment.core.call_settings import CallListener
from tests.capture.calls.sip.rig import certificates


def test_alternative_names_count_and_the_subject_only_without_them() -> None:
    subject = ((("commonName", "Old.Example"),),)
    assert proven_names(
        {"subject": subject, "subjectAltName": (("DNS", "SBC.example"), ("URI", "sip:edge.example"))}
    ) == ("sbc.example", "edge.example")
    assert proven_names({"subject": subject}) == ("old.example",)
    assert proven_names(None) == ()


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_only_tls_has_a_context(transport) -> None:
    assert server_context(CallListener(transport=transport)) is None


def test_both_sides_speak_1_2_at_least_and_ask_for_certificates(tmp_path) -> None:
    certificates(tmp_path, "recorder")
    files = {"certificate": str(tmp_path / "recorder.pem"), "key": str(tmp_path / "recorder.key")}
    listener = CallListener(transport="tls", client_authority=str(tmp_path / "all.pem"), **files)
    server, client = server_context(listener), client_context(listener)
    assert server is not None
    for context in (server, client):
        assert context.minimum_version.name == "TLSv1_2"
        assert context.verify_mode.name == "CERT_REQUIRED"
