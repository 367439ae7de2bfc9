"""Live calls: silence while card data is said. For telephone desktops, with a token of their own."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from muniment.api import doors
from muniment.api.shapes import plain, shape
from muniment.api.tokens import DesktopToken, caller
from muniment.governance import silencing
from muniment.governance.silencing import SilenceView

router = Router(tags=["calls"], auth=DesktopToken())


class Why(Schema):
    """Why silence begins or ends; it stands in the ledger."""

    why: str


class Page(Schema):
    """The address that the desktop shows now. It is held against the rules, and kept nowhere."""

    page: str


@router.post("/{call}/pause", response=shape(SilenceView))
def pause_call(request: HttpRequest, call: str, body: Why) -> Any:
    """Silence a live call, by the switch's name of it. The answer comes when no further word is kept."""
    return plain(silencing.pause(doors.desk(), doors.recorder(), caller(request), call, body.why))


@router.post("/{call}/resume", response=shape(SilenceView))
def resume_call(request: HttpRequest, call: str, body: Why) -> Any:
    """End the silence that a desktop asked for."""
    return plain(silencing.resume(doors.desk(), doors.recorder(), caller(request), call, body.why))


@router.post("/{call}/page", response=shape(SilenceView))
def show_page(request: HttpRequest, call: str, body: Page) -> Any:
    """Say which page the agent is on: a rule may silence the call while they are."""
    return plain(silencing.page(doors.desk(), doors.recorder(), caller(request), call, body.page))
