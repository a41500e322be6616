"""The pytest plugin: the fixture `ews_cassette` answers a test's EWS client from the test's cassette.

It is loaded in every pytest run of its environment, so nothing but pytest is imported until a test needs it.

What counts over what, for every setting: the command line, the marker, the fixture `ews_config`, the ini file; then, as
everywhere in ewstape, EWSTAPE_ variables and an `ewstape.yaml` in the root folder of the run or above it. The cassette
and the record mode are exceptions: only `--ews-record` records, so that no run does so unasked.
"""

import os
import sys
from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ewstape.testing.naming import derived_name, inside, problem_of
from ewstape.testing.options import UNUSED, declare
from ewstape.testing.summary import Outcome, summary

if TYPE_CHECKING:
    from ewstape.testing.used import UsedCassette

_MARKER = "ews_cassette"
_NAMES = frozenset({"ewstape", __name__})
"""By which the plugin may be registered: its entry point's, its module's."""
_NOT_SETTINGS = frozenset({"mode", "record_mode", "cassette"})

_LEASE = pytest.StashKey[ExitStack]()
"""There once the run has the background's thread."""


@dataclass(slots=True)
class _Use:
    """A test's cassette, and how far the test has come."""

    used: "UsedCassette"
    seen: int = 0
    """How many of its misses are dealt with."""
    called: bool = False
    """Whether its call is over; reports that come before are of subtests."""
    failed: bool = False
    """Whether a subtest has failed."""
    passed: bool | None = None
    """Whether it has passed, as its report says; that never comes if the run is interrupted."""
    outcome: Outcome | None = None
    """Once it is over."""


_USE = pytest.StashKey[_Use]()


class EwsTapeWarning(pytest.PytestWarning):
    """A cassette has interactions that its test did not ask for (ini option `ews_unused = warn`)."""


# --- options ---------------------------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options."""
    declare(parser)


def pytest_plugin_registered(plugin: object, manager: pytest.PytestPluginManager) -> None:
    """Lets `-p ewstape.pytest_plugin` stand beside an installed entry point: the module is registered once."""
    if plugin is sys.modules[__name__]:
        for name in _NAMES - {manager.get_name(plugin)}:
            manager.set_blocked(name)


def pytest_configure(config: pytest.Config) -> None:
    """Checks what can be checked before any test, and shuts the network out if that is wanted."""
    config.addinivalue_line("markers", f"{_MARKER}(path, **settings): the test's cassette, in its cassette directory")
    if config.getini("ews_unused") not in UNUSED:
        raise pytest.UsageError(f"ews_unused: {config.getini('ews_unused')!r} is none of {', '.join(UNUSED)}")
    records = config.getoption("--ews-record") != "none"
    if config.getoption("--ews-block-network") and records:
        raise pytest.UsageError("--ews-block-network contradicts --ews-record, which needs a server")
    if not records and (config.getoption("--ews-block-network") or config.getini("ews_block_network")):
        from ewstape.testing.blocking import network_blocked

        open_until_the_end = ExitStack()
        open_until_the_end.enter_context(network_blocked())
        config.add_cleanup(open_until_the_end.close)
    config.pluginmanager.register(_Reporter(config), "ewstape-reporter")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A marker that cannot be meant ends the run before it begins."""
    for item in items:
        marker = item.get_closest_marker(_MARKER)
        if marker is not None and (problem := _problem(marker)):
            raise pytest.UsageError(f"{item.nodeid}: marker {_MARKER}: {problem}")


def _problem(marker: pytest.Mark) -> str:
    if len(marker.args) > 1 or not all(isinstance(given, str) for given in marker.args):
        return "expected one path, and settings by their names"
    return _taken(marker.kwargs) or (problem_of(marker.args[0]) if marker.args else "")


def _taken(settings: Mapping[str, object]) -> str:
    taken = _NOT_SETTINGS & settings.keys()
    problem = "cannot be set here: marker or test name the cassette, and only --ews-record records"
    return f"{min(taken)} {problem}" if taken else ""


# --- fixtures --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def ews_config() -> Mapping[str, object]:
    """Settings by their names, and `upstream`, `upstream_ca`, `upstream_insecure`, `ca_dir`: a project overrides it."""
    return {}


@pytest.fixture(scope="module")
def ews_cassette_dir(request: pytest.FixtureRequest) -> Path:
    """The directory of a module's cassettes, which a project may override: `cassettes/MODULE` beside the module."""
    config = request.config
    if option := config.getoption("--ews-cassette-dir"):
        return config.invocation_params.dir / str(option)
    if ini := config.getini("ews_cassette_dir"):
        return config.rootpath / str(ini)
    return request.path.parent / "cassettes" / request.path.stem


@pytest.fixture
def ews_cassette(
    request: pytest.FixtureRequest, ews_config: Mapping[str, object], ews_cassette_dir: Path
) -> Generator["UsedCassette"]:
    """The test's cassette, answering at `url` (http) and, once asked for, at `proxy_url` (https, with `ca_file`)."""
    item: pytest.Item = request.node
    with _failing_in_a_line(item.config):
        used = _begin(item, _path(item, Path(ews_cassette_dir)), ews_config)
    use = item.stash[_USE] = _Use(used)
    yield used
    said: list[str] = []
    try:
        with _failing_in_a_line(item.config):
            said = used.close(keep=bool(use.passed or item.config.getoption("--ews-keep-failed")))
    finally:
        use.outcome = _outcome(item, used, said)
    if use.passed is not None and used.problems() and (late := used.misses[use.seen :]):
        item.add_report_section("teardown", "ewstape", _unseen(use))
        pytest.fail(f"after the test's call, {len(late)} more had no answer: {late[0]}", pytrace=False)


