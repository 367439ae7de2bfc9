"""Searching the text index as the librarian does, against the bare engine on the same segments.

Ours reads the query, compiles it over every field, adds the access filter, counts exactly and sorts by
date. The limit asks tantivy for the stems of the same words in the text alone, best first. As many
mails as can be indexed and sealed in `BUILD` seconds are searched; what is compared is the slowest
twentieth of a mix of queries.
"""

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path
from random import Random  # noqa: TID251 - mails made with a seed
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tantivy import Occur, Query

from muniment.bench.figures import Figure, compare
from muniment.bench.mails import SYLLABLES
from muniment.core import ids
from muniment.core.ids import Prefix
from muniment.search.index.document import IndexDocument, IndexParty
from muniment.search.index.memory import memory_directory
from muniment.search.index.organisation import OrganisationIndex, View
from muniment.search.index.schema import analysers, schema
from muniment.search.language.parser import parse

BUILD = 40.0  # seconds
BATCH = 2000
VOCABULARY = 60_000
WORDS = 120  # in a mail, on average
QUERIES = 120
KEY = bytes(range(32))
START, SPAN = 1_600_000_000, 5 * 365 * 86_400  # seconds: five years of mail


class Asked(NamedTuple):
    """One query of the mix: as people write it, and its plain words for the bare engine."""

    query: str
    words: tuple[str, ...]


class Corpus:
    """Made mails whose words are as unequally frequent as in any language (Zipf)."""

    def __init__(self, seed: int = 1) -> None:
        self.random = Random(seed)  # noqa: S311 - not for secrets
        self.words = [
            "".join(self.random.choices(SYLLABLES, k=2 + n % 4)) + str(n % 7) for n in range(VOCABULARY)
        ]
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(VOCABULARY)))

    def text(self, count: int) -> str:
        """So many words."""
        return " ".join(self.random.choices(self.words, cum_weights=self._weights, k=count))

    def document(self, sequence: int) -> IndexDocument:
        """One mail."""
        sender, receiver = (self.random.randrange(400) for _ in range(2))
        attached = sequence % 8 == 0
        return IndexDocument(
            sequence=sequence,
            record=ids.new(Prefix.RECORD),
            moment=START + self.random.randrange(SPAN),
            channel="e-mail",
            size=self.random.randrange(1000, 1_000_000),
            access=int(sequence % 50 == 0),
            parties=(_party("from", sender), _party("to", receiver)),
            subject=self.text(6),
            text=self.text(int(self.random.lognormvariate(4.6, 0.6)) + 20),
            filenames=(f"{self.text(2)}.pdf",) if attached else (),
            markings=(),
            attachments=int(attached),
        )

    def questions(self) -> list[Asked]:
        """The mix: common and rare words, phrases, prefixes, parties, dates, combinations."""
        return [self._question(number) for number in range(QUERIES)]

    def _question(self, number: int) -> Asked:
        common, middle = self.words[self.random.randrange(5, 60)], self.words[self.random.randrange(60, 3000)]
        rare = self.words[self.random.randrange(3000, VOCABULARY)]
        person = f"person{self.random.randrange(400)}@firm{self.random.randrange(9)}.example.com"
        kinds = (
            Asked(common, (common,)),
            Asked(rare, (rare,)),
            Asked(f"{common} {middle}", (common, middle)),
            Asked(f'"{common} {self.words[0]}"', (common, self.words[0])),
            Asked(f"{middle[:5]}*", (middle,)),
            Asked(f"{middle} from:{person}", (middle,)),
            Asked(f"{common} after:2021-01-01 before:2021-04-01", (common,)),
            Asked(f"({middle} OR {rare}) -{common} has:attachment", (middle, rare)),
        )
        return kinds[number % len(kinds)]


def measure(build: float = BUILD) -> Figure:
    """Queries a second at the 95th percentile."""
    corpus = Corpus()
    with stocked(corpus, build) as index:
        asked = corpus.questions()
        return compare(
            f"search of {index.size:,} mails",
            "queries/s at the 95th percentile",
            "tantivy alone: stems of the same words in one field, unfiltered",
            lambda: at_95(asked, lambda one: index.search(parse(one.query), View(access=0))),
            lambda: at_95(asked, lambda one: bare(index, one.words)),
        )


@contextmanager
def stocked(
    corpus: Corpus, build: float, also: Callable[[Sequence[IndexDocument]], None] = lambda _: None
) -> Iterator[OrganisationIndex]:
    """An index with as many mails as `build` seconds allow; `also` is given the same mails."""
    memory = memory_directory(isolate=False)
    with TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as folder:
        index = OrganisationIndex(Path(folder) / "sealed", memory.path / "index", KEY)
        try:
            until, sequence = time.monotonic() + build, 0
            while sequence == 0 or time.monotonic() < until:
                batch = [corpus.document(sequence + number) for number in range(BATCH)]
                index.take(batch, watermark=sequence + BATCH - 1)
                also(batch)
                sequence += BATCH
            yield index
        finally:
            index.close()
            shutil.rmtree(memory.path / "index", ignore_errors=True)
            memory.close()


def at_95(asked: Sequence[Asked], answer: Callable[[Asked], object]) -> float:
    """How many queries a second the slowest twentieth of the mix would allow."""
    times = []
    for one in asked:
        start = time.perf_counter()
        answer(one)
        times.append(time.perf_counter() - start)
    return 1 / quantiles(times, n=20)[-1]


def bare(index: OrganisationIndex, words: Sequence[str]) -> object:
    """What the engine does with the stems of these words when nothing else is asked of it."""
    stems = [analysers().stem.analyze(word)[0] for word in words]
    clauses = [(Occur.Must, Query.term_query(schema(), "text_stem", stem, "freq")) for stem in stems]
    return index.searcher.search(Query.boolean_query(clauses), limit=50, count=True)


def _party(role: str, number: int) -> IndexParty:
    return IndexParty(role, f"person{number}@firm{number % 9}.example.com", f"Person Number{number}")
