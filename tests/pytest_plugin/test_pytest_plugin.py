"""The plugin from outside: real pytest runs in a project of somebody else, and what they print."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from processes import ROOT

from ewstape import load, pytest_plugin
from ewstape.sandbox import Sandbox

if TYPE_CHECKING:
    from conftest import Project

REPLAYS = """
    import asyncio, pathlib, threading, time
    import pytest
    from client import ask

    pytestmark = pytest.mark.ews_cassette("call.yaml")
    ODD = b"<no-soap/>"

    def test_good(ews_cassette):
        for interaction in ews_cassette.interactions:
            ask(ews_cassette.url, interaction)
        ews_cassette.assert_disconnected()

    def test_swallowed(ews_cassette):
        ask(ews_cassette.url, ODD)

    def test_raised(ews_cassette):
        raise KeyError(ask(ews_cassette.url, ODD))

    @pytest.mark.ews_cassette("call.yaml", fail_on=())
    def test_a_miss_is_wanted(ews_cassette):
        ask(ews_cassette.url, ODD)
        assert len(ews_cassette.misses) == 1

    @pytest.fixture
    def late(ews_cassette):
        yield
        ask(ews_cassette.url, ODD)

    def test_late(late):
        pass

    def test_the_next_one_has_a_clean_tape(ews_cassette):
        assert ews_cassette.misses == () and ews_cassette.used == ()

    def test_threads_and_loops(ews_cassette):
        async def all_at_once():
            place = ews_cassette.interactions[0]
            return await asyncio.gather(*(asyncio.to_thread(ask, ews_cassette.url, place) for _ in range(8)))
        assert len(asyncio.run(all_at_once())) == len(ews_cassette.requests) == 8

    @pytest.mark.xfail(strict=True)
    def test_expected(ews_cassette):
        ask(ews_cassette.url, ODD)

    @pytest.mark.ews_cassette("missing.yaml")
    def test_missing(ews_cassette): ...

    @pytest.mark.ews_cassette("call.yaml", latencyy="none")
    def test_mistyped(ews_cassette): ...

    @pytest.mark.ews_cassette("out/call.yaml")
    def test_link(ews_cassette): ...

    @pytest.mark.ews_cassette
    @pytest.mark.parametrize("number", ["+1 555 0100", "busy"])
    def test_named(ews_cassette, number):
        print("cassette", ews_cassette.path.name)
"""


def test_a_run_tells_what_became_of_each_test(project: "Project") -> None:
    project.write(
        "test_a.py",
        REPLAYS.replace("interaction)", "interaction.request.body)").replace(", place)", ", place.request.body)"),
    )
    project.cassette("test_a/call.yaml")
    project.cassette("call.yaml")
    project.cassette("test_a/test_named[busy].yaml")
    (project.folder / "cassettes/test_a/out").symlink_to(project.folder / "cassettes")
    done = project.run("-rA", "-p", "no:randomly")
    assert done.status == 1
    assert done.has(
        "*ERROR at teardown of test_late*",
        "after the test's call, 1 more had no answer: no answer on tape for *",
        "*Captured ewstape teardown*",
        "*ERROR at setup of test_missing*",
        "cassettes/test_a/missing.yaml: there is no such cassette; record it: --ews-record=once --ews-upstream=URL",
        "*ERROR at setup of test_mistyped*",
        "test_a.py::test_mistyped: unknown setting 'latencyy', did you mean 'latency'?",
        "*ERROR at setup of test_link*",
        "marker ews_cassette: 'out/call.yaml' leads out of *",
        "*ERROR at setup of test_named[[]+1 555 0100]*".replace("[[]", "["),
        "cassettes/test_a/test_named[7e26c14de07d].yaml: there is no such cassette; *",
        "*FAILURES*",
        "*test_swallowed*",
        "no answer on tape for *",
        "  what to try: *",
        "*test_raised*",
        "*KeyError*",
        "*Captured ewstape call*",
        "no answer on tape for *",
        "*= ewstape =*",
        "9 tests with 2 cassettes: 7 of 54 interactions replayed, 5 requests had no answer",
        "no answer: test_a.py::test_swallowed: 1 request",
        "PASSED test_a.py::test_the_next_one_has_a_clean_tape",
    )
    assert "During handling" not in done.said
    assert "2 failed, 6 passed, 1 xfailed, 5 errors" in done.said


USAGE = {
    "ini": ({"pytest.ini": "[pytest]\news_unused = maybe\n"}, (), "ews_unused: 'maybe' is none of ignore, warn, fail"),
    "options": ({}, ("--ews-block-network", "--ews-record=all"), "--ews-block-network contradicts --ews-record"),
    "outside": ({"test_a.py": '@M("../a.yaml")\ndef test(): ...'}, (), "must stay inside the cassette directory"),
    "mode": ({"test_a.py": '@M("a.yaml", mode="all")\ndef test(): ...'}, (), "only --ews-record records"),
    "two": ({"test_a.py": '@M("a.yaml", "b.yaml")\ndef test(): ...'}, (), "expected one path, and settings"),
}


@pytest.mark.parametrize(("files", "options", "message"), USAGE.values(), ids=USAGE)
def test_what_cannot_be_meant_is_one_line_and_status_4(
    project: "Project", files: dict[str, str], options: tuple[str, ...], message: str
) -> None:
    for name, text in files.items():
        head = "import pytest\nM = pytest.mark.ews_cassette\n" if name.endswith(".py") else ""
        project.write(name, head + text)
    done = project.run(*options)
    assert done.status == 4
    assert message in done.said
    assert "Traceback" not in done.said


def test_nothing_heavy_is_imported_until_it_is_used(project: "Project") -> None:
    heavy = {"mitmproxy", "lxml", "uvicorn", "msgspec", "yaml", "click"}
    script = f"""
