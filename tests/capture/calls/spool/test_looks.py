"""How looks went."""

from muniment.capture.calls.spool.importing import Summary
from muniment.capture.calls.spool.looks import MOST_REFUSED, Looks
from muniment.core.errors import NotAvailableError


def summary(**counts: int) -> Summary:
    fields = dict.fromkeys(("seen", "sealed", "already_held", "failed", "bytes", "waiting", "doubled"), 0)
    return Summary(**{**fields, **counts}, seconds=0.0)  # type: ignore[arg-type]


def test_a_look_that_went_well_ends_the_trouble_of_the_one_before() -> None:
    looks = Looks()
    looks.failed(NotAvailableError("It cannot be reached.", remedy="Ask the carrier."))
    assert (looks.state.trouble, looks.state.remedy, looks.state.well) == (
        "It cannot be reached.",
        "Ask the carrier.",
        0,
    )
    looks.went_well(summary(sealed=2, waiting=1))
    looks.went_well(None)
    assert (looks.state.trouble, looks.state.sealed, looks.state.waiting) == ("", 2, 0)
    assert looks.state.well == looks.state.looked > 0


def test_only_a_few_files_are_named_and_only_of_the_last_look() -> None:
    looks = Looks()
    for number in range(9):
        looks.refused(f"{number}.wav", "too large")
    looks.went_well(None)
    assert len(looks.state.refused) == MOST_REFUSED
    assert looks.state.refused[0] == "0.wav: too large"
    looks.went_well(None)
    assert looks.state.refused == ()
    looks.failed(OSError(13, "Permission denied"))
    assert looks.state.trouble == "Permission denied"
