"""What people are called."""

from muniment.demo.corpus.correspondents import Correspondent, Firm

FIRM = Firm("Firm", "firm.example")


def test_people_are_called_by_their_first_or_short_name() -> None:
    assert Correspondent("Susan Pryce", "s@firm.example", FIRM).first == "Susan"
    assert Correspondent("Susan Pryce", "s@firm.example", FIRM, called="Sue").first == "Sue"


def test_the_formal_name_has_the_title_where_there_is_one() -> None:
    assert Correspondent("Colin Maddox", "c@firm.example", FIRM, honorific="Mr").surname == "Mr Maddox"
    assert Correspondent("Colin Maddox", "c@firm.example", FIRM).surname == "Maddox"
