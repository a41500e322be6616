"""Names of cassettes: one component of a path, and none that leads out of its directory."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ewstape.testing.naming import derived_name, inside, problem_of


@pytest.mark.parametrize(
    ("test", "parameters", "group", "name"),
    [
        ("test_call", "", "", "test_call.yaml"),
        ("test_call", "busy", "TestCalls", "TestCalls.test_call[busy].yaml"),
        ("test_call", "+1 555 0100", "", "test_call[7e26c14de07d].yaml"),
        ("test_call", "a" * 60, "", "test_call[a54f37726f80].yaml"),
        ("tests/test_a", "", "", "tests-test_a-d6ff1d78262d.yaml"),
    ],
)
def test_a_name_tells_the_test(test: str, parameters: str, group: str, name: str) -> None:
    assert derived_name(test, parameters, group) == name


@given(st.text(), st.text(), st.text())
def test_a_name_is_one_component_whatever_the_test_is_called(test: str, parameters: str, group: str) -> None:
    name = derived_name(test, parameters, group)
    assert Path(name).name == name
    assert name.isascii()
    assert len(name) < 200
    assert inside(Path("/cassettes"), name) == Path("/cassettes") / name


@given(st.text(alphabet="ab/\\.:% \n+", min_size=1, max_size=8), st.text(alphabet="ab/\\.:% \n+", max_size=8))
def test_different_parameters_have_different_cassettes(one: str, other: str) -> None:
    assert (derived_name("test", one) == derived_name("test", other)) == (one == other)


@pytest.mark.parametrize(
    "given",
    ["../a.yaml", "a/../../b.yaml", "/etc/passwd", "C:\\a.yaml", "\\\\server\\a", "..\\a.yaml", "", " ", "a\0b"],
)
def test_a_path_that_leads_out_is_refused(given: str) -> None:
    assert problem_of(given)
    assert inside(Path("/cassettes"), given) is None


def test_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "cassettes"
    folder.mkdir()
    (folder / "out").symlink_to(tmp_path)
    (folder / "in").symlink_to(folder)
    assert inside(folder, "out/a.yaml") is None
    assert inside(folder, "in/a.yaml") == folder / "in/a.yaml"
