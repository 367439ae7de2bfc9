"""Times, counts and lists as people in the United Kingdom write them."""

from muniment.governance import words


def test_a_moment_is_written_in_the_organisations_zone_with_its_name() -> None:
    assert words.when(1_782_900_000) == "1 July 2026, 11:00 BST"
    assert words.when(1_796_902_800) == "10 December 2026, 11:40 GMT"


def test_a_request_is_called_by_the_act_that_has_a_page_of_its_own() -> None:
    assert words.kind("Erase a record for good", ["excise"]) == "Take stretches out of a recording"
    assert words.kind("Erase a record for good", ("compress",)) == "Keep old recordings as Opus"
    assert words.kind("Erase a record for good", ["erase"]) == "Erase a record for good"


def test_counts_and_lists_read_as_sentences() -> None:
    assert words.records(1) == "1 record"
    assert words.records(1200) == "1,200 records"
    assert words.acts(["export", "view"]) == "read and take copies of"
    assert words.deeds(["export", "view"]) == "Read and take copies"
    assert words.deeds(["listen"]) == "Listen"
    assert words.listing([]) == "nobody"
    assert words.listing(["Ann", "Bob", "Cy"]) == "Ann, Bob and Cy"
