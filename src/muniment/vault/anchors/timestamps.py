"""Time stamps of checkpoints (RFC 3161): asking for one, and checking one without a network.

What is stamped is SHA-256 of the signed note, so that `openssl ts -verify -data` checks it as well.
Tokens whose certificates do not stand in the order of DER (as `openssl ts` writes them) are not read
by the library; for those `openssl ts -verify` is asked, where it is installed.
"""

import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from cryptography import x509

from muniment.core.errors import FaultFoundError, NotAvailableError
from muniment.vault.anchors.posting import Response, post

QUERY = "application/timestamp-query"
REPLY = "application/timestamp-reply"
CLOCKS_APART = 60 * 60  # seconds by which an authority's clock may differ from ours
OK = 200
OPENSSL_SECONDS = 20


@dataclass(frozen=True)
class Stamp:
    """What a token says: the moment in seconds, and whether an authority that we trust has signed it."""

    time: int
    trusted: bool


@dataclass(frozen=True)
class _Told:
    time: int
    digest: bytes
    nonce: int | None


def stamp(
    url: str,
    note: bytes,
    roots: Sequence[Path],
    *,
    now: int,
    send: Callable[[str, bytes, str], Response] = post,
) -> bytes:
    """Ask an authority to stamp a signed note; the raw answer, checked.

    NotAvailableError if it gives none, or one that is wrong: another digest or nonce, a signature that
    no root of `roots` (PEM files) vouches for, a time that is not about now.
    """
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder  # noqa: PLC0415  only who asks needs it

    builder = TimestampRequestBuilder().data(note).hash_algorithm(HashAlgorithm.SHA256)
    request = builder.nonce(nonce=True).cert_request(cert_request=True).build()
    answer = send(url, request.as_bytes(), QUERY)
    if answer.status != OK or answer.kind.partition(";")[0].strip() != REPLY:
        raise NotAvailableError("The time stamp authority gave no stamp.", why=f"Status {answer.status}.")
    try:
        found = check(answer.body, note, roots, nonce=request.nonce)
    except FaultFoundError as error:
        raise NotAvailableError("The time stamp authority's answer is wrong.", why=error.what) from error
    if abs(found.time - now) > CLOCKS_APART:
        raise NotAvailableError("The time stamp authority's clock is wrong.")
    return answer.body


def check(response: bytes, note: bytes, roots: Sequence[Path], *, nonce: int | None = None) -> Stamp:
    """Check a stored answer against the note that it stamps; offline.

    Without `roots` only what it says is compared, and `trusted` is False. FaultFoundError if it is no
    stamp of this note; NotAvailableError if it takes `openssl`, and there is none, or a root cannot be read.
    """
    digest = sha256(note).digest()
    from_library = _read(response)
    told = from_library or _read_by_openssl(response)
    if told.digest != digest:
        raise FaultFoundError("The time stamp is of something else.")
    if nonce is not None and told.nonce != nonce:
        raise FaultFoundError("The time stamp answers another request.")
    if not roots:
        return Stamp(told.time, trusted=False)
    if from_library:
        _verify(response, digest, roots)
    else:
        _verify_by_openssl(response, digest, told.time, roots)
    return Stamp(told.time, trusted=True)


def _read(response: bytes) -> _Told | None:
    """What the token says; None where the library cannot read it."""
    from rfc3161_client import PKIStatus, decode_timestamp_response  # noqa: PLC0415

    try:
        answer = decode_timestamp_response(response)
        if PKIStatus(answer.status) is not PKIStatus.GRANTED:
            raise FaultFoundError("The time stamp authority refused.")
        info = answer.tst_info
        time = info.gen_time
    except (ValueError, TypeError):
        return None
    moment = time if time.tzinfo else time.replace(tzinfo=UTC)
    return _Told(int(moment.timestamp()), bytes(info.message_imprint.message), info.nonce)


def _verify(response: bytes, digest: bytes, roots: Sequence[Path]) -> None:
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response  # noqa: PLC0415

    certificates = [certificate for path in roots for certificate in _certificates(path)]
    try:
        verifier = VerifierBuilder(roots=certificates).build()
        verifier.verify(decode_timestamp_response(response), digest)
    except (VerificationError, ValueError, TypeError) as error:
        raise FaultFoundError("No authority that is trusted has signed the time stamp.") from error


def _certificates(path: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise NotAvailableError(f"The certificates in {path} cannot be read.") from error


TIME_LINE = re.compile(r"^Time stamp: (\w{3} +\d{1,2} \d\d:\d\d:\d\d)(?:\.\d+)? (\d{4}) GMT$", re.MULTILINE)
NONCE_LINE = re.compile(r"^Nonce: 0x([0-9A-F]+)$", re.MULTILINE)
DATA_LINE = re.compile(r"^    [0-9a-f]{4} - ([0-9a-f -]{47}) ", re.MULTILINE)


def _read_by_openssl(response: bytes) -> _Told:
    text = _openssl(["ts", "-reply", "-in", "/dev/stdin", "-text"], response)
    if text is None:
        raise FaultFoundError("The answer is no time stamp.")
    time, nonce = TIME_LINE.search(text), NONCE_LINE.search(text)
    if "Status: Granted." not in text or time is None:
        raise FaultFoundError("The time stamp authority refused, or gave no time.")
    digits = "".join(DATA_LINE.findall(text.partition("Message data:")[2].partition("Serial number:")[0]))
    moment = datetime.strptime(f"{time[1]} {time[2]} +0000", "%b %d %H:%M:%S %Y %z")
    digest = bytes.fromhex(re.sub("[^0-9a-f]", "", digits))
    return _Told(int(moment.timestamp()), digest, int(nonce[1], 16) if nonce else None)


def _verify_by_openssl(response: bytes, digest: bytes, time: int, roots: Sequence[Path]) -> None:
    # The certificates must have been good at the time that is stated, not now.
    asked = ["ts", "-verify", "-in", "/dev/stdin", "-digest", digest.hex(), "-attime", str(time), "-CAfile"]
    if not any(_openssl([*asked, str(root)], response) is not None for root in roots):
        raise FaultFoundError("No authority that is trusted has signed the time stamp.")


def _openssl(arguments: list[str], given: bytes) -> str | None:
    """What openssl prints; None if it says no."""
    program = shutil.which("openssl")
    if program is None:
        raise NotAvailableError(
            "The time stamp can only be read by openssl, which is not installed.", remedy="Install openssl."
        )
    try:
        done = subprocess.run(
            [program, *arguments], input=given, capture_output=True, timeout=OPENSSL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise NotAvailableError("openssl did not answer in time.") from error
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None
