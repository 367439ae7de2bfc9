"""The sealed documents behind the index."""

from pathlib import Path

from muniment.search.index.sources import BATCH, Sources
from tests.search.samples import KEY, document, every_byte


def test_documents_come_back_by_sequence_and_in_order(tmp_path: Path) -> None:
    sources = Sources(tmp_path, KEY)
    given = [document(number, f"text {number}") for number in range(2 * BATCH)]
    sources.add(given[:BATCH])
    sources.add(given[BATCH:])
    assert list(sources.everything()) == given
    assert list(sources.read({3, BATCH + 1, 9999})) == [given[3], given[BATCH + 1]]
    assert list(Sources(tmp_path, KEY, sources.batches).everything()) == given


def test_mail_by_mail_makes_few_files(tmp_path: Path) -> None:
    sources = Sources(tmp_path, KEY)
    for number in range(BATCH + 10):
        sources.add([document(number)])
    assert [batch.count for batch in sources.batches] == [BATCH, 10]


def test_a_removed_document_is_in_no_batch_that_counts(tmp_path: Path) -> None:
    sources = Sources(tmp_path, KEY)
    sources.add([document(number, f"word{number}") for number in range(5)])
    before = sources.batches
    sources.remove({99})
    assert sources.batches == before
    sources.remove({1, 3})
    assert [found.sequence for found in sources.everything()] == [0, 2, 4]
    sources.remove({0, 2, 4})
    assert sources.batches == ()


def test_no_word_stands_in_the_files(tmp_path: Path) -> None:
    Sources(tmp_path, KEY).add([document(1, "nightjar")])
    assert b"nightjar" not in every_byte(tmp_path)
