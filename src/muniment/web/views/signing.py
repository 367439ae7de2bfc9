"""The text of an offered statement as a file, for those who sign with the command line."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from muniment.web import signing
from muniment.web.access import person_page
from muniment.web.requests import PersonRequest


@require_POST
@person_page
def statement_file(request: PersonRequest) -> HttpResponse:
    """The exact bytes that must be signed, as a download; only for whom they were offered."""
    text = signing.offered(request, use=request.POST.get("use", ""))
    return HttpResponse(
        text,
        content_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="statement.json"'},
    )
