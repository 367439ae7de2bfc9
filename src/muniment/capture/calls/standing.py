"""Recording sessions that stand, calls or no calls (RFC 7866 section 6.2, RFC 7865 section 6.1.2).

While there is no call nothing is opened: no record, no port, no key. Each stream of the client is answered
`inactive` at the discard port. A call begins when the metadata name a session with somebody in it, or, from a
client that sends none, when a stream is sent; it ends when no session is left, and the next is a record of its own.
"""

from muniment.capture.calls import agreeing
from muniment.capture.calls.dialects import group_names, people_of
from muniment.capture.calls.leg import Leg
from muniment.capture.calls.live_calls import LiveCall
from muniment.capture.calls.ports import MediaAnswer
from muniment.capture.calls.sip.answering import direction_of, line_for, offer_of, sends, taken_codecs
from muniment.capture.calls.sip.sdp import Description, Media
from muniment.capture.calls.telling import Said

DISCARD = 9  # the port at which nothing is taken (RFC 863)


def occupied(leg: Leg) -> bool:
    """Whether there is a call in a session that stands, by everything that its client has said."""
    if leg.has_metadata:
        return any(leg.metadata.gatherings.values())
    return sending(leg)


def sending(leg: Leg) -> bool:
    """Whether the client last said that it sends."""
    media = leg.remote.media if leg.remote else ()
    return any(each.port and sends(direction_of(each)) for each in media)


def goes_on(call: LiveCall, leg: Leg, said: Said, before: set[str]) -> bool:
    """Whether what a client says now is still of the same call; `before` are its sessions until now."""
    if said.document is None:
        return True  # pauses and holds: without a word of who is there only BYE ends a call
    if not occupied(leg):
        return False
    if not before or before & {each.id for each in leg.metadata.sessions}:
        return True
    groups = group_names(said.document, leg.source.name)
    return bool(call.account.groups.keys() & set(groups)) and bool(
        people_of(said.document) & call.account.parties.keys()
    )


def rest(leg: Leg) -> bytes:
    """Our description while there is no call; empty where none of the client's lines could ever be taken."""
    media = leg.remote.media if leg.remote else ()
    leg.streams = []
    leg.local.lines = [line_for(each, _resting(leg, each), taken_codecs(each)) for each in media]
    return leg.local.written() if any(line.taken for line in leg.local.lines) else b""


def _resting(leg: Leg, media: Media) -> MediaAnswer | None:
    safe = leg.flow.transport == "TLS" or leg.source.clear_keys
    if not media.port or not media.is_rtp or not taken_codecs(media) or media.keyed_by_dtls:
        return None
    if media.secure and not (media.crypto and safe):
        return None
    keys = agreeing.keys(offer_of(media, 0, media.label, "inactive")) if media.secure else (None, None)
    return MediaAnswer(DISCARD, 0, keys[1], direction="inactive") if keys else None


def remembered(leg: Leg, description: Description | None) -> None:
    """What the client last said of its media: a call may begin by metadata alone."""
    if description is not None:
        leg.remote = description
