"""Changes of the authority register: see what is proposed, and sign it as one of two authorities."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from muniment.people import services
from muniment.people.powers import in_words
from muniment.people.views import RegisterChangeView
from muniment.vault.authority.statements import RegisterChange, read
from muniment.web import signing
from muniment.web.access import person_page, refuse
from muniment.web.desk import desk, may_register
from muniment.web.requests import PersonRequest


@require_safe
@person_page
def register_changes(request: PersonRequest) -> HttpResponse:
    """Proposed changes: all for an authority, one's own for everybody else."""
    person = request.person
    authority = may_register(person.organisation, person.id)
    about = "" if authority else person.id
    context = {
        "changes": services.register_changes(person.organisation, about=about),
        "authority": authority,
        "acts": services.joint_acts(desk(), person.organisation) if authority else (),
    }
    return render(request, "register/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def register_change(request: PersonRequest, number: int) -> HttpResponse:
    """One change in plain words, and its signing."""
    person = request.person
    change = _find(request, number)
    if not may_register(person.organisation, person.id):
        refuse(request)
    if request.method == "POST":
        signed = signing.received(request, use=f"register:{number}")
        done = services.sign_change(desk(), person.organisation, number, signed)
        return render(request, "register/signed.html", {"change": done})
    context: dict[str, Any] = {"change": change, "signing": None}
    if person.id not in change.signed_by:
        context["signing"] = signing.offer(
            request,
            change.statement,
            use=f"register:{number}",
            action="Sign this change",
            words=_words(change),
        )
    return render(request, "register/change.html", context)


@require_POST
@person_page
def withdraw_change(request: PersonRequest, number: int) -> HttpResponse:
    """Take back a change that I proposed, or turn one down as an authority."""
    change, person = _find(request, number), request.person
    services.withdraw_change(desk(), person.organisation, number, by=person.id)
    return redirect("signing_keys" if change.proposed_by == person.id else "register_changes")


def _find(request: PersonRequest, number: int) -> RegisterChangeView:
    for change in services.register_changes(request.person.organisation):
        if change.id == number:
            return change
    raise Http404


def _words(change: RegisterChangeView) -> list[tuple[str, str]]:
    text = read(RegisterChange, change.statement)
    words = [("Change", change.summary), ("About", change.about_name)]
    for key in text.add:
        kind = "a passkey" if key.kind == "passkey" else "a key in a file"
        words.append(("New key", f"{key.key}, {kind}"))
        words.append(("It may", in_words(key.powers)))
    words.extend(("Removed key", key) for key in text.remove)
    words.append(("Change number", str(text.serial)))
    return words
