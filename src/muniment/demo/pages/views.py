"""The tour: what to do, as whom, and what one should then see; a mail to send, a byte to damage."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from muniment.core.errors import NotAvailableError
from muniment.demo import card as cards
from muniment.demo import damaging, sending
from muniment.demo import tour as tours
from muniment.demo.calls import arriving
from muniment.demo.card import DemoCard
from muniment.demo.pages.forms import MailForm
from muniment.demo.tour import Step
from muniment.people.services import organisation_view
from muniment.vault.verify import Report, verify
from muniment.web.gates import TOUR
from muniment.web.requests import recognise

type DemoPage[**P] = Callable[Concatenate[HttpRequest, DemoCard, P], HttpResponse]
type Page[**P] = Callable[Concatenate[HttpRequest, P], HttpResponse]

FIRST_WRITTEN_TO: Final = "employee"


def demo_only[**P](view: DemoPage[P]) -> Page[P]:
    """A page that only the home of a demo has."""

    @wraps(view)
    def answer(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            card = cards.read(settings.HOME)
        except NotAvailableError as error:
            raise Http404 from error
        return view(request, card, *args, **kwargs)

    return cast("Page[P]", answer)


@require_safe
@demo_only
def tour(request: HttpRequest, card: DemoCard) -> HttpResponse:
    """What Muniment is for, in a minute, and the steps."""
    steps = [(step, _persona_name(card, step), step.number in _progress(request)) for step in tours.STEPS]
    left = [step for step, _, made in steps if not made]
    context = {
        "steps": steps,
        "following": left[0] if left else None,
        "made": len(steps) - len(left),
        "firm": organisation_view(card.organisations[0].organisation).name,
        "arriving": arriving.calls_left(card),
    }
    return render(request, "tour/tour.html", context)


@require_safe
@demo_only
def step(request: HttpRequest, card: DemoCard, number: int) -> HttpResponse:
    """One step: who, where, what to do, what to see."""
    found = _step(number)
    numbers = [one.number for one in tours.STEPS]
    place = numbers.index(number)
    known = recognise(request)
    persona = card.persona(found.who) if found.who else None
    context = {
        "step": found,
        "place": place + 1,
        "of": len(numbers),
        "persona": persona,
        "there": bool(known and persona and known.person.id == persona.person),
        "address": tours.path(found, card),
        "arriving": bool(found.waits_for) and found.waits_for not in card.examples,
        "before": numbers[place - 1] if place else None,
        "after": numbers[place + 1] if place + 1 < len(numbers) else None,
        "made": number in _progress(request),
        "damaged": (settings.HOME.path / damaging.NOTE).exists(),
    }
    return render(request, "tour/step.html", context)


@require_POST
@demo_only
def done(request: HttpRequest, _card: DemoCard, number: int) -> HttpResponse:
    """Remember that a step is made, and go to the next."""
    _step(number)
    request.session[TOUR] = sorted({*_progress(request), number})
    following = [one.number for one in tours.STEPS if one.number > number]
    return redirect("tour_step", following[0]) if following else redirect("tour")


@require_http_methods(["GET", "HEAD", "POST"])
@demo_only
def mail(request: HttpRequest, card: DemoCard) -> HttpResponse:
    """Send a mail to the firm's journal, as its mail server would, and say what became of it."""
    home_firm = card.organisations[0].organisation
    people = [one for one in card.personas if one.organisation == home_firm]
    people.sort(key=lambda one: one.key != FIRST_WRITTEN_TO)
    form = MailForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        sent = sending.send(
            settings.HOME,
            sender=given["sender"],
            to=given["to"],
            subject=given["subject"],
            text=given["text"],
        )
        reader = next(one for one in people if one.email == given["to"])
        return render(request, "tour/sent.html", {"sent": sent, "reader": reader})
    return render(request, "tour/mail.html", {"form": form, "firm": card.organisations[0].name})


@require_POST
@demo_only
def damage(_request: HttpRequest, _card: DemoCard) -> HttpResponse:
    """Change one byte of one record on the disk, and check at once."""
    damaging.damage(settings.HOME)
    return redirect("tour_check")


@require_POST
@demo_only
def undo(_request: HttpRequest, _card: DemoCard) -> HttpResponse:
    """Put the byte back, and check at once."""
    damaging.undo(settings.HOME)
    return redirect("tour_check")


@require_safe
@demo_only
def check(request: HttpRequest, card: DemoCard) -> HttpResponse:
    """What a check of the firm's locked records finds now."""
    organisation = card.organisations[0]
    report: Report = verify(settings.HOME.vault(organisation.organisation), organisation.organisation)
    context = {
        "report": report,
        "firm": organisation.name,
        "damaged": (settings.HOME.path / damaging.NOTE).exists(),
    }
    return render(request, "tour/check.html", context)


def _step(number: int) -> Step:
    for one in tours.STEPS:
        if one.number == number:
            return one
    raise Http404


def _persona_name(card: DemoCard, one: Step) -> str:
    return card.persona(one.who).name if one.who else ""


def _progress(request: HttpRequest) -> set[int]:
    found = request.session.get(TOUR, [])
    return {number for number in found if isinstance(number, int)}