@contextmanager
def _failing_in_a_line(config: pytest.Config) -> Iterator[None]:
    """Makes of a user's mistake a failure without a traceback."""
    from ewstape.errors import EwsTapeError

    try:
        yield
    except EwsTapeError as error:
        told = str(error).replace(f"{config.rootpath}{os.sep}", "")
        raise pytest.fail.Exception(told, pytrace=False) from None


def _begin(item: pytest.Item, path: Path, configured: Mapping[str, object]) -> "UsedCassette":
    from ewstape.errors import CassetteError, ConfigError
    from ewstape.testing.background import BACKGROUND
    from ewstape.testing.use import begin, chosen

    if problem := _taken(configured):
        raise ConfigError(f"ews_config: {problem}")
    config = item.config
    marker = item.get_closest_marker(_MARKER)
    given = {"upstream": config.getini("ews_upstream"), **configured, **(marker.kwargs if marker else {})}
    if option := config.getoption("--ews-upstream"):
        given["upstream"] = option
    mode = config.getoption("--ews-record")
    settings, upstream = chosen({**given, "cassette": str(path), "record_mode": mode}, config.rootpath, item.nodeid)
    if _LEASE not in config.stash:  # the thread stays for the tests that follow
        config.stash[_LEASE] = ExitStack()
        config.stash[_LEASE].enter_context(BACKGROUND)
        config.add_cleanup(config.stash[_LEASE].close)
    try:
        return begin(settings, upstream, fail_on_unused=_unused(config) == "fail")
    except CassetteError as error:
        if mode == "none" and not path.exists():
            raise CassetteError(f"{error}; record it: --ews-record=once --ews-upstream=URL") from None
        raise


def _path(item: pytest.Item, folder: Path) -> Path:
    """Where the cassette is: in the directory as the marker says, else under the test's own name."""
    marker = item.get_closest_marker(_MARKER)
    if marker is not None and marker.args:
        path = inside(folder, marker.args[0])
        if path is None:
            pytest.fail(f"marker {_MARKER}: {marker.args[0]!r} leads out of {folder}", pytrace=False)
        return path
    if folder.name != item.path.stem:  # shared by modules, whose tests may have the same names
        folder /= item.nodeid.partition("::")[0].removesuffix(".py").replace("/", ".")
    test, _, parameters = item.name.partition("[")
    group = ".".join(node.name for node in item.listchain() if isinstance(node, pytest.Class))
    return folder / derived_name(test, parameters.removesuffix("]"), group)


def _unused(config: pytest.Config) -> str:
    return "fail" if config.getoption("--ews-fail-on-unused") else str(config.getini("ews_unused"))


# --- what becomes of a test ------------------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """A test with a request that had no answer has failed, whatever its client made of the error."""
    try:
        result = yield
    finally:
        if (
            use := item.stash.get(_USE, None)
        ) is not None:  # perhaps since now: the test may ask for the fixture itself
            use.called = True
    if use is not None:
        use.seen = len(use.used.misses)
        if problems := use.used.problems():
            pytest.fail("\n".join(problems), pytrace=False)
        if _unused(item.config) == "warn" and use.used.unused:
            item.warn(EwsTapeWarning(use.used.unused_named()))
    return result


def _unseen(use: _Use) -> str:
    """The reports of the misses that are new; empty if there are none. They are not new any more."""
    from ewstape.testing.misses import miss_report

    new = use.used.misses[use.seen :]
    use.seen += len(new)
    return "\n".join(line for miss in new for line in miss_report(miss))


def _outcome(item: pytest.Item, used: "UsedCassette", said: list[str]) -> Outcome:
    path = used.path
    root = item.config.rootpath
    return Outcome(
        test=item.nodeid,
        cassette=str(path.relative_to(root) if path.is_relative_to(root) else path),
        used=len(used.used),
        unused=list(used.unused),
        misses=len(used.misses),
        recorded="; ".join(said).replace(f"{root}{os.sep}", "") if used.recording else "",
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: "pytest.CallInfo[None]"
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Learns from the report whether the test passed: failures of unittest, of subtests and of a strict xfail are not
    raised in the call. Sends what became of the cassette along, to whichever process reports.
    """
    raised = call.excinfo
    report = yield
    use = item.stash.get(_USE, None)
    if use is None:
        return report
    if report.when == "call" and not use.called:
        use.failed |= report.failed
    elif report.when == "call" or not report.passed:
        use.passed = report.passed and not use.failed
    if call.excinfo is not raised:  # unittest's own error, in place of our failure that told of the misses
        use.seen = 0
    if report.when == "teardown":
        del item.stash[_USE]  # it may be run again
        report.ewstape = use.outcome  # type: ignore[attr-defined]  # pytest keeps it, and xdist carries what is plain data
    elif not report.passed and (told := _unseen(use)):
        report.sections.append((f"Captured ewstape {report.when}", told))
    return report


class _Reporter:
    """Hears of all tests, with xdist those of the workers, and sums up."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._outcomes: list[Outcome] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        outcome: Outcome | None = getattr(report, "ewstape", None)
        if outcome:
            self._outcomes.append(outcome)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        verbosity = self._config.get_verbosity()
        lines = summary(self._outcomes, unused=verbosity > 0 or _unused(self._config) != "ignore")
        if lines and verbosity >= 0:
            terminalreporter.section("ewstape")
            for line in lines:
                terminalreporter.write_line(line)
