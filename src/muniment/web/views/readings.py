"""An opened mail: as it looked in its own sandbox, its text, its headers, its attachments."""

import base64
import hashlib
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from muniment.core.errors import WrongUseError
from muniment.core.notice_reasons import REASONS
from muniment.governance import announcements, notice_reasons
from muniment.governance.authorisation import AbsentError
from muniment.release import files, opening, vcon
from muniment.release.downloads import download
from muniment.release.sound.listening import HEARING
from muniment.release.views import MailPage
from muniment.web import open_readings
from muniment.web.access import person_page
from muniment.web.desk import desk
from muniment.web.mail_headers import explained
from muniment.web.requests import PersonRequest

# The only style in the frame is ours; the mail's own was taken out. Its hash stands in the policy.
STYLE: Final = (
    "body{font:1rem/1.5 system-ui,sans-serif;color:#0b0c0c;background:#fff;margin:12px;overflow-wrap:anywhere}"
    "table{border-collapse:collapse}td,th{padding:2px 6px;vertical-align:top}"
    "blockquote{margin:0 0 0 8px;padding-left:12px;border-left:3px solid #b1b4b6}"
    "a{text-decoration:underline dotted}pre{white-space:pre-wrap}"
)
_HASH: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
SANDBOX: Final = f"sandbox; default-src 'none'; style-src 'sha256-{_HASH}'; frame-ancestors 'self'"
"""Nothing in the frame runs, loads, submits or leads anywhere, even if cleaning had missed something."""


@require_safe
@person_page
def reading(request: PersonRequest, token: str) -> HttpResponse:
    """The opened record. Once its half hour is over the interruption page asks again."""
    try:
        page = opening.read_again(desk(), request.person, token)
    except AbsentError:
        if again := open_again(request, token):
            return again
        raise
    if page.call and page.action in HEARING:
        return redirect("listening", token)
    context = {
        "page": page,
        "mail": page.mail,
        "headers": explained(page.mail.headers),
        "provenance": provenance(page.captured),
        "watermarks": range(24),
        **(notice_context(request, page) if page.call else {}),
    }
    return render(request, "readings/call.html" if page.call else "readings/mail.html", context)


def open_again(request: PersonRequest, token: str) -> HttpResponse | None:
    """To the page that opens the record of this token anew; None if no opening of the person had it."""
    ended = opening.ended(request.person, token)
    if ended is None:
        return None
    open_readings.forget(request, ended.grant, ended.record, ended.action)
    address = reverse("open_granted", args=[ended.grant, ended.record])
    return redirect(f"{address}?{urlencode({'action': ended.action})}")


@require_safe
@xframe_options_sameorigin
@person_page
def reading_html(request: PersonRequest, token: str) -> HttpResponse:
    """The mail as it looked, without anything that loads or runs, for the sandboxed frame only."""
    body = files.html(desk(), request.person, token)
    response = render(request, "readings/frame.html", {"body": body, "style": STYLE})
    response["Content-Security-Policy"] = SANDBOX
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
@person_page
def reading_original(request: PersonRequest, token: str) -> HttpResponseBase:
    """The mail exactly as captured, under a grant to take copies."""
    return download(files.original(desk(), request.person, token))


@require_safe
@person_page
def reading_vcon(request: PersonRequest, token: str) -> HttpResponseBase:
    """An opened call as a vCon with its sound inside, under a grant to take copies."""
    return download(vcon.exported(desk(), request.person, token))


@require_safe
@person_page
def reading_attachment(request: PersonRequest, token: str, part: str) -> HttpResponseBase:
    """One attachment, under a grant to take copies."""
    return download(files.attachment(desk(), request.person, token, part))


@require_POST
@person_page
def give_notice_reason(request: PersonRequest, token: str) -> HttpResponse:
    """Say why this call carries no recording notice, while one has it open."""
    page = opening.read_again(desk(), request.person, token)
    if not page.call or page.call.facts.notice.state == "played":
        raise WrongUseError("There is no notice missing here.")
    code, remark = request.POST.get("code", ""), request.POST.get("remark", "")
    given = notice_reasons.give(desk(), request.person, page.record, code, remark)
    messages.success(request, f"The reason is in the proof log as number {given.ledger_sequence:,}.")
    return redirect("reading", token)


def notice_context(request: PersonRequest, page: MailPage) -> dict[str, object]:
    """What the page of a call shows of its notice: the announcement, the reason, the codes to choose from."""
    call = page.call
    organisation = request.person.organisation
    return {
        "announcement": announcements.named(organisation, call.facts.notice) if call else None,
        "given": notice_reasons.of_record(organisation, page.record),
        "notice_codes": REASONS,
    }


def provenance(captured: dict[str, object]) -> dict[str, object]:
    """How it came here, as its capture statement says; an absent part is empty."""
    envelope = captured.get("envelope")
    replaced = captured.get("replaces")
    sent = envelope if isinstance(envelope, dict) else {}
    return {
        "received": captured.get("received", 0),
        "source": captured.get("source", ""),
        "client": captured.get("client", ""),
        "transport": captured.get("transport", ""),
        "form": captured.get("form", ""),
        "origin": captured.get("origin", ""),
        "sha256": captured.get("sha256", ""),
        "replaces": replaced.get("record", "") if isinstance(replaced, dict) else "",
        "kept": isinstance(replaced, dict) and "kept" in replaced,
        "from": sent.get("from", ""),
        "to": list(sent.get("to", [])),
    }
