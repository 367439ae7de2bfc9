"""The filter of the proof log, which lives in the page's address."""

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils import timezone

from muniment.catalogue.acts import NEWEST
from muniment.core.tags import EventTag
from muniment.governance.watching import LogFilter
from muniment.web.act_words import kinds


class LogForm(forms.Form):
    """Kind, record, case, first and last day; each may be left out."""

    kind = forms.ChoiceField(label="Kind", required=False)
    record = forms.CharField(label="Record", required=False, max_length=60)
    case = forms.CharField(label="Case", required=False, max_length=60)
    since = forms.DateField(
        label="From", required=False, error_messages={"invalid": "Write the day like 27/3/2026"}
    )
    until = forms.DateField(
        label="To", required=False, error_messages={"invalid": "Write the day like 27/3/2026"}
    )

    def __init__(self, data: Any = None) -> None:
        """`data` is the query of the address."""
        super().__init__(data)
        self.fields["kind"].choices = (("", "Every kind"), *kinds())  # type: ignore[attr-defined]  # a ChoiceField

    def chosen(self) -> LogFilter:
        """The filter; what cannot be read filters nothing, and the page says so."""
        self.is_valid()
        given = getattr(self, "cleaned_data", {})
        kind = given.get("kind") or ""
        return LogFilter(
            tags=(EventTag(kind),) if kind else (),
            record=(given.get("record") or "").strip(),
            case=(given.get("case") or "").strip(),
            since=_start(given["since"]) if given.get("since") else 0,
            until=_start(given["until"] + timedelta(days=1)) - 1 if given.get("until") else NEWEST,
        )

    def as_query(self) -> str:
        """The filter as a query, without the place in the list."""
        given = {name: self.data.get(name, "") for name in self.fields} if self.is_bound else {}
        return urlencode({name: value for name, value in given.items() if value})


def _start(day: date) -> int:
    return int(timezone.make_aware(datetime.combine(day, time.min)).timestamp())
