"""People of the organisation: who is here, with which roles, and how they get in."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from muniment.core.errors import WrongUseError
from muniment.governance import telling
from muniment.people import services
from muniment.people.roles import NAMING_ROLES, Role, conflict, may_give
from muniment.people.views import PersonView
from muniment.web.access import only
from muniment.web.desk import desk
from muniment.web.forms.persons import InvitationForm
from muniment.web.requests import PersonRequest

KEEPERS_OF_PEOPLE = (Role.ADMINISTRATOR, *sorted(NAMING_ROLES))


@require_safe
@only(*KEEPERS_OF_PEOPLE)
def people(request: PersonRequest) -> HttpResponse:
    """Everybody, by name, and what they hold."""
    return render(request, "people/list.html", {"people": services.persons(request.person.organisation)})


@require_http_methods(["GET", "HEAD", "POST"])
@only(*KEEPERS_OF_PEOPLE)
def add(request: PersonRequest) -> HttpResponse:
    """Add a person. Their first link is shown once, on the answer to the form."""
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        organisation = request.person.organisation
        added, token = services.invite(
            desk(), organisation, given["name"], given["email"], by=request.person.id
        )
        return _link(request, added, reverse("enrol", args=[organisation, token]), "7 days")
    return render(request, "people/add.html", {"form": form})


@require_safe
@only(*KEEPERS_OF_PEOPLE)
def one(request: PersonRequest, person: str) -> HttpResponse:
    """One person: roles, with why others cannot be given; account, links, tokens."""
    found = _find(request, person)
    offered = [role for role in Role if role not in found.roles]
    context = {
        "one": found,
        "manager": services.view(found.line_manager).name if found.line_manager else "",
        "access": services.access(found.id),
        "held": [(role, may_give(request.person.roles, role)) for role in sorted(found.roles)],
        "offered": [
            (role, may_give(request.person.roles, role), conflict(found.roles, role)) for role in offered
        ],
        "myself": found.id == request.person.id,
    }
    return render(request, "people/person.html", context)


@require_POST
@only(*KEEPERS_OF_PEOPLE)
def change_role(request: PersonRequest, person: str) -> HttpResponse:
    """Give a role, or take one away."""
    found = _find(request, person)
    try:
        role = Role(request.POST.get("role", ""))
    except ValueError as error:
        raise WrongUseError("There is no such role.", remedy="Choose one from the list.") from error
    if request.POST.get("change") == "take":
        services.remove_role(desk(), found.id, role, by=request.person.id)
    else:
        services.give_role(desk(), found.id, role, by=request.person.id)
    return redirect("person", found.id)


@require_POST
@only(*KEEPERS_OF_PEOPLE)
def make_link(request: PersonRequest, person: str) -> HttpResponse:
    """A new first link, or a link to a new password; the Data Controller is told of the latter."""
    found = _find(request, person)
    by = request.person
    if request.POST.get("use") == "enrol":
        token = services.invite_again(desk(), found.id, by=by.id)
        return _link(request, found, reverse("enrol", args=[by.organisation, token]), "7 days")
    token = services.make_reset_link(desk(), found.id, by=by.id)
    telling.tell_controllers(
        by.organisation,
        "A link to a new password was made",
        f"{by.name} made a link with which {found.name} can set a new password. If nobody asked for it, end it.",
        reverse("person", args=[found.id]),
    )
    return _link(request, found, reverse("new_password", args=[token]), "24 hours")


@require_POST
@only(*KEEPERS_OF_PEOPLE)
def end_links(request: PersonRequest, person: str) -> HttpResponse:
    """End every link that still signs this person in."""
    found = _find(request, person)
    services.end_links(desk(), found.id, by=request.person.id)
    return redirect("person", found.id)


@require_http_methods(["GET", "HEAD", "POST"])
@only(*KEEPERS_OF_PEOPLE)
def end_access(request: PersonRequest, person: str) -> HttpResponse:
    """Ask once more, then shut the person out."""
    found = _find(request, person)
    if request.method == "POST":
        services.end_access(desk(), found.id, by=request.person.id)
        telling.tell_controllers(
            request.person.organisation,
            "Somebody's access was ended",
            f"{request.person.name} ended the access of {found.name}.",
            reverse("person", args=[found.id]),
        )
        return redirect("person", found.id)
    return render(request, "people/end.html", {"one": found})


def _find(request: PersonRequest, person: str) -> PersonView:
    try:
        found = services.view(person)
    except WrongUseError as error:
        raise Http404 from error
    if found.organisation != request.person.organisation:
        raise Http404
    return found


def _link(request: PersonRequest, person: PersonView, path: str, lasts: str) -> HttpResponse:
    context = {"one": person, "link": request.build_absolute_uri(path), "lasts": lasts}
    return render(request, "people/link.html", context)
