"""The bytes of a letter as each mail program writes them: header order, charsets, encodings, HTML, quoting."""

import base64
import random
import re
from collections.abc import Sequence
from email.utils import format_datetime
from html import escape

from muniment.demo.corpus import wire
from muniment.demo.corpus.correspondents import Client, Correspondent
from muniment.demo.corpus.letters import Letter, quoted_header
from muniment.demo.corpus.wire import Header, Part

_PHONES = ("iPhone Mail (22F76)", "iPhone Mail (21G93)", "iPad Mail (22F76)")
_THUNDERBIRDS = ("Mozilla Thunderbird", "Mozilla Thunderbird 128.11.0", "Mozilla Thunderbird 140.2.1esr")


def render(letter: Letter) -> bytes:
    """The whole message, CRLF line ends; the same letter always gives the same bytes."""
    rng = random.Random(letter.seed)
    writer = {
        Client.OUTLOOK: _outlook,
        Client.PHONE: _phone,
        Client.THUNDERBIRD: _thunderbird,
        Client.TICKETS: _tickets,
        Client.WEBMAIL: _webmail,
        Client.AUTOMATIC: _automatic,
    }[letter.program]
    first, entity = writer(letter, rng)
    return wire.headers([*_received(letter, rng), *first]) + bytes(entity)


def _received(letter: Letter, rng: random.Random) -> list[Header]:
    sender, receiver = letter.sender.firm.domain, letter.to[0].firm.domain
    stamp = format_datetime(letter.date)
    address = f"{rng.choice(('192.0.2', '198.51.100', '203.0.113'))}.{rng.randint(2, 250)}"
    hops = [
        (
            "Received",
            (
                f"from mail.{sender} (mail.{sender} [{address}]) by mx1.{receiver} with ESMTPS id"
                f" {rng.getrandbits(48):012x} for <{letter.to[0].address}>; {stamp}"
            ),
        )
    ]
    return [*hops, ("Return-Path", f"<{letter.sender.address}>")] if rng.random() < 0.5 else hops


def _people(people: Sequence[Correspondent], charset: str, *, quote: bool = False) -> str:
    return ", ".join(wire.mailbox(each.name, each.address, charset, always_quote=quote) for each in people)


def _threading(letter: Letter) -> list[Header]:
    if not letter.references:
        return []
    return [("In-Reply-To", letter.references[-1]), ("References", " ".join(letter.references))]


def _outlook(letter: Letter, rng: random.Random) -> tuple[list[Header], Part]:
    charset, encoding = _charset(letter, rng)
    form, named = rng.choice(("Q", "B")), _header_charset(letter, charset)
    pairs: list[Header] = [
        ("From", _people([letter.sender], named)),
        ("To", _people(letter.to, named, quote=rng.random() < 0.2)),
    ]
    if letter.cc:
        pairs.append(("CC", _people(letter.cc, named)))
    pairs += [
        ("Subject", wire.words(letter.subject_line, named, form)),
        ("Thread-Topic", wire.words(letter.subject, named, form)),
        ("Thread-Index", _thread_index(letter)),
        ("Date", format_datetime(letter.date)),
        ("Message-ID", letter.message_id),
        *_threading(letter),
        ("Accept-Language", "en-GB, en-US"),
        ("Content-Language", "en-GB"),
        ("X-MS-Has-Attach", "yes" if letter.attachments else ""),
        ("X-MS-TNEF-Correlator", ""),
    ]
    if letter.important:
        pairs += [("Importance", "high"), ("X-Priority", "1")]
    if letter.sensitivity:
        pairs.append(("Sensitivity", letter.sensitivity))
    mark = f"{rng.getrandbits(160):040X}"
    body = wire.multipart(
        "alternative",
        f"_000_{mark}_",
        (
            wire.text_part(letter.text, "plain", charset, encoding),
            wire.text_part(_outlook_html(letter, charset), "html", charset, encoding),
        ),
    )
    entity = _with_files(letter, body, f"_004_{mark}_", old_names=True)
    return [*pairs, ("MIME-Version", "1.0")], entity


def _charset(letter: Letter, rng: random.Random) -> tuple[str, str]:
    if letter.text.isascii():
        return "us-ascii", "quoted-printable"
    for charset in rng.sample(("iso-8859-1", "Windows-1252", "utf-8"), 3):
        try:
            letter.text.encode(charset)
        except UnicodeEncodeError:
            continue
        return charset, "base64" if charset == "utf-8" else "quoted-printable"
    return "utf-8", "base64"


