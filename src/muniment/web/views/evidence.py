"""Take the evidence of one record away, under a grant that allows copies, with a signature."""

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from muniment.core.errors import RefusedError
from muniment.governance import denials
from muniment.release import opening, proof, provenance
from muniment.release.downloads import download
from muniment.web import shown, signing
from muniment.web.access import person_page
from muniment.web.desk import desk
from muniment.web.requests import PersonRequest


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def record_evidence(request: PersonRequest, record: str) -> HttpResponseBase:
    """Say what the file holds and ask for the signature; with it, stream the file."""
    grant = _grant(request, record)
    use = f"evidence:{grant}:{record}"
    if request.method == "POST":
        signed = signing.received(request, use=use)
        opened = opening.read_record(desk(), request.person, grant, record, signed, action="export")
        given = proof.bundle(desk(), request.person, opened.token)
        return download(given)
    text = opening.prepare(request.person, grant, [record], "export")
    context = {
        "record": record,
        "use": use,
        "signing": shown.offer(request, text, use=use, action="Take the evidence"),
    }
    return render(request, "proofs/evidence.html", context)


def _grant(request: PersonRequest, record: str) -> str:
    person = request.person
    found = provenance.provenance(person, record)
    known = record if provenance.is_known(person.organisation, record) else ""
    with denials.written(desk(), person, "export", record, known):
        if found is None or not found.export_grants:
            raise RefusedError(
                "You cannot take the evidence of this record.",
                why="The evidence holds the record itself, so it takes a grant of yours that allows copies.",
                remedy="Ask for copies in a request; two persons decide about it.",
            )
    return found.export_grants[0]
