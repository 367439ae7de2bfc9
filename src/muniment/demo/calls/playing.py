"""A call of the script through the recorder: signalled by SIPREC, spoken in real time, paused by the desktop."""

import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.error import URLError
from urllib.parse import quote

import msgspec

from muniment.capture.calls.switch.calling import ClientCall
from muniment.capture.calls.switch.offering import Side
from muniment.capture.calls.switch.signalling import Reach
from muniment.capture.calls.switch.speaking import silence
from muniment.core import clock
from muniment.core.errors import NotAvailableError
from muniment.core.phone_numbers import e164
from muniment.demo.calls import staging
from muniment.demo.calls.script import Call, Phone, phone
from muniment.demo.calls.setting import QUEUE_HEADER
from muniment.demo.calls.staging import Moment
from muniment.demo.calls.switch_files import Account

CALLED_SIDE = 1
PATIENCE = 20.0  # seconds for an answer of the pages
STEP = 0.1  # seconds of silence that are sent at a time
LAST_WORD = 0.3  # seconds between the last word and hanging up

type Pausing = Callable[[str, bool], None]


@dataclass(frozen=True)
class Desktop:
    """The agent's telephone desktop: it silences calls by the API, with a token of its own."""

    origin: str
    token: str

    def pause(self, call: str, on: bool) -> None:  # noqa: FBT001  the shape of `Pausing`
        """Silence a live call, or end that. NotAvailableError where the API says no: then nobody may read a card."""
        act, why = (
            ("pause", "a card number is read out") if on else ("resume", "the payment has gone through")
        )
        request = urllib.request.Request(  # noqa: S310  an address of our own
            f"{self.origin}/api/v1/calls/{quote(call, safe='')}/{act}",
            data=msgspec.json.encode({"why": why}),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE):  # noqa: S310  the same
                pass
        except (URLError, TimeoutError) as error:
            raise NotAvailableError(f"The desktop could not {act} the recording.", why=f"{error}.") from error


def play(call: Call, reach: Reach, pausing: Pausing) -> Account:
    """Make one call; the switch's account of it. Errors as `ClientCall`."""
    moments = staging.moments(call)
    headers = {QUEUE_HEADER: call.queue} if call.queue else {}
    answered = clock.now()
    name = f"{answered.timestamp():.3f}"
    with ClientCall(
        reach, (side(phone(call.caller)), side(phone(call.called))), call=name, headers=headers
    ) as made:
        made.begin()
        for moment in moments:
            _act(made, moment, pausing)
        time.sleep(LAST_WORD)
        made.end()
    return Account(call, name, answered, clock.now())


def side(who: Phone) -> Side:
    """Somebody as the switch names them."""
    user = who.extension or e164(who.number)
    return Side(f"sip:{user}@switch.wethercote.example", who.name)


def _act(made: ClientCall, moment: Moment, pausing: Pausing) -> None:
    match moment.act:
        case "say":
            made.say((moment.left, moment.right))
        case "quiet" | "loud":
            _pressed(made, moment.act == "quiet", pausing)
        case "hold":
            made.hold()
            made.wait(float(moment.about))
            made.retrieve()
        case "transfer":
            made.hand_over(CALLED_SIDE, side(phone(moment.about)))


def _pressed(made: ClientCall, on: bool, pausing: Pausing) -> None:  # noqa: FBT001  the shape of `Pausing`
    """The agent presses a button; both lines are open meanwhile, and nobody speaks before it is answered."""
    with ThreadPoolExecutor(1) as desktop:
        asked = desktop.submit(pausing, made.dialog.call, on)
        while not asked.done():
            made.say((silence(STEP), silence(STEP)))
        asked.result()