import sys, pytest
status = pytest.main([*{project.command()[3:]!r}, "--help"])
print("loaded:", sorted({heavy!r} & sys.modules.keys()), int(status))
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=project.folder,
        env=project.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "loaded: [] 0" in done.stdout
    for option in ("record", "upstream", "cassette-dir", "fail-on-unused", "block-network", "keep-failed"):
        assert f"--ews-{option}" in done.stdout
    for ini in ("ews_upstream", "ews_cassette_dir", "ews_unused", "ews_block_network"):
        assert f"{ini} (" in done.stdout


@pytest.mark.parametrize("module_first", [True, False], ids=["-p, then what is installed", "installed, then conftest"])
def test_it_may_be_named_as_a_module_where_it_is_installed(
    module_first: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "ewstape-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: ewstape\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[pytest11]\newstape = ewstape.pytest_plugin\n")
    monkeypatch.syspath_prepend(tmp_path)
    manager = pytest.PytestPluginManager()
    ways = [
        lambda: manager.import_plugin("ewstape.pytest_plugin"),
        lambda: manager.load_setuptools_entrypoints("pytest11", name="ewstape"),
    ]
    for load_it in ways if module_first else reversed(ways):
        load_it()
    names = [name for name, plugin in manager.list_name_plugin() if plugin is pytest_plugin]
    assert names == ["ewstape.pytest_plugin" if module_first else "ewstape"]


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


RECORDS = """
    import pathlib
    import pytest
    from client import ask

    BODY = pathlib.Path({body!r}).read_bytes()

    @pytest.fixture(scope="session")
    def ews_config():
        return {{"redaction": False}}

    def test_passes(ews_cassette):
        assert b"GetFolderResponse" in ask(ews_cassette.url, BODY)
        ews_cassette.assert_no_misses()

    def test_fails(ews_cassette):
        assert ask(ews_cassette.url, BODY) == b"something else"
"""


def test_what_a_passing_test_records_is_replayed(project: "Project", server: Sandbox) -> None:
    project.write("tests/test_a.py", RECORDS.format(body=str(ROOT / "tests/wire_samples/get-folder.request.xml")))
    folder = project.folder / "tests/cassettes/test_a"

    done = project.run("--ews-record=once", f"--ews-upstream={server.url}")
    assert "1 failed, 1 passed" in done.said
    assert done.has("*recorded 1 interaction to *tests/cassettes/test_a/test_passes.yaml*")
    assert [path.name for path in folder.iterdir()] == ["test_passes.yaml"]

    done = project.run("--ews-record=once", f"--ews-upstream={server.url}", "--ews-keep-failed")
    assert "1 failed, 1 passed" in done.said
    assert sorted(path.name for path in folder.iterdir()) == ["test_fails.yaml", "test_passes.yaml"]

    before = (folder / "test_passes.yaml").read_bytes()
    done = project.run("-n2", "--ews-block-network")  # in workers, and the summary is that of all
    assert "1 failed, 1 passed" in done.said
    assert "2 tests with 2 cassettes: 2 of 2 interactions replayed, 0 requests had no answer" in done.said
    assert (folder / "test_passes.yaml").read_bytes() == before

    done = project.run("--ews-record=all", f"--ews-upstream={server.origin}", "-k", "passes", "-q")
    assert done.status == 0
    assert len(load(folder / "test_passes.yaml")) == 1


