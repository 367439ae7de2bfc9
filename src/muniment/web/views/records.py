"""My records: what is held about me, who opened it, why, and who approved."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from muniment.web.access import person_page
from muniment.web.own_records import own_list, own_records
from muniment.web.requests import PersonRequest


@require_safe
@person_page
def my_records(request: PersonRequest) -> HttpResponse:
    """Counts, list and openings of the records that name whoever asks; never another person's."""
    cursor = request.GET.get("after", "")
    context = {
        "mine": own_records(request.person),
        "page": own_list(request.person, cursor),
        "paged": bool(cursor),
    }
    return render(request, "records/mine.html", context)
