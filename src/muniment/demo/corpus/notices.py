"""What machines and marketing send: alerts, reports, parcels, newsletters."""

import random
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from html import escape

from muniment.demo.corpus import files, wire
from muniment.demo.corpus.correspondents import Client, Correspondent, Firm
from muniment.demo.corpus.letters import Attached, Letter
from muniment.demo.corpus.world import World

_MONITOR = Correspondent(
    "Lookout",
    "lookout@monitor.wethercote.example",
    Firm("", "monitor.wethercote.example"),
    client=Client.AUTOMATIC,
)
_BACKUP = Correspondent(
    "Backup reports",
    "reports@backup.wethercote.example",
    Firm("", "backup.wethercote.example"),
    client=Client.AUTOMATIC,
)
_COURIER = Correspondent(
    "Parcelwing",
    "tracking@parcelwing.example",
    Firm("Parcelwing", "parcelwing.example"),
    client=Client.AUTOMATIC,
)
_COPIER = Correspondent(
    "Copier", "copier@wethercote.example", Firm("", "wethercote.example"), client=Client.AUTOMATIC
)
_HOSTS = (
    "wth-02",
    "wth-04",
    "wth-07",
    "kestrel-dc1",
    "saltings-nas",
    "fenland-fw",
    "stosyths-srv",
    "mlb-pos2",
)


def alert(world: World, moment: datetime, rng: random.Random) -> Letter:
    """The monitoring system says that something is wrong, or right again."""
    host, state = rng.choice(_HOSTS), rng.choice(("WARNING", "CRITICAL", "OK", "OK", "UNKNOWN"))
    check, value = rng.choice(
        (
            ("disk /var", f"{rng.randint(3, 19)} % free ({rng.randint(2, 60)} GiB)"),
            ("load", f"{rng.uniform(0.2, 31):.2f}, {rng.uniform(0.2, 20):.2f}, {rng.uniform(0.2, 12):.2f}"),
            ("ping", f"rta {rng.uniform(2, 480):.1f} ms, lost {rng.choice((0, 0, 20, 60, 100))} %"),
            ("certificate", f"{rng.randint(1, 29)} days left"),
            ("backup age", f"{rng.randint(25, 90)} hours"),
            ("temperature", f"{rng.randint(24, 41)} degrees at the inlet"),
        )
    )
    text = (
        f"{state}: {check} on {host}\n\nValue: {value}\nSince: {moment:%d.%m.%Y %H:%M:%S}\n"
        f"Attempt {rng.randint(1, 5)}/5\nAcknowledge: https://lookout.wethercote.example/a/{rng.randrange(10**7)}"
    )
    to = rng.choice(world.group("infrastructure"))
    return Letter(_MONITOR, (to,), f"{state}: {host} {check}", text, moment)


def backup_report(world: World, moment: datetime, rng: random.Random) -> Letter:
    """The night's backups as a table."""
    rows: list[list[str | float]] = [["Customer", "Size GiB", "Minutes", "Result"]]
    for name in rng.sample(
        ("Kestrel", "Saltings", "Fenland", "St Osyth's", "Larkrise", "Hollins", "Orrin"), 5
    ):
        result = rng.choice(("ok", "ok", "ok", "ok", "warning", "failed"))
        rows.append([name, round(rng.uniform(0.4, 220), 1), rng.randint(2, 190), result])
    failed = sum(row[3] == "failed" for row in rows)
    text = "\n".join("  ".join(str(cell).ljust(12) for cell in row).rstrip() for row in rows)
    attached = Attached(f"backup-{moment:%Y%m%d}.csv", files.KINDS["csv"], files.csv(rows))
    subject = f"Backups {moment:%d %B}: {failed} failed" if failed else f"Backups {moment:%d %B}: all ran"
    to = rng.choice(world.group("infrastructure"))
    return Letter(_BACKUP, (to,), subject, text, moment, attachments=(attached,))


def parcel(world: World, moment: datetime, rng: random.Random) -> Letter:
    """A courier on its way."""
    number = f"PW{rng.randrange(10**9):09d}GB"
    hour = rng.randint(8, 16)
    text = rng.choice(
        (
            (
                f"Your parcel {number} from Anvil Distribution is out with our driver Colin.\n\n"
                f"Expect it between {hour}:10 and {hour + 1}:10. If you are out we leave it with a neighbour at number 9."
            ),
            (
                f"We called at {hour}:42 with parcel {number} and could not get an answer.\n\n"
                "A card has been left. We try again on the next working day, or collect it from Unit 3."
            ),
            f"Parcel {number} was delivered at {hour}:05 and signed for by S PRYCE.\n\nHow did we do?",
        )
    )
    return Letter(_COURIER, (rng.choice(world.group("staff")),), f"Parcel {number}", text, moment)


def scan(world: World, moment: datetime, rng: random.Random) -> Letter:
    """The copier sends what was laid on its glass."""
    pages = rng.randint(1, 9)
    lines = [
        f"SCAN {moment:%d/%m/%Y %H:%M}",
        f"Pages: {pages}",
        "",
        *(f"(page {n})" for n in range(1, pages + 1)),
    ]
    attached = Attached(f"SCN_{moment:%Y%m%d%H%M%S}.pdf", files.KINDS["pdf"], files.pdf(lines))
    text = f"Device: Corona 5500\nLocation: first floor\nResolution: 300 dpi\nPages: {pages}\n"
    return Letter(
        _COPIER,
        (rng.choice(world.group("staff")),),
        "Scanned from the copier",
        text,
        moment,
        attachments=(attached,),
    )


