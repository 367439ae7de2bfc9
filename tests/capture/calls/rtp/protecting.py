"""SRTP as a phone makes it: the other direction of `srtp`, for tests."""

import hmac

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from muniment.capture.calls.ports import Crypto
from muniment.capture.calls.rtp.srtp import SUITES, Protector, session_keys


def protected(crypto: Crypto, packet: bytes, index: int, *, control: bool = False) -> bytes:
    """A packet with a plain header of twelve bytes, at an index (rollover counter and number)."""
    if control:
        return Protector(crypto).protect(packet)
    form = SUITES[crypto.suite]
    key, mac, salt = session_keys(crypto, control=False)
    ssrc, head, body = int.from_bytes(packet[8:12]), packet[:12], packet[12:]
    if form.aead:
        nonce = ((ssrc << 48 | index) ^ int.from_bytes(salt)).to_bytes(12)
        return head + AESGCM(key).encrypt(nonce, body, head) + crypto.mki
    counter = (int.from_bytes(salt) << 16) ^ (ssrc << 64) ^ (index << 16)
    sealed = head + Cipher(AES(key), CTR(counter.to_bytes(16))).encryptor().update(body)
    tag = hmac.digest(mac, sealed + (index >> 16).to_bytes(4), "sha1")[: form.tag]
    return sealed + crypto.mki + tag
