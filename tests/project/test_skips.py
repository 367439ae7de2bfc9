"""A skip is named with its reason, and one that the machine could have run fails a strict run."""

import pytest

from tests.project.tree import ROOT

pytest_plugins = ["pytester"]

CONFTEST = "pytest_plugins = ['tests.skips']"
OPTIONS = ("-p", "no:randomly", "-p", "no:django", "-p", "no:cacheprovider", "-p", "no:xdist")


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch) -> pytest.Pytester:
    pytester.makeini("[pytest]\nmarkers = needs")
    pytester.makeconftest(CONFTEST)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return pytester


def run(suite: pytest.Pytester, body: str, *options: str) -> pytest.RunResult:
    suite.makepyfile(f"import pytest\n\n{body}")
    return suite.runpytest_subprocess(*OPTIONS, *options)


def test_the_summary_names_each_skip_with_its_reason(suite: pytest.Pytester) -> None:
    result = run(suite, "def test_fax(): pytest.skip('This machine has no modem.')")
    result.stdout.fnmatch_lines(["*skipped, by name*", "*::test_fax: This machine has no modem."])
    assert result.ret == 0


def test_a_skip_that_the_machine_cannot_help_passes_a_strict_run(suite: pytest.Pytester) -> None:
    body = "def test_fax(): pytest.skip('This machine has no modem.')\n\ndef test_sum(): assert 1 + 1 == 2"
    assert run(suite, body, "--no-avoidable-skips").ret == 0


def test_any_other_skip_fails_a_strict_run_and_only_that(suite: pytest.Pytester) -> None:
    body = "def test_later(): pytest.skip('not today')\n\ndef test_sum(): assert 1 + 1 == 2"
    result = run(suite, body, "--no-avoidable-skips")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["FAILED: this machine could have run 1 of these*"])
    assert run(suite, body).ret == 0


def test_a_command_that_nothing_would_install_is_a_failure(suite: pytest.Pytester) -> None:
    result = run(suite, "@pytest.mark.needs('telex')\ndef test_telex(): pass")
    result.stdout.fnmatch_lines(["*telex is not in requirements/debian.txt*"])


@pytest.mark.parametrize("installs", [True, False])
def test_a_missing_package_is_avoidable_only_where_it_may_be_installed(
    suite: pytest.Pytester, installs: bool
) -> None:
    suite.makeconftest(
        f"{CONFTEST}\nfrom tests import skips\nfrom tools.bootstrap import Package\n"
        "skips.debian_packages = lambda: [Package('fax-machine', 'fax-now', 'letters')]\n"
        f"skips.may_install = lambda: {installs}\n"
    )
    body = "@pytest.mark.needs('fax-now')\ndef test_fax(): pass"
    result = run(suite, body, "--no-avoidable-skips")
    result.stdout.fnmatch_lines(["*::test_fax: *Debian package fax-machine*"])
    assert result.ret == (pytest.ExitCode.TESTS_FAILED if installs else pytest.ExitCode.OK)
