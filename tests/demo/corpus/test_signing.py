"""Greetings, closings, signatures and footers."""

import random
from datetime import datetime

from muniment.demo.corpus.correspondents import Client, Correspondent, Firm
from muniment.demo.corpus.letters import Letter
from muniment.demo.corpus.signing import address, sign
from muniment.demo.corpus.working_time import LONDON

FIRM = Firm("Firm Ltd", "firm.example", footer="Registered in England, company number 1.")
OTHER = Firm("Other Ltd", "other.example")
ANN = Correspondent("Ann Lee", "ann@firm.example", FIRM, title="Clerk", closings=("Regards",))
BEN = Correspondent("Ben Oak", "ben@firm.example", FIRM)
COL = Correspondent("Col Ash", "col@other.example", OTHER, honorific="Mr")
NINE = datetime(2026, 7, 1, 9, tzinfo=LONDON)


def letter(*to: Correspondent, client: Client = Client.OUTLOOK) -> Letter:
    return Letter(ANN, to, "Keys", "", NINE, client=client)


def greetings(written: Letter) -> set[str]:
    return {address(written, "x", random.Random(seed)).split("\n")[0] for seed in range(40)}


def test_strangers_are_addressed_more_formally_than_colleagues() -> None:
    assert "Dear Mr Ash," in greetings(letter(COL))
    assert greetings(letter(BEN)) == {"Hi Ben,"}


def test_several_are_greeted_together() -> None:
    assert greetings(letter(BEN, COL)) == {"Hi both,", "Ben, Col,", "Both,"}
    assert "Hi all," in greetings(letter(BEN, COL, ANN))


def test_the_footer_goes_out_and_not_about_the_house() -> None:
    assert FIRM.footer in sign(letter(COL), "x", random.Random(1))
    assert FIRM.footer not in sign(letter(BEN), "x", random.Random(1))


def test_the_first_mail_has_the_whole_signature() -> None:
    assert "Regards\nAnn Lee\n\nAnn Lee | Clerk\nFirm Ltd" in sign(letter(COL), "x", random.Random(1))


def test_a_name_in_the_closing_is_not_said_twice() -> None:
    short = Correspondent("Ann Lee", "ann@firm.example", FIRM, closings=("Ann",))
    written = Letter(short, (BEN,), "Keys", "", NINE, answers=letter(BEN))
    assert sign(written, "x", random.Random(9)).count("Ann") in {1, 2}


def test_a_telephone_signs_briefly() -> None:
    ends = {sign(letter(COL, client=Client.PHONE), "x", random.Random(seed)) for seed in range(30)}
    assert any(end.endswith("Sent from my iPhone") for end in ends)
    assert not any("Clerk" in end for end in ends)