def _header_charset(letter: Letter, charset: str) -> str:
    """That of the body, if it can also say the subject and every name."""
    said = letter.subject_line + "".join(each.name for each in (letter.sender, *letter.to, *letter.cc))
    try:
        said.encode(charset)
    except UnicodeEncodeError:
        return "utf-8"
    return charset


def _thread_index(letter: Letter) -> str:
    first = letter
    while first.answers is not None:
        first = first.answers
    ticks = (int(first.date.timestamp()) + 11644473600) * 10_000_000
    index = ticks.to_bytes(8, "big")[:6] + bytes.fromhex(first.seed[:32])
    for depth in range(letter.depth):
        index += bytes.fromhex(letter.seed[depth * 2 : depth * 2 + 10])
    return base64.b64encode(index).decode()


def _outlook_html(letter: Letter, charset: str) -> str:
    style = (
        "<!--\n/* Font Definitions */\n@font-face {font-family:Calibri; panose-1:2 15 5 2 2 2 4 3 2 4;}\n"
        '/* Style Definitions */\np.MsoNormal {margin:0cm; font-size:11.0pt; font-family:"Calibri",sans-serif;}\n'
        "a:link {color:#0563C1; text-decoration:underline;}\n-->"
    )
    return (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word">'
        f'\n<head>\n<meta http-equiv="Content-Type" content="text/html; charset={charset}">\n'
        f"<style>{style}</style>\n</head>\n"
        '<body lang="EN-GB" link="#0563C1" vlink="#954F72" style="word-wrap:break-word">\n'
        f'<div class="WordSection1">\n{_outlook_body(letter)}\n</div>\n</body>\n</html>\n'
    )


def _outlook_body(letter: Letter) -> str:
    lines = "\n".join(
        f'<p class="MsoNormal">{_linked(escape(line, quote=False)) or "<o:p>&nbsp;</o:p>"}</p>'
        for line in letter.own.split("\n")
    )
    if letter.answers is None:
        return lines
    block = re.sub(
        r"^(\w+:)", r"<b>\1</b>", escape(quoted_header(letter.answers), quote=False), flags=re.MULTILINE
    ).replace("\n", "<br>\n")
    return (
        f'{lines}\n<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">\n'
        f'<p class="MsoNormal">{block}</p>\n</div>\n{_outlook_body(letter.answers)}'
    )


def _linked(text: str) -> str:
    return re.sub(r"(https?://[^\s<]+[^\s<.,)])", r'<a href="\1">\1</a>', text)


def _phone(letter: Letter, rng: random.Random) -> tuple[list[Header], Part]:
    encoding = "7bit" if letter.text.isascii() and _short_lines(letter.text) else "quoted-printable"
    charset = "us-ascii" if letter.text.isascii() else "utf-8"
    pairs = [
        ("From", _people([letter.sender], "utf-8")),
        ("Mime-Version", "1.0 (1.0)"),
        ("Date", format_datetime(letter.date)),
        ("Subject", wire.words(letter.subject_line)),
        ("Message-Id", letter.message_id),
        *_threading(letter),
        ("To", _people(letter.to, "utf-8")),
    ]
    if letter.cc:
        pairs.append(("Cc", _people(letter.cc, "utf-8")))
    pairs.append(("X-Mailer", rng.choice(_PHONES)))
    body = wire.text_part(letter.text, "plain", charset, encoding)
    if letter.sensitivity:
        pairs.append(("Sensitivity", letter.sensitivity))
    return pairs, _with_files(letter, body, f"Apple-Mail-{rng.getrandbits(120):030X}")


def _short_lines(text: str) -> bool:
    return all(len(line) <= 900 for line in text.split("\n"))


def _thunderbird(letter: Letter, rng: random.Random) -> tuple[list[Header], Part]:
    pairs = [
        ("Message-ID", letter.message_id),
        ("Date", format_datetime(letter.date)),
        ("MIME-Version", "1.0"),
        ("User-Agent", rng.choice(_THUNDERBIRDS)),
        ("Subject", wire.words(letter.subject_line, form="Q")),
        ("To", _people(letter.to, "utf-8")),
    ]
    if letter.cc:
        pairs.append(("Cc", _people(letter.cc, "utf-8")))
    pairs += [*_threading(letter), ("Content-Language", "en-GB"), ("From", _people([letter.sender], "utf-8"))]
    if letter.sensitivity:
        pairs.append(("Sensitivity", letter.sensitivity))
    text = "\n".join(_flowed(line) for line in letter.text.split("\n"))
    body = wire.text_part(text, "plain", "UTF-8", "7bit" if text.isascii() else "8bit", "; format=flowed")
    return pairs, _with_files(letter, body, f"------------{rng.getrandbits(96):024x}")


