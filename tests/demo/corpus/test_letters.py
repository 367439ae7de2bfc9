"""Letters: subjects, threads, and what each program quotes."""

from datetime import datetime, timedelta

import pytest

from muniment.demo.corpus.correspondents import Client, Correspondent, Firm
from muniment.demo.corpus.letters import Letter, quoted_header
from muniment.demo.corpus.working_time import LONDON

FIRM = Firm("Firm", "firm.example")
ANN = Correspondent("Ann Lee", "ann@firm.example", FIRM)
BEN = Correspondent("Ben Oak", "ben@firm.example", FIRM)
NINE = datetime(2026, 7, 1, 9, 5, tzinfo=LONDON)


def first(client: Client = Client.OUTLOOK) -> Letter:
    return Letter(ANN, (BEN,), "Keys", "Where are they?", NINE, client=client)


def answer(client: Client, to: Letter) -> Letter:
    return Letter(
        BEN, (ANN,), to.subject, "On the hook.", NINE + timedelta(hours=1), answers=to, client=client
    )


@pytest.mark.parametrize(
    ("client", "begins", "has"),
    [
        (
            Client.OUTLOOK,
            "On the hook.",
            "From: Ann Lee <ann@firm.example>\nSent: 01 July 2026 09:05\nTo: Ben Oak",
        ),
        (Client.PHONE, "On the hook.", "> On 1 Jul 2026, at 09:05, Ann Lee <ann@firm.example> wrote:"),
        (Client.THUNDERBIRD, "On 01/07/2026 09:05, Ann Lee wrote:\n> Where are they?", "\n\nOn the hook."),
        (Client.WEBMAIL, "On the hook.", "On Wed, 1 Jul 2026 at 09:05, Ann Lee <ann@firm.example> wrote:"),
    ],
)
def test_each_program_quotes_in_its_way(client: Client, begins: str, has: str) -> None:
    text = answer(client, first()).text
    assert text.startswith(begins)
    assert has in text
    assert "Where are they?" in text


def test_subjects_say_that_it_is_an_answer_once() -> None:
    reply = answer(Client.OUTLOOK, first())
    assert reply.subject_line == "RE: Keys"
    assert answer(Client.PHONE, reply).subject_line == "Re: Keys"
    assert Letter(BEN, (ANN,), "Keys", "", NINE, answers=first(), forwards=True).subject_line == "FW: Keys"


def test_references_are_the_thread_oldest_first() -> None:
    start = first()
    second = answer(Client.PHONE, start)
    third = answer(Client.OUTLOOK, second)
    assert third.references == (start.message_id, second.message_id)
    assert (start.depth, third.depth) == (0, 2)


@pytest.mark.parametrize("client", list(Client))
def test_every_message_id_is_the_letters_own(client: Client) -> None:
    one = first(client)
    other = Letter(ANN, (BEN,), "Keys", "Where ARE they?", NINE, client=client)
    assert one.message_id == first(client).message_id != other.message_id
    assert one.message_id.startswith("<")
    assert one.message_id.endswith("firm.example>")


def test_quotes_of_quotes_are_marked_twice() -> None:
    reply = answer(Client.THUNDERBIRD, answer(Client.THUNDERBIRD, first()))
    assert ">> Where are they?" in reply.text


def test_the_quoted_header_names_copies() -> None:
    letter = Letter(ANN, (BEN,), "Keys", "", NINE, cc=(ANN,))
    assert "\nCc: Ann Lee <ann@firm.example>\nSubject: Keys" in quoted_header(letter)
