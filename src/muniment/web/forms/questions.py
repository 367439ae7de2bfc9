"""One form for each kind of question in a new request. What counts as complete, governance says."""

from typing import Any

from django import forms
from django.http import QueryDict

from muniment.core.errors import RefusedError
from muniment.governance import fields, monitored, purposes
from muniment.governance.matrix import usual
from muniment.governance.views import DraftView
from muniment.governance.words import deeds
from muniment.people import services
from muniment.people.views import PersonView
from muniment.web.questions import Kind, Question, span

NOBODY = "nobody"


class QuestionForm(forms.Form):
    """A form that can say what it changes in a draft, also before it is complete."""

    def changes(self, draft: DraftView) -> dict[str, Any]:
        """What is written so far, as `drafts.change` takes it."""
        raise NotImplementedError


class ReasonForm(QuestionForm):
    """Why."""

    reason = forms.CharField(required=False, widget=forms.Textarea)

    def clean_reason(self) -> str:
        """As governance wants it."""
        return _checked("reason", str(self.cleaned_data["reason"]), frozenset())

    def changes(self, draft: DraftView) -> dict[str, Any]:
        """The reason as written."""
        return {"given": {**draft.given, "reason": _text(self, "reason")}}


class FieldForm(QuestionForm):
    """A value, or “not known”. `field` is the one of REQ 053 that is asked."""

    value = forms.CharField(required=False)
    not_known = forms.BooleanField(required=False)

    def __init__(self, *args: Any, field: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._field = field

    def clean(self) -> dict[str, Any]:
        """One of the two, and not both."""
        given = self.cleaned_data
        marked = frozenset({self._field}) if given.get("not_known") else frozenset[str]()
        if found := fields.problem(self._field, str(given.get("value", "")).strip(), marked):
            self.add_error("value", found)
        return given

    def changes(self, draft: DraftView) -> dict[str, Any]:
        """The value and the mark as written."""
        marked = {*draft.not_known} - {self._field}
        if self.data.get("not_known"):
            marked.add(self._field)
        return {"given": {**draft.given, self._field: _text(self, "value")}, "not_known": sorted(marked)}


class PurposeForm(QuestionForm):
    """One purpose of the catalogue, with its specifics where it needs them."""

    purpose = forms.ChoiceField(
        required=False,
        widget=forms.RadioSelect,
        choices=[(one.id, one.name) for one in purposes.catalogue() if not one.own_page],
    )
    specifics = forms.CharField(required=False, widget=forms.Textarea)

    def clean(self) -> dict[str, Any]:
        """A purpose is chosen, and says enough."""
        given = self.cleaned_data
        if not given.get("purpose"):
            self.add_error("purpose", "Choose the one purpose that it is for")
            return given
        try:
            purposes.bind(given["purpose"], given.get("specifics", ""))
        except RefusedError as refusal:
            self.add_error("specifics", f"{refusal.what} {refusal.remedy}")
        return given

    def changes(self, draft: DraftView) -> dict[str, Any]:  # noqa: ARG002  each form has the same hook
        """Purpose and specifics as written; specifics only where the purpose takes them."""
        chosen = next((one for one in purposes.catalogue() if one.id == self.data.get("purpose")), None)
        if chosen is None:
            return {"specifics": _text(self, "specifics")}
        return {"purpose": chosen.id, "specifics": _text(self, "specifics") if chosen.specifics else ""}


class AboutForm(QuestionForm):
    """The colleagues whom it concerns, or nobody by name."""

    about = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, person: PersonView, named: bool = False, **kwargs: Any) -> None:
        """`named`: somebody must be named."""
        super().__init__(*args, **kwargs)
        colleagues = sorted(services.persons(person.organisation), key=lambda one: one.name)
        self._known = {one.id for one in colleagues}
        nobody = [] if named else [(NOBODY, "Nobody by name, or I do not know")]
        choices = [*((one.id, one.name) for one in colleagues), *nobody]
        self._words = (
            "Tick whose calls" if named else "Tick who it is about, or “Nobody by name, or I do not know”"
        )
        self.fields["about"].choices = choices  # type: ignore[attr-defined]  # it is a choice field

    def clean_about(self) -> list[str]:
        """Persons, or nobody: not neither and not both."""
        chosen = list(self.cleaned_data["about"])
        if not chosen:
            raise forms.ValidationError(self._words)
        if NOBODY in chosen and len(chosen) > 1:
            raise forms.ValidationError("Tick people, or “Nobody by name, or I do not know”, but not both")
        return chosen

    def changes(self, draft: DraftView) -> dict[str, Any]:  # noqa: ARG002  each form has the same hook
        """The persons ticked."""
        return {"about": [one for one in _ticked(self, "about") if one in self._known]}


class HoursForm(QuestionForm):
    """For how long calls in progress may be heard."""

    hours = forms.ChoiceField(
        required=False,
        widget=forms.RadioSelect,
        choices=[(str(one), span(one)) for one in monitored.CHOICES],
    )

    def clean_hours(self) -> str:
        """One of the choices."""
        if not self.cleaned_data["hours"]:
            raise forms.ValidationError("Choose for how long")
        return str(self.cleaned_data["hours"])

    def changes(self, draft: DraftView) -> dict[str, Any]:
        """The hours chosen."""
        given = _text(self, "hours")
        return {"hours": int(given) if given in map(str, monitored.CHOICES) else draft.hours}


class ActionsForm(QuestionForm):
    """What to do with the records, among what the class allows."""

    actions = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, actions: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._allowed = actions
        choices = [(one, deeds((one,))) for one in actions]
        self.fields["actions"].choices = choices  # type: ignore[attr-defined]  # it is a choice field

    def clean_actions(self) -> list[str]:
        """At least one."""
        if not self.cleaned_data["actions"]:
            raise forms.ValidationError("Tick what you need to do")
        return list(self.cleaned_data["actions"])

    def changes(self, draft: DraftView) -> dict[str, Any]:  # noqa: ARG002  each form has the same hook
        """The actions ticked."""
        return {"actions": [one for one in _ticked(self, "actions") if one in self._allowed]}


def form_for(
    question: Question,
    draft: DraftView,
    person: PersonView,
    actions: tuple[str, ...],
    data: QueryDict | None,
) -> QuestionForm:
    """The form of one question, filled with what was sent, or with what the draft says."""
    match question.kind:
        case Kind.REASON:
            return ReasonForm(data, initial={"reason": draft.given.get("reason", "")})
        case Kind.PURPOSE:
            return PurposeForm(data, initial={"purpose": draft.purpose, "specifics": draft.specifics})
        case Kind.ABOUT:
            about = {"about": [one.id for one in draft.about]}
            return AboutForm(data, person=person, named=actions == ("monitor",), initial=about)
        case Kind.HOURS:
            return HoursForm(data, initial={"hours": str(draft.hours)})
        case Kind.ACTIONS:
            return ActionsForm(data, actions=actions, initial={"actions": draft.actions or usual(actions)})
        case Kind.FIELD:
            known = {
                "value": draft.given.get(question.name, ""),
                "not_known": question.name in draft.not_known,
            }
            return FieldForm(data, field=question.name, initial=known)


def _ticked(form: forms.Form, name: str) -> list[str]:
    return list(form.data.getlist(name)) if isinstance(form.data, QueryDict) else []


def _text(form: forms.Form, name: str) -> str:
    return str(form.data.get(name, "")).strip()


def _checked(name: str, value: str, marked: frozenset[str]) -> str:
    if found := fields.problem(name, value.strip(), marked):
        raise forms.ValidationError(found)
    return value.strip()