_NEWSLETTERS = (
    ("Anvil Channel News", "news@mailer.anvildistribution.example", (
        "Screens: who has them and who says they have", "Our returns desk has moved, and so has Dev",
        "Price changes on the 1st: what goes up, and the one thing that goes down",
        "Five questions to ask before you sell anybody a docking station",
    )),
    ("Skylark Partner Bulletin", "bulletin@skylarktelecom.example", (
        "The copper switch-off, town by town", "Porting: the ten reasons why orders are rejected",
        "Winter weather and overhead lines", "A new face on the provisioning desk",
    )),
    ("Wisbourne Chamber of Commerce", "hello@wisbournechamber.example", (
        "Breakfast with the new harbour master", "Ferry Lane shut for three weeks",
        "Grants for small firms close on Friday", "The Christmas lights need a sponsor (and a ladder)",
    )),
    ("The Ferryboat Inn", "quiz@ferryboatinn.example", (
        "Quiz results: the Packets of Three win again", "Steak night returns", "Skittles alley reopens",
    )),
    ("Paper & Post Supplies", "offers@paperandpost.example", (
        "Envelopes by the thousand", "Three for two on lever arch files", "You left something in your basket",
    )),
)  # fmt: skip
_PARAGRAPHS = (
    "We asked our members what keeps them up at night, and after the baby and the cat it was the price of power.",
    "If you have been meaning to get round to it, this is the month, because the rate is fixed until the thirtieth.",
    "Our thanks to everybody who wrote in about the last issue, including the gentleman who found eleven misprints.",
    "There are still a few places left. Bring a colleague, or somebody you would like to turn into one.",
    "The short version is that nothing changes for existing orders, and the long version is on our website.",
    "Stock is moving again. We would not yet call it plentiful, but you can ask without our laughing.",
    "Parking is behind the church. Please leave the spaces by the door to those who need them.",
    "Spare a thought for the warehouse team, who moved nine hundred pallets in a weekend and lost only one.",
    "As ever the small print is small; the large print is that you can change your mind for fourteen days.",
)


def newsletter(world: World, moment: datetime, rng: random.Random) -> tuple[Letter, bytes]:
    """Marketing, in HTML with a plain text beside it; the bytes are made here, as no person's client would."""
    title, address, headlines = rng.choice(_NEWSLETTERS)
    chosen = rng.sample(headlines, min(len(headlines), 3))
    paragraphs = rng.sample(_PARAGRAPHS, len(chosen))
    host = address.partition("@")[2]
    sender = Correspondent(title, address, Firm(title, host), client=Client.AUTOMATIC)
    reader = rng.choice(world.group("staff") + world.group("trust_staff"))
    subject = rng.choice((chosen[0], f"{title}: {chosen[0]}", f"{title}, {moment:%B %Y}"))
    text = "\n\n".join(f"{head}\n{body}" for head, body in zip(chosen, paragraphs, strict=True))
    key = f"{rng.getrandbits(64):016x}"
    text += f"\n\nNo longer wanted? https://{host}/leave/{key}"
    letter = Letter(sender, (reader,), subject, text, moment)
    return letter, _newsletter_bytes(letter, title, chosen, paragraphs, key)


def _newsletter_bytes(letter: Letter, title: str, heads: list[str], paragraphs: list[str], key: str) -> bytes:
    host = letter.sender.firm.domain
    rows = "".join(
        f'<tr><td style="padding:12px 24px"><h2 style="font:bold 18px Georgia">{escape(head)}</h2>'
        f'<p style="font:14px/20px Arial;color:#333333">{escape(body)}</p>'
        f'<a href="https://{host}/read/{key}?n={number}">Read on</a></td></tr>\n'
        for number, (head, body) in enumerate(zip(heads, paragraphs, strict=True))
    )
    page = (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><style>@media (max-width:600px)'
        "{.w{width:100%!important}}</style></head>\n"
        f'<body style="margin:0;background:#f3f1ec"><table class="w" width="600" align="center" role="presentation">\n'
        f'<tr><td style="padding:24px;font:bold 26px Georgia">{escape(title)}</td></tr>\n{rows}'
        f'<tr><td style="padding:24px;font:11px Arial;color:#888888">You have this because you asked for it. '
        f'<a href="https://{host}/leave/{key}">Leave the list</a></td></tr></table>'
        f'<img src="https://{host}/open/{key}.gif" width="1" height="1" alt=""></body></html>\n'
    )
    body = wire.multipart(
        "alternative",
        f"_----------={key}",
        (
            wire.text_part(letter.own, "plain", "utf-8", "quoted-printable"),
            wire.text_part(page, "html", "utf-8", "quoted-printable"),
        ),
    )
    pairs = [
        ("Return-Path", f"<bounce-{key}@{host}>"),
        ("Date", format_datetime(letter.date)),
        ("From", wire.mailbox(title, letter.sender.address)),
        ("To", letter.to[0].address),
        ("Subject", wire.words(letter.subject, form="B" if int(key, 16) % 2 else "Q")),
        ("Message-ID", f"<{key}@{host}>"),
        ("List-Unsubscribe", f"<https://{host}/leave/{key}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("Precedence", "bulk"),
        ("MIME-Version", "1.0"),
    ]
    return wire.headers(pairs) + bytes(body)


NOTICES: tuple[Callable[[World, datetime, random.Random], Letter], ...] = (alert, backup_report, parcel, scan)
"""What machines send, by kind."""
