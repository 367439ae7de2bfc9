"""A head reaches each Data Controller by mail, and only what a mail server took counts as mailed."""

from email.message import EmailMessage

from muniment.governance import anchoring, notices
from muniment.governance.models import Notice
from tests.governance.house import House

NOTE = "muniment/org_x\n3\nroot\n\n— muniment/org_x c2lnbmF0dXJl\n"


class Taking:
    """A mail server that takes everything, or nothing."""

    def __init__(self, *, away: bool = False) -> None:
        self.away = away
        self.taken: list[EmailMessage] = []

    def send(self, message: EmailMessage) -> None:
        if self.away:
            raise ConnectionRefusedError
        self.taken.append(message)


def test_each_data_controller_gets_the_head_whole(house: House):
    assert anchoring.last_asked(house.organisation) == 0
    count = anchoring.mail_head(house.organisation, NOTE, 3)
    assert count == Notice.objects.filter(organisation_id=house.organisation, path="/?head=3").count() > 0
    assert anchoring.last_asked(house.organisation) > 0
    assert anchoring.last_mailed(house.organisation) is None
    notices.send_waiting(Taking(away=True), sender="muniment@example", address="https://records.example")
    assert anchoring.last_mailed(house.organisation) is None


def test_what_was_taken_is_remembered_with_its_note(house: House):
    anchoring.mail_head(house.organisation, NOTE, 3)
    server = Taking()
    notices.send_waiting(server, sender="muniment@example", address="https://records.example")
    mailed = anchoring.last_mailed(house.organisation)
    assert mailed
    assert (mailed.size, mailed.note) == (3, NOTE)
    texts = [
        message.get_content() for message in server.taken if "checkpoint of 3 entries" in message["Subject"]
    ]
    assert texts
    assert all(NOTE in text for text in texts)