NOT_RAISED = """
    import pathlib, unittest
    import pytest
    from client import ask

    BODY = pathlib.Path({body!r}).read_bytes()

    class TestOld(unittest.TestCase):
        @pytest.fixture(autouse=True)
        def given(self, ews_cassette):
            ask(ews_cassette.url, BODY)

        def test_passes(self): ...

        def test_fails(self):
            self.fail()

        def test_skips(self):
            self.skipTest("later")

        @unittest.expectedFailure
        def test_expected(self):
            self.fail()

    @pytest.mark.xfail(strict=True)
    def test_strict(ews_cassette):
        ask(ews_cassette.url, BODY)

    def test_subtests(ews_cassette, subtests):
        ask(ews_cassette.url, BODY)
        for number in range(3):
            with subtests.test(number=number):
                assert number != 1

    def test_silent(ews_cassette): ...
"""


def test_a_failure_that_is_not_raised_in_the_test_counts(project: "Project", server: Sandbox) -> None:
    """A TestCase keeps its exceptions to itself, subtests go on, and it is the report of a strict xfail that fails."""
    project.write("test_f.py", NOT_RAISED.format(body=str(ROOT / "tests/wire_samples/get-folder.request.xml")))
    done = project.run("--ews-record=once", f"--ews-upstream={server.url}")
    assert [path.name for path in (project.folder / "cassettes/test_f").iterdir()] == ["TestOld.test_passes.yaml"]
    assert done.has(
        "*test_f/TestOld.test_fails.yaml: what was recorded is thrown away, because the test or command did not pass",
        "recorded 0 interactions to cassettes/test_f/test_silent.yaml; no cassette was made",
    )


TOLD = """
    import unittest
    import pytest
    from client import ask

    ODD = b"<no-soap/>"

    class TestOuter:
        class TestInner:
            def test_named(self, ews_cassette):
                assert ews_cassette.path.name == "TestOuter.TestInner.test_named.yaml"

    @pytest.mark.ews_cassette("call.yaml")
    class TestOld(unittest.TestCase):
        @pytest.fixture(autouse=True)
        def given(self, ews_cassette):
            self.url = ews_cassette.url

        def test_raises(self):
            raise KeyError(ask(self.url, ODD)[:3])

    class TestConfigured:
        @pytest.fixture
        def ews_config(self):
            return {"record_mode": "all"}

        def test_records(self, ews_cassette): ...

    @pytest.fixture
    def mailbox(ews_cassette):
        raise KeyError(ask(ews_cassette.url, ODD)[:4])

    @pytest.mark.ews_cassette("call.yaml")
    def test_set_up(mailbox): ...

    @pytest.mark.ews_cassette("call.yaml")
    def test_interrupted(ews_cassette):
        raise KeyboardInterrupt(ask(ews_cassette.url, ODD)[:5])
"""


def test_a_miss_is_told_where_it_happened_and_once(project: "Project") -> None:
    """In a TestCase, in a fixture, and not instead of the summary if the run is interrupted."""
    project.write("test_g.py", TOLD)
    project.write("conftest.py", "import sys, pathlib\nsys.path.insert(0, str(pathlib.Path(__file__).parent))\n" + TEXT)
    project.cassette("tapes/call.yaml")
    project.cassette("tapes/test_g/TestOuter.TestInner.test_named.yaml")
    done = project.run("-p", "no:randomly")
    assert done.status == 2
    assert done.has(
        "*ERROR at setup of TestConfigured.test_records*",
        "ews_config: record_mode cannot be set here: *",
        "*ERROR at setup of test_set_up*",
        "E *KeyError: b'<?xm'",
        "*Captured ewstape setup*",
        "no answer on tape for *",
        "*TestOld.test_raises*",
        "E *KeyError: b'<?x'",
        "*Captured ewstape call*",
        "no answer on tape for *",
        "*= ewstape =*",
        "*KeyboardInterrupt*",
        "*1 failed, 1 passed, 2 errors*",
    )
    assert "Traceback" not in done.said


TEXT = """
import pytest

@pytest.fixture(scope="module")
def ews_cassette_dir(request):
    return str(request.path.parent / "cassettes" / "tapes")
"""


UNUSED = """
    import pytest
    from client import ask

    @pytest.mark.ews_cassette("call.yaml")
    def test_uses_little(ews_cassette):
        ask(ews_cassette.url, ews_cassette.interactions[0].request.body)

    def test_named(ews_cassette):
        assert ews_cassette.path.parts[-2:] == ("test_b", "test_named.yaml")
        ask(ews_cassette.url, ews_cassette.interactions[0].request.body)
"""


