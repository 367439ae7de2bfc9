"""What is open: the mail, its safe HTML, its attachments, its original, its evidence; certificates."""

from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Router

from muniment.api import doors
from muniment.api.shapes import plain, shape
from muniment.api.tokens import caller
from muniment.release import disposal, files, opening, proof, vcon
from muniment.release.downloads import download
from muniment.release.views import CertificateView, MailPage

router = Router(tags=["readings"])


@router.get("/readings/{token}", response=shape(MailPage))
def read_open_record(request: HttpRequest, token: str) -> Any:
    """The mail that I opened, while its half hour lasts."""
    return plain(opening.read_again(doors.desk(), caller(request), token))


@router.get("/readings/{token}/html", response={200: str}, include_in_schema=True)
def read_html(request: HttpRequest, token: str) -> HttpResponse:
    """The mail's HTML without scripts, forms or remote content."""
    response = HttpResponse(files.html(doors.desk(), caller(request), token), content_type="text/html")
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "no-store"
    return response


@router.get("/readings/{token}/original", response={200: bytes})
def read_original(request: HttpRequest, token: str) -> HttpResponse | StreamingHttpResponse:
    """The mail exactly as captured, under a grant to take copies."""
    return download(files.original(doors.desk(), caller(request), token))


@router.get("/readings/{token}/vcon", response={200: bytes})
def read_vcon(request: HttpRequest, token: str) -> HttpResponse | StreamingHttpResponse:
    """An opened call as a vCon with its sound inside, under a grant to take copies."""
    return download(vcon.exported(doors.desk(), caller(request), token))


@router.get("/readings/{token}/attachments/{part}", response={200: bytes})
def read_attachment(request: HttpRequest, token: str, part: str) -> HttpResponse | StreamingHttpResponse:
    """One attachment, under a grant to take copies."""
    return download(files.attachment(doors.desk(), caller(request), token, part))


@router.get("/readings/{token}/evidence", response={200: bytes})
def read_evidence(request: HttpRequest, token: str) -> HttpResponse | StreamingHttpResponse:
    """The evidence bundle, under a grant to take copies; `muniment prove` checks it."""
    return download(proof.bundle(doors.desk(), caller(request), token))


@router.get("/certificates/{certificate}", response=shape(CertificateView))
def one_certificate(request: HttpRequest, certificate: str) -> Any:
    """A certificate of destruction, for those who took part in it."""
    return plain(disposal.certificate(caller(request), certificate))
