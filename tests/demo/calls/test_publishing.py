"""What the demo's firm has published of its recording notices, as a command at the machine lists it."""

from muniment.demo import build
from muniment.demo.calls import publishing, script
from tests.demo.conftest import Running


def test_every_notice_is_published_and_was_heard_in_a_call(running: Running) -> None:
    listed = running.muniment(
        "announcement", "list", "--organisation", running.card.organisations[0].organisation,
        "--passphrase-file", str(running.home.path / build.PASSPHRASE),
    )  # fmt: skip
    lines = listed.stdout.splitlines()
    assert len(lines) == len(script.load().notice), listed.stderr
    assert all(line.startswith(publishing.NAME) and "heard in no call" not in line for line in lines)
    assert sum("not played now" in line for line in lines) == 1
    assert any("(cy): played now, queues service-desk; heard in 1 call, likeness" in line for line in lines)
