"""SRTP and SRTCP (RFC 3711, RFC 7714) under keys from SDP (RFC 4568), for whole runs of packets.

Why of our own making: the key stream of all packets of a run comes out of one call of AES, so that a packet
costs less than the call of a library would. Ciphers and MACs are those of `cryptography` and the standard
library. What must hold:

1. Nothing is decrypted, counted or believed before it is authentic.
2. The rollover counter begins at 0 with the first authentic packet of a source (RFC 4568 section 6.4.1).
3. A packet that came before, or is older than the window, is dropped (RFC 3711 section 3.3.2).
"""

import hmac
import secrets
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from numpy.typing import NDArray

from muniment.capture.calls.ports import Crypto
from muniment.core.errors import WrongUseError

HEADER_BYTES = 12
BLOCK = 16
GCM_TAG = 16
AUTHENTICATION_KEY = 20
INDEX_BYTES = 4  # of SRTCP
ENCRYPTED = 1 << 31
RTCP_HEAD = 8
RTCP_TYPES = range(192, 224)
WINDOW = 1024  # packets that may come late: a sweep may hold a second of them
MOST_SOURCES = 8  # whose counters are remembered at once
MOST_ROUNDS = 128  # of the sequence number, that are tried: two days of 20 ms
HALF, ROUND = 1 << 15, 1 << 16


class Suite(NamedTuple):
    """A crypto suite of RFC 4568 or RFC 7714."""

    key: int
    """Bytes of the master key."""
    salt: int
    tag: int
    """Bytes of the authentication tag of SRTP; SRTCP's is the full one."""
    control_tag: int
    aead: bool = False


SUITES = MappingProxyType(
    {
        "AEAD_AES_256_GCM": Suite(32, 12, GCM_TAG, GCM_TAG, aead=True),
        "AEAD_AES_128_GCM": Suite(16, 12, GCM_TAG, GCM_TAG, aead=True),
        "AES_CM_128_HMAC_SHA1_80": Suite(16, 14, 10, 10),
        "AES_CM_128_HMAC_SHA1_32": Suite(16, 14, 4, 10),
    }
)
"""The suites that are taken, the preferred first."""


def choose(offered: Sequence[Crypto]) -> Crypto | None:
    """The line to answer: the best suite, of two lines with one suite the first; None if none can be taken."""
    for suite, form in SUITES.items():
        for line in offered:
            if line.suite == suite and (len(line.key), len(line.salt)) == (form.key, form.salt):
                return line
    return None


def answer(line: Crypto) -> Crypto:
    """Our own line for one of theirs: same tag and suite, a fresh key (RFC 4568 section 5.1.2)."""
    form = SUITES[line.suite]
    return Crypto(line.tag, line.suite, secrets.token_bytes(form.key), secrets.token_bytes(form.salt))


def session_keys(crypto: Crypto, *, control: bool) -> tuple[bytes, bytes, bytes]:
    """Encryption key, authentication key (empty for AEAD) and salt (RFC 3711 section 4.3)."""
    form = SUITES.get(crypto.suite)
    if form is None or (len(crypto.key), len(crypto.salt)) != (form.key, form.salt):
        raise WrongUseError("The crypto suite is unknown, or its key has the wrong length.")
    first = 3 if control else 0
    salt = form.salt
    mac = b"" if form.aead else _derive(crypto, first + 1, AUTHENTICATION_KEY)
    return _derive(crypto, first, form.key), mac, _derive(crypto, first + 2, salt)


