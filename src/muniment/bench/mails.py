"""A mix of mails for measuring: made here, with the sizes and the redundancy of real mailboxes."""

import base64
from random import Random  # noqa: TID251 - the same mails each time, and nothing secret

SYLLABLES = [
    "an",
    "be",
    "con",
    "der",
    "el",
    "for",
    "ge",
    "hal",
    "in",
    "jor",
    "ka",
    "li",
    "mor",
    "nen",
    "ol",
    "per",
    "qui",
    "re",
    "sta",
    "ter",
    "un",
    "ver",
    "wal",
    "xen",
    "yor",
    "zu",
]
BOUNDARY = "=_part"
WITH_HTML = 1 / 5
WITH_ATTACHMENT = 1 / 8


def mail_mix(count: int, seed: int = 1) -> list[bytes]:
    """`count` mails: mostly short text, one in five with HTML, one in eight with an attachment."""
    random = Random(seed)  # noqa: S311 - not for secrets
    words = ["".join(random.choices(SYLLABLES, k=random.randint(1, 4))) for _ in range(4000)]
    return [_mail(random, words, number) for number in range(count)]


def _mail(random: Random, words: list[str], number: int) -> bytes:
    text = _text(random, words, int(random.lognormvariate(5.3, 0.9)))
    parts = [f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}"]
    if random.random() < WITH_HTML:
        rows = (f'<p style="margin:0;font-family:Arial">{line}</p>' for line in text.splitlines())
        parts.append("Content-Type: text/html; charset=utf-8\r\n\r\n" + "\r\n".join(rows))
    if random.random() < WITH_ATTACHMENT:
        data = random.randbytes(int(random.lognormvariate(10.3, 1.0)))
        encoded = base64.encodebytes(data).decode().replace("\n", "\r\n")
        parts.append(f"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n{encoded}")
    received = "".join(
        f"Received: from {random.choice(words)}.example ([192.0.2.{random.randrange(256)}])\r\n"
        f"\tby {random.choice(words)}.example with ESMTPS id {random.randbytes(8).hex()}\r\n"
        for _ in range(4)
    )
    head = (
        f"{received}Message-ID: <{number}.{random.randbytes(12).hex()}@example>\r\nSubject: {text[:50]!r}\r\n"
    )
    body = f"\r\n--{BOUNDARY}\r\n".join(["", *parts])
    return (
        f"{head}Content-Type: multipart/mixed; boundary={BOUNDARY}\r\n{body}\r\n--{BOUNDARY}--\r\n".encode()
    )


def _text(random: Random, words: list[str], count: int) -> str:
    chosen = random.choices(words, k=max(count, 8))
    return "\r\n".join(" ".join(chosen[at : at + 11]) for at in range(0, len(chosen), 11))
