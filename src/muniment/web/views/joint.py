"""Acts that two authorities sign together: what exactly is signed, and signing it; with the second the keeper does it."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from muniment.people import services
from muniment.people.views import JointActView
from muniment.vault.authority.statements import LedgerRotation, read
from muniment.web import signing
from muniment.web.access import person_page, refuse
from muniment.web.desk import desk, may_register
from muniment.web.requests import PersonRequest


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def joint_act(request: PersonRequest, number: int) -> HttpResponse:
    """One act in plain words, and its signing."""
    act, person = _find(request, number), request.person
    if request.method == "POST":
        signed = signing.received(request, use=f"joint:{number}")
        done = services.sign_joint_act(desk(), person.organisation, number, signed)
        return render(request, "joint/signed.html", {"act": done})
    context: dict[str, Any] = {"act": act, "signing": None}
    if person.id not in act.signed_by:
        context["signing"] = signing.offer(
            request, act.statement, use=f"joint:{number}", action="Sign this", words=_words(act)
        )
    return render(request, "joint/act.html", context)


@require_POST
@person_page
def turn_down_joint_act(request: PersonRequest, number: int) -> HttpResponse:
    """Put an act away that should not be: one authority is enough for that."""
    _find(request, number)
    services.turn_down_joint_act(request.person.organisation, number)
    return redirect("register_changes")


def _find(request: PersonRequest, number: int) -> JointActView:
    """The act, for an authority of its organisation; a refused attempt stands in the ledger."""
    person = request.person
    found = next((one for one in services.joint_acts(desk(), person.organisation) if one.id == number), None)
    if found is None:
        raise Http404
    if not may_register(person.organisation, person.id):
        refuse(request)
    return found


def _words(act: JointActView) -> list[tuple[str, str]]:
    said = read(LedgerRotation, act.statement)
    return [
        ("Act", act.title),
        ("What happens", "The present key is destroyed and signs nothing more. What is held stays as it is."),
        ("The ledger goes on", f"in its part {said.shard}, with the new key"),
        ("Reason", said.reason or "None was given."),
        ("SHA-256 of the text", act.digest),
    ]