def _flowed(line: str) -> str:
    """RFC 3676 4.2: soft breaks end in a space; quoted lines stay as they are."""
    if line.startswith(">") or len(line) <= 72:
        return line
    lines, rest = [], line
    while len(rest) > 72 and (at := rest.rfind(" ", 0, 72)) > 0:
        lines.append(rest[: at + 1])
        rest = rest[at + 1 :]
    return "\n".join([*lines, rest])


def _webmail(letter: Letter, rng: random.Random) -> tuple[list[Header], Part]:
    pairs = [
        ("MIME-Version", "1.0"),
        *_threading(letter),
        ("From", _people([letter.sender], "utf-8")),
        ("Date", format_datetime(letter.date)),
        ("Message-ID", letter.message_id),
        ("Subject", wire.words(letter.subject_line, "UTF-8", "B" if rng.random() < 0.3 else "Q")),
        ("To", _people(letter.to, "utf-8", quote=True)),
    ]
    if letter.cc:
        pairs.append(("Cc", _people(letter.cc, "utf-8")))
    encoding = "7bit" if letter.text.isascii() and _short_lines(letter.text) else "quoted-printable"
    own = (
        escape(letter.own, quote=False).replace("\n\n", "</div><div><br></div><div>").replace("\n", "<br>\n")
    )
    page = f'<div dir="ltr"><div>{own}</div></div>'
    if letter.answers is not None:
        earlier = letter.answers
        quoted = escape(earlier.text, quote=False).replace("\n", "<br>\n")
        page += (
            '<br><div class="quote"><div dir="ltr" class="attribution">'
            f'{escape(earlier.sender.name)} &lt;<a href="mailto:{earlier.sender.address}">'
            f"{earlier.sender.address}</a>&gt; wrote:<br></div>"
            '<blockquote style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">'
            f"{quoted}</blockquote></div>"
        )
    body = wire.multipart(
        "alternative",
        f"000000000000{rng.getrandbits(64):016x}",
        (
            wire.text_part(letter.text, "plain", "UTF-8", encoding),
            wire.text_part(page + "\n", "html", "UTF-8", "quoted-printable"),
        ),
    )
    return pairs, _with_files(letter, body, f"000000000000{rng.getrandbits(64):016x}")


def _tickets(letter: Letter, rng: random.Random) -> tuple[list[Header], Part]:
    del rng
    pairs = [
        ("Date", format_datetime(letter.date)),
        ("From", _people([letter.sender], "utf-8")),
        ("Reply-To", letter.sender.address),
        ("To", _people(letter.to, "utf-8")),
        ("Message-ID", letter.message_id),
        *_threading(letter),
        ("Subject", wire.words(letter.subject, form="B")),
        ("Mime-Version", "1.0"),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
        ("X-Mailer", "Signpost Desk 9.4"),
        ("Precedence", "bulk"),
    ]
    above = "##- Please type your reply above this line -##\n\n"
    rows = "".join(f"<p>{escape(text).replace(chr(10), '<br/>')}</p>" for text in letter.own.split("\n\n"))
    page = (
        '<!DOCTYPE html><html><body style="font-family:Arial,sans-serif"><div style="color:#b5b5b5">'
        f'##- Please type your reply above this line -##</div><table role="presentation"><tr><td>{rows}</td></tr>'
        "</table></body></html>\n"
    )
    body = wire.multipart(
        "alternative",
        f"--==_mimepart_{letter.seed[:24]}",
        (
            wire.text_part(above + letter.own, "plain", "utf-8", "quoted-printable"),
            wire.text_part(page, "html", "utf-8", "base64"),
        ),
    )
    return pairs, body


def _automatic(letter: Letter, rng: random.Random) -> tuple[list[Header], Part]:
    pairs = [
        ("From", _people([letter.sender], "utf-8")),
        ("To", ", ".join(each.address for each in letter.to)),
        ("Subject", wire.words(letter.subject_line)),
        ("Date", format_datetime(letter.date)),
        ("Message-ID", letter.message_id),
        *_threading(letter),
        ("Auto-Submitted", "auto-replied" if letter.answers else "auto-generated"),
        ("MIME-Version", "1.0"),
    ]
    body = wire.text_part(letter.own, "plain", "utf-8", "7bit" if letter.own.isascii() else "8bit")
    return pairs, _with_files(letter, body, f"=-{rng.getrandbits(80):020x}")


def _with_files(letter: Letter, body: Part, boundary: str, *, old_names: bool = False) -> Part:
    if not letter.attachments:
        return body
    parts = [
        wire.file_part(each.name, each.kind, each.data, old_names=old_names) for each in letter.attachments
    ]
    return wire.multipart("mixed", boundary, (body, *parts))