def _derive(crypto: Crypto, label: int, length: int) -> bytes:
    salt = int.from_bytes(crypto.salt.ljust(14, b"\0"))
    block = (salt ^ (label << 48)) << 16
    counters = b"".join((block + number).to_bytes(BLOCK) for number in range(-(-length // BLOCK)))
    return Cipher(AES(crypto.key), ECB()).encryptor().update(counters)[:length]  # noqa: S305 AES-CTR by hand


@dataclass
class _Source:
    """The counters of one SSRC."""

    high: int = -1
    """The highest index (rollover counter and sequence number) that was authentic; -1 before any."""
    seen: int = 0
    """The indices behind `high` that came, as bits."""

    def guess(self, sequence: int) -> int:
        """The index that a packet with this number has, most probably (RFC 3711 section 3.3.1)."""
        if self.high < 0:
            return sequence
        return max(self.high + (sequence - self.high + HALF) % ROUND - HALF, sequence)

    def guesses(self, sequence: int, rounds: int) -> Sequence[int]:
        """The indices to try: one, or that of each round while no packet was authentic."""
        return [self.guess(sequence)] if self.high >= 0 else range(sequence, sequence + rounds * ROUND, ROUND)

    def fresh(self, index: int) -> bool:
        """Whether no packet with this index came, as far as the window reaches."""
        behind = self.high - index
        return behind < 0 or (behind < WINDOW and not self.seen >> behind & 1)

    def mark(self, index: int) -> None:
        """A packet with this index was authentic."""
        if index > self.high:
            shift = index - self.high if self.high >= 0 else 1
            self.seen = (self.seen << min(shift, WINDOW) | 1) & ((1 << WINDOW) - 1)
            self.high = index
        else:
            self.seen |= 1 << (self.high - index)


class _Sources:
    def __init__(self) -> None:
        self._known: OrderedDict[int, _Source] = OrderedDict()

    def look(self, ssrc: int) -> _Source:
        return self._known.get(ssrc) or _Source()

    def keep(self, ssrc: int, source: _Source) -> None:
        self._known[ssrc] = source
        if len(self._known) > MOST_SOURCES:
            self._known.popitem(last=False)


@dataclass
class _Keys:
    encryption: bytes
    authentication: bytes
    salt: bytes
    blocks: Cipher[ECB] = field(init=False)
    gcm: AESGCM = field(init=False)

    def __post_init__(self) -> None:
        self.blocks = Cipher(AES(self.encryption), ECB())  # noqa: S305 the blocks of AES-CTR, many at once
        self.gcm = AESGCM(self.encryption)

    def counter(self, ssrc: int, index: int) -> int:
        """The first counter block of AES-CM (RFC 3711 section 4.1.1)."""
        return (int.from_bytes(self.salt) << 16) ^ (ssrc << 64) ^ (index << 16)

    def nonce(self, ssrc: int, index: int) -> bytes:
        """The nonce of AEAD (RFC 7714 sections 8.1 and 9.1)."""
        return ((ssrc << 48 | index) ^ int.from_bytes(self.salt)).to_bytes(12)


class Protection:
    """One direction of one stream: opens what the other side protected with its key."""

    def __init__(self, crypto: Crypto, *, again: bool = False) -> None:
        """WrongUseError for a suite or key that cannot be.

        `again`: another process opened packets of these keys before, so that the rollover counter is not known;
        it is found with the first authentic packet of a source.
        """
        self._rounds = MOST_ROUNDS if again else 1
        self._form = SUITES[crypto.suite] if crypto.suite in SUITES else Suite(0, 0, 0, 0)
        self._mki = crypto.mki
        self._media = _Keys(*session_keys(crypto, control=False))
        self._reports = _Keys(*session_keys(crypto, control=True))
        self._sources, self._control_sources = _Sources(), _Sources()
        self.refused = 0

    def open(self, data: NDArray[np.uint8], begin: int, end: int, lengths: NDArray[np.int64]) -> None:
        """Decrypt the datagrams in the rows; a length becomes 0 where one is not authentic."""
        found: list[tuple[int, int, int, int, int]] = []  # row, payload's begin and end, source, index
        for row in range(begin, end):
            packet = data[row, : int(lengths[row])].tobytes()
            if not packet:
                continue  # it was something else, and is taken out already
            if len(packet) > 1 and packet[1] in RTCP_TYPES:
                continue  # RTCP on the same port is opened elsewhere
            opened = self._authentic(packet)
            if opened is None:
                self.refused += 1
                lengths[row] = 0
                continue
            at, stop, ssrc, index, clear = opened
            lengths[row] = stop
            if clear is not None:
                data[row, at:stop] = np.frombuffer(clear, np.uint8)
            elif stop > at:
                found.append((row, at, stop, ssrc, index))
        if found:
            self._decrypt(data, found)

    def _authentic(self, packet: bytes) -> tuple[int, int, int, int, bytes | None] | None:
        """Where the payload is, of whom, with which index, and the payload where AEAD has opened it."""
        at = _payload(packet)
        trailer = len(self._mki) + (0 if self._form.aead else self._form.tag)
        stop = len(packet) - trailer
        if at < 0 or stop < at + (GCM_TAG if self._form.aead else 0):
            return None
        if packet[stop : stop + len(self._mki)] != self._mki:
            return None
        ssrc, sequence = int.from_bytes(packet[8:12]), int.from_bytes(packet[2:4])
        source = self._sources.look(ssrc)
        for index in source.guesses(sequence, self._rounds):
            if not source.fresh(index):
                return None
            clear: bytes | None = None
            if self._form.aead:
                try:
                    nonce = self._media.nonce(ssrc, index)
                    clear = self._media.gcm.decrypt(nonce, packet[at:stop], packet[:at])
                except InvalidTag:
                    continue
                stop = at + len(clear)
            elif not self._signed(packet[:stop] + (index >> 16).to_bytes(4), packet[stop + len(self._mki) :]):
                continue
            source.mark(index)
            self._sources.keep(ssrc, source)
            return at, stop, ssrc, index, clear
        return None

    def _signed(self, data: bytes, tag: bytes) -> bool:
        made = hmac.digest(self._media.authentication, data, "sha1")
        return hmac.compare_digest(made[: len(tag)], tag)

    def _decrypt(self, data: NDArray[np.uint8], found: list[tuple[int, int, int, int, int]]) -> None:
        counters = bytearray()
        for _, at, stop, ssrc, index in found:
            first = self._media.counter(ssrc, index)
            counters += b"".join(
                (first + number).to_bytes(BLOCK) for number in range(-(-(stop - at) // BLOCK))
            )
        stream = np.frombuffer(self._media.blocks.encryptor().update(bytes(counters)), np.uint8)
        place = 0
        for row, at, stop, _, _ in found:
            data[row, at:stop] ^= stream[place : place + stop - at]
            place += -(-(stop - at) // BLOCK) * BLOCK

    def open_control(self, data: bytes) -> bytes | None:
        """The clear RTCP packet of an SRTCP packet; None if it is not authentic (RFC 3711 section 3.4)."""
        mki, form = self._mki, self._form
        trailer = INDEX_BYTES + len(mki) + (0 if form.aead else form.control_tag)
        stop = len(data) - trailer
        if stop < RTCP_HEAD + (GCM_TAG if form.aead else 0):
            return None
        word = int.from_bytes(data[stop : stop + INDEX_BYTES])
        if data[stop + INDEX_BYTES : stop + INDEX_BYTES + len(mki)] != mki:
            return None
        index, ssrc = word & ~ENCRYPTED, int.from_bytes(data[4:8])
        source = self._control_sources.look(ssrc)
        if not source.fresh(index):
            return None
        clear = self._clear_control(data, stop, word, ssrc)
        if clear is not None:
            source.mark(index)
            self._control_sources.keep(ssrc, source)
        return clear

    def _clear_control(self, data: bytes, stop: int, word: int, ssrc: int) -> bytes | None:
        keys, index, encrypted = self._reports, word & ~ENCRYPTED, bool(word & ENCRYPTED)
        trailer = word.to_bytes(INDEX_BYTES)
        if self._form.aead:
            known = data[:RTCP_HEAD] if encrypted else data[: stop - GCM_TAG]
            sealed = data[len(known) : stop]
            try:
                opened = keys.gcm.decrypt(keys.nonce(ssrc, index), sealed, known + trailer)
            except InvalidTag:
                return None
            return known + opened
        made = hmac.digest(keys.authentication, data[:stop] + trailer, "sha1")[: self._form.control_tag]
        if not hmac.compare_digest(made, data[-self._form.control_tag :]):
            return None
        return (
            data[:RTCP_HEAD] + _crypt(keys, ssrc, index, data[RTCP_HEAD:stop]) if encrypted else data[:stop]
        )


class Protector:
    """Our own RTCP, protected under the key of our answer."""

    def __init__(self, crypto: Crypto, begin: int = 0) -> None:
        """`begin`: an index that no report under this key has reached yet."""
        self._form, self._mki = SUITES[crypto.suite], crypto.mki
        self._keys = _Keys(*session_keys(crypto, control=True))
        self._index = begin

    def protect(self, packet: bytes) -> bytes:
        """The SRTCP packet of a compound RTCP packet; each call uses the next index."""
        self._index += 1
        keys, ssrc = self._keys, int.from_bytes(packet[4:8])
        trailer = (self._index | ENCRYPTED).to_bytes(INDEX_BYTES)
        head, body = packet[:RTCP_HEAD], packet[RTCP_HEAD:]
        if self._form.aead:
            return (
                head
                + keys.gcm.encrypt(keys.nonce(ssrc, self._index), body, head + trailer)
                + trailer
                + self._mki
            )
        sealed = head + _crypt(keys, ssrc, self._index, body) + trailer
        tag = hmac.digest(keys.authentication, sealed, "sha1")[: self._form.control_tag]
        return sealed + self._mki + tag


def _crypt(keys: _Keys, ssrc: int, index: int, data: bytes) -> bytes:
    first = keys.counter(ssrc, index)
    counters = b"".join((first + number).to_bytes(BLOCK) for number in range(-(-len(data) // BLOCK)))
    stream = keys.blocks.encryptor().update(counters)[: len(data)]
    return (int.from_bytes(data) ^ int.from_bytes(stream)).to_bytes(len(data))


def _payload(packet: bytes) -> int:
    """Where the payload begins, which is where encryption begins; -1 if this is no RTP packet."""
    if len(packet) < HEADER_BYTES or packet[0] >> 6 != 2:  # noqa: PLR2004 the version
        return -1
    at = HEADER_BYTES + 4 * (packet[0] & 0x0F)
    if packet[0] & 0x10:
        if len(packet) < at + 4:
            return -1
        at += 4 + 4 * int.from_bytes(packet[at + 2 : at + 4])
    return at
