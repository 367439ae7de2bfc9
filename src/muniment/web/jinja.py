"""The Jinja2 environment: what a template may call, and how times and numbers are written."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from muniment.core import lines as telephone
from muniment.core.call_facts import StaffEvidence
from muniment.core.errors import NotAvailableError
from muniment.core.line_settings import MANNERS
from muniment.governance.heard_notices import HeardNotice
from muniment.governance.words import acts, deeds, things
from muniment.people.powers import in_words
from muniment.people.roles import Role
from muniment.readers.calls import length_in_words
from muniment.vault.authority.register import Power
from muniment.web.act_words import act_words, attempt_words
from muniment.web.forms.announcements import LANGUAGES
from muniment.web.questions import span

_BROWSERS: Final = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)
KILO: Final = 1024
TEN: Final = 10
BUILT: Final = Path(__file__).parent / "static" / "built"


def environment(**options: object) -> Environment:
    """Django's hook: the environment for all pages. A name that is missing is an error, not a blank."""
    made = Environment(  # noqa: S701  autoescape is on: it stands in the options below
        **{**options, "autoescape": True, "undefined": StrictUndefined},  # type: ignore[arg-type]
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
    )
    made.globals.update(url=url, asset=asset)
    made.filters.update(
        {
            "act": act_words,
            "acts": acts,
            "deeds": deeds,
            "telephone_lines": lambda lines: things(0, lines),
            "attempt": attempt_words,
            "browser": browser,
            "count": count,
            "day": day,
            "day_of": day_of,
            "json_script": json_script,
            "language": language,
            "likeness": likeness,
            "lines": lines,
            "address": telephone.words,
            "duration": length_in_words,
            "moment": moment,
            "powers": powers,
            "qr": qr,
            "roles": roles,
            "size": size,
            "span": span,
            "staff_told": staff_told,
            "zone": zone,
        }
    )
    return made


def url(name: str, *args: object, **kwargs: object) -> str:
    """The address of a page, by its name in `urls`."""
    return reverse(name, args=args or None, kwargs=kwargs or None)


def asset(name: str) -> str:
    """The address of a built style sheet, script or icon, with the hash of its content in it."""
    return f"{settings.STATIC_URL}{_manifest()[name]}"


def day(value: date | datetime) -> str:
    """A date as people in the UK write it: 3 March 2026."""
    local = timezone.localtime(value) if isinstance(value, datetime) else value
    return f"{local.day} {local:%B %Y}"


def moment(value: datetime | int) -> str:
    """A moment in the organisation's zone, with the zone: 3 March 2026 at 14:05 GMT."""
    aware = datetime.fromtimestamp(value, ZoneInfo("UTC")) if isinstance(value, int) else value
    local = timezone.localtime(aware)
    return f"{day(local)} at {local:%H:%M} {local:%Z}"


def day_of(seconds: int) -> str:
    """The date of a moment in seconds since 1970, in the organisation's zone."""
    return day(datetime.fromtimestamp(seconds, ZoneInfo("UTC")))


def size(octets: int) -> str:
    """A number of octets as people write it: 512 bytes, 3.4 KB, 12 MB."""
    if octets < KILO:
        return f"{octets:,} bytes"
    value, unit = (octets / KILO, "KB") if octets < KILO * KILO else (octets / KILO / KILO, "MB")
    return f"{value:.1f} {unit}" if value < TEN else f"{value:,.0f} {unit}"


def zone(_value: object = None) -> str:
    """The name of the zone in which times are shown."""
    return timezone.get_current_timezone_name()


def count(value: int) -> str:
    """A whole number with thousands separated: 12,345."""
    return f"{value:,}"


def json_script(value: object) -> Markup:
    """JSON that is safe inside a `<script type="application/json">`: no character can end the element."""
    text = msgspec.json.encode(value).decode()
    for letter in "<>&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(text)  # noqa: S704  just escaped for its place


def lines(text: str) -> Markup:
    """Plain text as paragraphs: a blank line parts them."""
    parts = (escape(part) for part in text.replace("\r\n", "\n").split("\n\n") if part.strip())
    return Markup("").join(Markup('<p class="govuk-body">{}</p>').format(part) for part in parts)


def roles(held: Iterable[Role]) -> str:
    """Roles as a page writes them: Director, HR."""
    return ", ".join(sorted(role.label for role in held)) or "None"


def language(code: str) -> str:
    """A language as people call it, as it stands where we have no name for it: Welsh for cy."""
    return dict(LANGUAGES).get(code, code)


def likeness(heard: HeardNotice) -> str:
    """How surely a notice was heard in calls: 0.97, or 0.73 to 1.00."""
    least, most = f"{heard.least:.2f}", f"{heard.most:.2f}"
    return least if least == most else f"{least} to {most}"


def staff_told(evidence: StaffEvidence | msgspec.UnsetType) -> str:
    """How whoever spoke for us in a call knew that it is recorded or listened to, and what proves it."""
    if evidence is msgspec.UNSET or not evidence.manners:
        return "Nothing is set on this line that tells them"
    said = ". ".join(MANNERS.get(each, each) for each in evidence.manners)  # type: ignore[call-overload]
    if evidence.tones < 0:
        return said
    times = "time" if evidence.tones == 1 else "times"
    return f"{said}. The tone is heard {count(evidence.tones)} {times} in the first minute and a half"


def powers(held: Iterable[Power]) -> str:
    """What a signing key may do, in words."""
    return in_words(held)


def qr(svg: str) -> Markup:
    """The picture that our own QR library drew, without the line that makes it a file of its own."""
    return Markup(svg.partition("?>")[2] or svg)  # noqa: S704  made by our library, not by a person


def browser(agent: str) -> str:
    """Which browser on which system, from what it calls itself."""
    name = next((words for sign, words in _BROWSERS if sign in agent), "Another browser")
    system = next((words for sign, words in _SYSTEMS if sign in agent), "")
    return f"{name} on {system}" if system else name


@cache
def _manifest() -> dict[str, str]:
    try:
        found = msgspec.json.decode((BUILT / "manifest.json").read_bytes(), type=dict[str, str])
    except OSError as error:
        raise NotAvailableError(
            "The pages' style sheet and script have not been built.",
            remedy="Run make assets, then start again.",
        ) from error
    return found