def test_unused_interactions_warn_or_fail_where_that_is_wanted(project: "Project") -> None:
    """And one directory for all modules is split up by module for names that tests give."""
    project.write("test_b.py", UNUSED)
    project.cassette("call.yaml")
    project.cassette("test_b/test_named.yaml")
    options = ("--ews-cassette-dir=cassettes", "-W", "default::pytest.PytestWarning")
    assert project.run(*options, "-o", "ews_unused=warn").has(
        "*EwsTapeWarning: *call.yaml: no request asked for #2 GetPhoneCallInformation, *",
        "2 tests with 2 cassettes: 2 of 12 interactions replayed, 0 requests had no answer",
        "unused: cassettes/call.yaml in test_b.py::test_uses_little: #2, #3, #4, #5, #6",
        "*2 passed, 2 warnings*",
    )
    done = project.run(*options, "--ews-fail-on-unused")
    assert done.has("*call.yaml: no request asked for #2 GetPhoneCallInformation, *", "*2 failed*")


PRECEDENCE = """
    import pytest
    from client import ask

    @pytest.fixture(scope="session")
    def ews_config():
        return {"fail_on": ["unused"], "upstream": "no URL"}

    @pytest.mark.ews_cassette("call.yaml", upstream="", fail_on=())
    def test_the_marker_counts_over_the_fixture(ews_cassette): ...

    @pytest.mark.xfail(strict=True)
    @pytest.mark.ews_cassette("call.yaml", upstream="https://mail.example.com")
    def test_the_fixture_counts_over_the_default(ews_cassette): ...

    @pytest.mark.ews_cassette("call.yaml")
    def test_the_fixture_counts_over_the_ini_file(ews_cassette): ...
"""


def test_the_nearest_to_the_test_counts_and_the_command_line_over_all(project: "Project") -> None:
    project.write("test_e.py", PRECEDENCE)
    project.write("ewstape.yaml", "latency: none\nsignificant: [TimeZoneContext]\n")
    project.cassette("test_e/call.yaml")
    done = project.run("-o", "ews_upstream=https://other.example.com")
    assert done.has("upstream 'no URL': expected a URL such as *", "*1 passed, 1 xfailed, 1 error*")
    done = project.run("--ews-upstream=https://mail.example.com")
    assert done.has("*1 failed, 1 passed, 1 xfailed*")


MANY = """
    import gc, os, pathlib, threading
    import pytest
    from client import ask

    def left():
        return threading.active_count(), len(os.listdir("/proc/self/fd"))

    @pytest.mark.ews_cassette("call.yaml")
    @pytest.mark.parametrize("number", range(60))
    def test_one(ews_cassette, number, seen):
        assert b"PhoneCallId" in ask(ews_cassette.url, ews_cassette.interactions[0].request.body)
        assert ews_cassette.proxy_url if number == 0 else True
        if number % 20 == 19:
            gc.collect()
            seen.append(left())

    @pytest.fixture(scope="session")
    def seen():
        return []

    def test_nothing_grows(seen):
        assert seen == [seen[0]] * 3
"""


@pytest.mark.skipif(sys.platform != "linux", reason="open files are counted under /proc")
def test_many_tests_leave_nothing_behind(project: "Project") -> None:
    project.write("test_c.py", MANY)
    project.write(
        "conftest.py",
        """
        import gc, os, pathlib, sys, threading
        sys.path.insert(0, str(pathlib.Path(__file__).parent))

        def pytest_sessionstart(session):
            session.config.add_cleanup(told)  # after the plugin's own, which comes later

        def told():
            gc.collect()
            sockets = [name for fd in os.listdir("/proc/self/fd") if (name := link(fd)).startswith("socket")]
            print("left:", [one.name for one in threading.enumerate()], sockets)

        def link(fd):
            try:
                return os.readlink(f"/proc/self/fd/{fd}")
            except OSError:
                return ""
        """,
    )
    project.cassette("test_c/call.yaml")
    done = project.run("-s", "-q")
    assert "61 passed" in done.said
    assert done.has("left: ['MainThread'] [[]]".replace("[[]]", "[]"))


def test_an_interrupted_run_ends_cleanly(project: "Project") -> None:
    project.write(
        "test_d.py",
        """
        import threading
        import pytest

        @pytest.mark.ews_cassette("call.yaml")
        def test_waits(ews_cassette):
            print(ews_cassette.url, ews_cassette.proxy_url, flush=True)
            threading.Event().wait(60)
        """,
    )
    project.cassette("test_d/call.yaml")
    with subprocess.Popen(
        [*project.command("-s", "-q"), "-o", "faulthandler_timeout=0"],
        cwd=project.folder,
        env={**project.environment, "PYTHONDEVMODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout
        while "http://" not in process.stdout.readline():
            pass
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "KeyboardInterrupt" in said
    assert "Warning" not in said
