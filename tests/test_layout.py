"""Every module of the package has a test file of its own, where one looks for it."""

import os
from pathlib import Path, PurePath

import pytest

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "addons" / "ewstape"
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py") if not path.stem.startswith("__"))

ELSEWHERE = {
    "_version.py": ("cli/test_app.py", "a constant that `--version` prints"),
    "pytest_plugin.py": ("pytest_plugin/test_pytest_plugin.py", "has a folder"),
    "cassette/existing.py": ("cassette/test_writer.py", "an enumeration; the writer obeys it"),
    "cassette/patterns.py": ("cassette/test_schema.py", "expressions that the schema holds"),
    "check/consistency.py": ("check/test_cassette.py", "its findings are of whole cassettes"),
    "check/finding.py": ("check/test_cassette.py", "a value; its text is in every finding there"),
    "check/headers.py": ("check/test_detectors.py", "one more detector of that table"),
    "check/secrets.py": ("planted/test_planted_precision.py", "judged by all secrets that are planted"),
    "check/written.py": ("cli/test_redact.py", "the search at the end of `redact`"),
    "cli/check.py": ("check/test_cassette.py", "the command is how cassettes are checked there"),
    "cli/record.py": ("e2e/test_recording.py", "runs until it is told to stop"),
    "cli/replay.py": ("server/test_run.py", "runs until it is told to stop"),
    "cli/sandbox.py": ("e2e/test_modes.py", "runs until it is told to stop"),
    "operations/_phone_call.py": ("operations/test_get_phone_call_information.py", "fields that operations share"),
    "operations/_spec.py": ("operations/test_table.py", "the type of the table's rows"),
    "proxy/replaying.py": ("proxy/test_addon.py", "one half of the addon"),
    "redaction/content_rules.py": ("redaction/test_rules.py", "rows of the table of rules"),
    "redaction/http_rules.py": ("redaction/test_rules.py", "rows of the table of rules"),
    "redaction/identifier_rules.py": ("redaction/test_rules.py", "rows of the table of rules"),
    "redaction/people_rules.py": ("redaction/test_rules.py", "rows of the table of rules"),
    "redaction/protocol_rules.py": ("redaction/test_rules.py", "rows of the table of rules"),
    "redaction/patterns.py": ("redaction/test_table.py", "what the table gives for a text"),
    "report/html/data.py": ("report/test_html_gather.py", "the types of what is gathered"),
    "report/html/values.py": ("report/test_html_lanes.py", "the types of what is drawn"),
    "sandbox/contents.py": ("sandbox/test_mailbox.py", "what lies in the mailbox"),
    "sandbox/phone_services.py": ("sandbox/test_client.py", "operations of the client"),
    "sandbox/shapes.py": ("sandbox/test_calls.py", "the XML of the answers"),
    "testing/options.py": ("pytest_plugin/test_pytest_plugin.py", "options are given to a run of pytest"),
    "testing/proxying.py": ("testing/test_use.py", "one way to use a cassette"),
    "testing/stage.py": ("testing/test_use.py", "what stands behind a cassette in use"),
    "testing/used.py": ("testing/test_use.py", "what a cassette in use is"),
}
"""Modules that are tested as part of something else: in which file, and why not alone."""


def homes(module: PurePath) -> list[Path]:
    """Where a module's tests may be: of a/b.py in a/test_b.py; of a/b/c.py also in a/test_b_c.py or a/test_b.py."""
    folder, name = module.parent, module.stem.removeprefix("_")
    found = [folder / f"test_{name}.py"]
    if len(folder.parts) > 1:
        found += [folder.parent / f"test_{folder.name}_{name}.py", folder.parent / f"test_{folder.name}.py"]
    return [TESTS / path for path in found]


@pytest.mark.xdist_group("a group")
def test_a_group_of_tests_runs_in_one_worker(request: pytest.FixtureRequest) -> None:
    """By its name at the end of their ids, which the conftest sees to."""
    assert request.node.nodeid.endswith("@a group") is ("PYTEST_XDIST_WORKER" in os.environ)


def has_home(module: PurePath) -> bool:
    return any(path.is_file() for path in homes(module))


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_module_has_its_test_file(module: PurePath) -> None:
    assert has_home(module) or str(module) in ELSEWHERE, f"no {homes(module)[0].relative_to(TESTS.parent)}"


@pytest.mark.parametrize(("module", "where"), [(module, where) for module, (where, _) in ELSEWHERE.items()])
def test_an_exception_is_needed_and_true(module: str, where: str) -> None:
    assert PurePath(module) in MODULES
    assert not has_home(PurePath(module))
    assert (TESTS / where).is_file()
