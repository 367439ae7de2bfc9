"""A new request: what kind, one question a page, check, sign and send. It is saved as it goes."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from muniment.core.errors import RefusedError, WrongUseError
from muniment.governance import drafts, outlook, submission
from muniment.governance.authorisation import AbsentError
from muniment.governance.outlook import Outlook
from muniment.governance.views import DraftView
from muniment.web import questions, shown, signing
from muniment.web.access import person_page, refuse
from muniment.web.desk import desk
from muniment.web.forms.questions import form_for
from muniment.web.requests import PersonRequest

CHECK = "check"


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def new_request(request: PersonRequest) -> HttpResponse:
    """What kind of request; whoever may make none is refused."""
    kinds = drafts.askable(request.person)
    if not kinds:
        refuse(request)
    error = ""
    if request.method == "POST":
        wanted = request.POST.get("category", "")
        if any(row.request_class == wanted for row in kinds):
            begun = drafts.begin(request.person, wanted, case=request.POST.get("case", ""))
            return redirect("draft_question", begun.id, questions.QUESTIONS[0].name)
        error = "Choose what kind of request it is"
    context = {"kinds": kinds, "error": error, "case": request.GET.get("case", "")}
    return render(request, "requests/new.html", context)


@require_safe
@person_page
def draft(request: PersonRequest, draft: str) -> HttpResponse:
    """All answers on one page, to check or to go on; a draft that was sent leads to its request."""
    try:
        written = drafts.one(request.person, draft)
    except AbsentError:
        return redirect("request", draft)
    return _check(request, written)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def draft_question(request: PersonRequest, draft: str, name: str) -> HttpResponse:
    """One question. “Save and come back later” keeps also what is not complete."""
    person = request.person
    written = drafts.one(person, draft)
    actions = outlook.outlook(person, draft).actions
    question = questions.question_named(name, actions)
    if question is None:
        raise Http404
    form = form_for(question, written, person, actions, request.POST if request.method == "POST" else None)
    checking = request.GET.get("from") == CHECK
    if request.method == "POST":
        drafts.change(person, draft, **form.changes(written))
        if request.POST.get("do") == "later":
            messages.success(request, "Your request is saved. You find it under “Requests”.")
            return redirect("my_requests")
        if form.is_valid():
            after = None if checking else questions.following(name, actions)
            return redirect("draft_question", draft, after.name) if after else redirect("draft", draft)
    earlier = questions.before(name, actions)
    context = {
        "draft": written,
        "question": question,
        "form": form,
        "number": [one.name for one in questions.questions_for(actions)].index(name) + 1,
        "total": len(questions.questions_for(actions)),
        "back": _address(draft, None if checking else earlier, first=not checking and earlier is None),
    }
    return render(request, "requests/question.html", context)


@require_POST
@person_page
def discard_draft(request: PersonRequest, draft: str) -> HttpResponse:
    """Throw a draft away."""
    drafts.discard(request.person, draft)
    messages.success(request, "The request was thrown away. Nobody saw it.")
    return redirect("my_requests")


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def send_draft(request: PersonRequest, draft: str) -> HttpResponse:
    """Sign and send. What is incomplete leads back to the answers, with what is missing."""
    person = request.person
    if request.method == "POST":
        signed = signing.received(request, use=f"submit:{draft}")
        sent = submission.submit(desk(), person, draft, signed)
        messages.success(request, "Your request is sent.")
        return redirect("request", sent.id)
    written = drafts.one(person, draft)
    try:
        to_sign = submission.prepare(person, draft)
    except (WrongUseError, RefusedError) as error:
        return _check(request, written, error)
    context = {
        "draft": written,
        "signing": shown.offer(request, to_sign, use=f"submit:{draft}", action="Send this request"),
    }
    return render(request, "requests/send.html", context)


def _check(
    request: PersonRequest, written: DraftView, error: WrongUseError | RefusedError | None = None
) -> HttpResponse:
    way: Outlook = outlook.outlook(request.person, written.id)
    asked = questions.questions_for(way.actions)
    context: dict[str, Any] = {
        "draft": written,
        "way": way,
        "answers": [(one, questions.answer(one, written, way.actions)) for one in asked],
        "open": questions.first_open(written, way.actions),
        "error": error,
    }
    return render(request, "requests/check.html", context, status=400 if error else 200)


def _address(draft: str, question: questions.Question | None, *, first: bool) -> str:
    if question is not None:
        return reverse("draft_question", args=[draft, question.name])
    return reverse("my_requests") if first else reverse("draft", args=[draft])
