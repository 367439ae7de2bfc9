"""Skips: what a test needs of the machine, said by name, and told apart from what could have run.

A test marked `needs("postfix")` is skipped where that command is absent. The summary lists every
skip with its reason. With `--no-avoidable-skips` a skip fails the run unless its reason says that
this machine cannot (it begins with "This machine"), and a missing Debian package is no such reason
for root on a machine with apt: the set-up should have installed it.
"""

import pytest

from tools.bootstrap import debian_packages, may_install

CANNOT = "This machine"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--no-avoidable-skips",
        action="store_true",
        help="fail if a test was skipped that this machine could have run",
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    packages = {package.evidence: package for package in debian_packages()}
    for mark in item.iter_markers("needs"):
        for command in mark.args:
            if command not in packages:
                pytest.fail(f"{command} is not in requirements/debian.txt, so nothing would install it.")
            if not packages[command].present():
                pytest.skip(missing(packages[command].name))


def missing(package: str) -> str:
    """The reason for skipping a test whose Debian package is absent."""
    if may_install():
        return f"The Debian package {package} is absent; `make test` installs it."
    return f"{CANNOT} lacks the Debian package {package}, and only root may install it."


def reason_of(report: pytest.TestReport) -> str:
    """Why a test was skipped, without pytest's own first word."""
    place = report.longrepr
    text = str(place[2]) if isinstance(place, tuple) else str(place)
    return text.removeprefix("Skipped: ")


def avoidable(reports: list[pytest.TestReport]) -> list[pytest.TestReport]:
    """The skips that this machine could have run."""
    return [report for report in reports if not reason_of(report).startswith(CANNOT)]


def skipped(config: pytest.Config) -> list[pytest.TestReport]:
    """Every skip of this run, as the process that reports saw it."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return list(reporter.stats.get("skipped", [])) if reporter else []


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    strict = session.config.getoption("--no-avoidable-skips")
    if strict and exitstatus == pytest.ExitCode.OK and avoidable(skipped(session.config)):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    reports = skipped(config)
    if not reports:
        return
    terminalreporter.section("skipped, by name")
    for report in sorted(reports, key=lambda report: report.nodeid):
        terminalreporter.write_line(f"{report.nodeid}: {reason_of(report)}")
    could_have_run = avoidable(reports)
    if could_have_run and config.getoption("--no-avoidable-skips"):
        terminalreporter.write_line(
            f"FAILED: this machine could have run {len(could_have_run)} of these; its set-up left something out."
        )
