"""The firm's recording notices as it has published them: sealed, in versions, each from its day on.

And whoever of its people has read on the page “What is recorded” that calls are.
"""

from datetime import date, timedelta
from typing import Final

from muniment.demo.calls import script, setting, staging
from muniment.demo.calls.synthesis import RATE
from muniment.demo.founding import Founded
from muniment.demo.peopling import ACCEPTS_LATER
from muniment.governance import announcements, awareness
from muniment.governance.announcements import Draft
from muniment.people import services as people
from muniment.readers.calls.sound import Sound as TwoSounds
from muniment.vault.client import Doors

NAME: Final = "recording-notice"
PUBLISHER: Final = "data_controller"


def publish_notices(doors: Doors, firm: Founded, today: date) -> None:
    """Publish them in their order, by the Data Controller."""
    by = people.view(next(card.person for card in firm.personas if card.key == PUBLISHER))
    for each in script.load().notice:
        since = today - timedelta(days=each.days)
        draft = Draft(NAME, each.language, each.text.strip(), queues=each.queues, since=since)
        sound = TwoSounds(RATE, staging.notice(each.key)).wav()
        announcements.publish(doors.desk, doors.capture, firm.card.organisation, draft, sound, by)


def tell_staff(doors: Doors, firm: Founded) -> None:
    """Most people have read what is recorded of them, and said so."""
    calls = setting.calls(firm.card.organisation)
    for card in firm.personas:
        if card.key not in ACCEPTS_LATER:
            person = people.view(card.person)
            awareness.acknowledge(doors.desk, person, calls, awareness.about(person, calls).digest)
