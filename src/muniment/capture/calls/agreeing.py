"""From what a client offers for a stream to the order for a worker and to our answer: keys, handshakes, ports."""

import hashlib
from collections.abc import Mapping

from muniment.capture.calls.ports import Codec, Crypto, Handshake, MediaAnswer, MediaOffer
from muniment.capture.calls.recordings import OpenStream
from muniment.capture.calls.rtp import orders, srtp
from muniment.capture.calls.rtp.certificate import Credentials


def keys(offer: MediaOffer) -> tuple[Crypto | None, Crypto | None] | None:
    """Their crypto line and ours; both None for clear RTP; None where no offered line can be taken."""
    if offer.handshake is not None:
        return None, None
    if offer.crypto:
        line = srtp.choose(offer.crypto)
        return None if line is None else (line, srtp.answer(line))
    if "SAVP" in offer.profile:
        if offer.port:
            return None
        return None, srtp.answer(Crypto(1, "AES_CM_128_HMAC_SHA1_80", b"", b""))
    return None, None


def part(offered: Handshake | None, before: Handshake | None) -> Handshake | None:
    """The client's side of a handshake with our part in it.

    Passive where we may choose: the client reaches our port, for that is where its sound goes, while the
    address that it names may lie behind a NAT. A choice stays (RFC 8842 section 5.3).
    """
    if offered is None:
        return None
    if offered.setup == "actpass":
        setup = before.setup if before else "passive"
    else:
        setup = "active" if offered.setup == "passive" else "passive"
    return Handshake(setup, offered.fingerprints, offered.association)


def terms(ours: Credentials, offer: MediaOffer, handshake: Handshake | None) -> orders.Terms | None:
    """What a worker needs for a handshake; None where there is none."""
    if handshake is None:
        return None
    return orders.Terms(
        ours.certificate,
        ours.key,
        handshake.setup == "active",
        tuple((each.algorithm, each.digest) for each in handshake.fingerprints),
        _multiplexed(offer),
        offer.port,
    )


def answer(ours: Credentials, stream: OpenStream, offer: MediaOffer) -> MediaAnswer:
    """Our answer for a stream that is taken."""
    silent = offer.direction == "inactive"
    port, agreed, handshake = stream.pair.port, stream.handshake, None
    if agreed is not None:
        # The same for the same association, another for another (RFC 8842 section 4).
        name = hashlib.sha256(f"{stream.listen.call} {port} {agreed}".encode()).hexdigest()[:32]
        handshake = Handshake(agreed.setup, (ours.fingerprint,), name if agreed.association else "")
    return MediaAnswer(
        port,
        port if _multiplexed(offer) else port + 1,
        stream.ours,
        direction="inactive" if silent else "recvonly",
        handshake=handshake,
    )


def refused() -> MediaAnswer:
    """Our answer for a stream that is not taken, or no longer."""
    return MediaAnswer(0, 0, None, accepted=False, direction="inactive")


def reports_port(offer: MediaOffer) -> int:
    """Where the client takes RTCP: as it says, else the port above; 0 where it has no port yet."""
    return offer.rtcp_port or (offer.port + 1 if offer.port else 0)


def lines(codecs: Mapping[int, Codec]) -> dict[int, orders.Line]:
    """Codecs as a worker is told of them."""
    return {
        number: orders.Line(each.name, each.rate, each.channels, each.fmtp) for number, each in codecs.items()
    }


def key(crypto: Crypto | None) -> orders.Key | None:
    """A key as a worker is told of it."""
    return (
        None if crypto is None else orders.Key(crypto.tag, crypto.suite, crypto.key, crypto.salt, crypto.mki)
    )


def _multiplexed(offer: MediaOffer) -> bool:
    return offer.handshake is not None and offer.port != 0 and offer.rtcp_port == offer.port
