"""The request for a snapshot: an UPDATE without SDP that asks for the whole metadata (RFC 7866 9.2)."""

from muniment.capture.calls.sip.media_types import METADATA, METADATA_OLD, RECORDING_SESSION

BODY = (
    b'<?xml version="1.0" encoding="UTF-8"?>\r\n'
    b'<requestsnapshot xmlns="urn:ietf:params:xml:ns:recording:1">'
    b'<requestreason xml:lang="en">State was lost</requestreason></requestsnapshot>\r\n'
)


def snapshot_headers(accepted: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """Type and disposition of the body; the type's old name only where the client names no other."""
    old = METADATA_OLD in accepted and METADATA not in accepted
    return (
        ("content-type", METADATA_OLD if old else METADATA),
        ("content-disposition", RECORDING_SESSION),
    )
