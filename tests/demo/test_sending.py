"""A visitor's mail, from the command to the search."""

import re

from tests.demo.conftest import Running


def test_it_is_counted_and_sealed(running: Running) -> None:
    done = running.muniment("demo", "send", "--subject", "A heron", "--text", "standing in the reeds")
    assert done.returncode == 0, done.stderr
    found = re.fullmatch(
        r"250 .*\. Wethercote Systems Limited now holds (\d+) records; it held (\d+)\.\n", done.stdout
    )
    assert found is not None
    assert int(found[1]) == int(found[2]) + 1


def test_it_goes_to_the_organisation_of_whom_it_is_for(running: Running) -> None:
    done = running.muniment("demo", "send", "--to", "s.prosser@elderrow.example")
    assert "Elder Row Housing Trust now holds" in done.stdout


def test_strangers_get_none(running: Running) -> None:
    done = running.muniment("demo", "send", "--to", "nobody@elsewhere.example")
    assert done.returncode == 2
    assert "nobody's address" in done.stderr


def test_no_word_of_it_rests_on_the_disk(running: Running) -> None:
    word = b"xylographically"
    done = running.muniment(
        "demo", "send", "--subject", word.decode(), "--text", f"{word.decode()} {word.decode()}"
    )
    assert done.returncode == 0
    for path in running.home.path.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert word not in data, path
            assert word.decode().encode("utf-16-le") not in data, path
