import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from ewstape.check import cassettes, check
from ewstape.cli.check import command

SAMPLES = Path(__file__).parents[2] / "cassettes"
SAMPLE = (SAMPLES / "play-on-phone.yaml").read_text()


def findings(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "edited.yaml"
    path.write_text(text)
    return [str(finding) for finding in check(path)]


def without(text: str, *numbers: int) -> str:
    """The cassette without the interactions of those numbers."""
    documents = text.split("\n---\n")
    return "\n---\n".join(one for one in documents if not any(f"\nnumber: {number}\n" in one for number in numbers))


def test_a_decoded_value_that_the_body_does_not_say_is_named(tmp_path: Path) -> None:
    edited = SAMPLE.replace("phone_call_state: Alerted", "phone_call_state: Connected")
    (said,) = findings(tmp_path, edited)
    assert said == (
        "document 4: $.response.fields.phone_call_information.phone_call_state: decoded: "
        "differs from what the body says"
    )


def test_an_operation_that_the_body_does_not_name_is_reported(tmp_path: Path) -> None:
    edited = SAMPLE.replace("operation: DisconnectPhoneCall", "operation: FindItem")
    assert any("$.operation: decoded:" in line for line in findings(tmp_path, edited))


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        pytest.param((5, 6), "never disconnected", id="a call that never ends"),
        pytest.param((6,), "", id="a client that hangs up and asks no more"),
        pytest.param((1,), "", id="a recording that began in the middle"),
    ],
)
def test_oddities_in_the_life_of_a_call(tmp_path: Path, numbers: tuple[int, ...], words: str) -> None:
    found = findings(tmp_path, without(SAMPLE, *numbers))
    assert any(words in line for line in found) if words else found == []


def test_a_poll_after_the_end_is_reported(tmp_path: Path) -> None:
    last = SAMPLE.split("\n---\n")[-1]
    again = SAMPLE + "---\n" + last.replace("number: 6", "number: 7")
    (said,) = findings(tmp_path, again)
    assert said.startswith("document 8: $.request: call: polls the call of document 2 after")


def test_an_id_from_nowhere_is_reported(tmp_path: Path) -> None:
    documents = SAMPLE.split("\n---\n")
    documents[3] = documents[3].replace("ZXdzdGFwZTpjYWxsOjE=", "ZXdzdGFwZTpjYWxsOjk5")
    assert any("comes from nowhere" in line for line in findings(tmp_path, "\n---\n".join(documents)))


def test_an_unreadable_document_is_reported_and_the_rest_is_checked(tmp_path: Path) -> None:
    edited = SAMPLE.replace("number: 2\n", "number: two quillon@velvetholm.io\n")
    edited = edited.replace("+1 555 0100", "+1 425 663 7198")
    found = findings(tmp_path, edited)
    assert any(line.startswith("document 3: $: unreadable: line ") for line in found)
    assert any(line.startswith("document 3: $: email-address: ") for line in found)
    assert any(line.startswith("document 2: $.request.body: dial-string: ") for line in found)
    assert "velvetholm" not in "".join(found)


def test_a_torn_tail_is_reported_and_searched(tmp_path: Path) -> None:
    found = findings(tmp_path, SAMPLE + "---\noperation: PlayOnPhone\nauth: quillon@velvetholm.io\n")
    assert any(line.startswith("document 8: $: torn: ") for line in found)
    assert any(line.startswith("document 8: $: email-address: ") for line in found)


def test_a_comment_is_searched(tmp_path: Path) -> None:
    found = findings(tmp_path, SAMPLE.replace("number: 3\n", "number: 3 # ask quillon@velvetholm.io\n"))
    assert any(line.startswith("document 4: $ (comment): email-address: ") for line in found)


@pytest.mark.parametrize(
    "edited",
    [
        pytest.param("# ask quillon@velvetholm.io\n" + SAMPLE, id="above"),
        pytest.param(SAMPLE.replace("ewstape: 1\n", "ewstape: 1 # quillon@velvetholm.io\n", 1), id="beside a key"),
        pytest.param(SAMPLE.replace("...\n---\n", "...\n# quillon@velvetholm.io\n---\n", 1), id="below"),
    ],
)
def test_comments_of_the_header_are_searched(tmp_path: Path, edited: str) -> None:
    (said,) = findings(tmp_path, edited)
    assert said.startswith("document 1: $ (comment): email-address: ")


def test_text_that_is_not_utf8_is_unreadable_here_as_it_is_in_a_replay(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes(SAMPLE.replace("number: 2\n", "number: 2 # \xe4\n").encode("latin-1"))
    (said,) = map(str, check(path))
    assert re.fullmatch(r"document 3: \$: unreadable: line \d+: not UTF-8 text", said)


@pytest.mark.parametrize("place", ["number: 2\n", "  fields:\n"], ids=["of a document", "of fields"])
def test_a_key_that_looks_like_a_secret_is_found_and_not_shown(tmp_path: Path, place: str) -> None:
    indent = "    " if place.startswith(" ") else ""
    found = findings(tmp_path, SAMPLE.replace(place, f"{place}{indent}quillon@velvetholm.io: x\n", 1))
    assert any(": email-address: " in line for line in found)
    assert "velvetholm" not in "".join(found)


def test_a_number_that_two_interactions_have_is_reported(tmp_path: Path) -> None:
    found = findings(tmp_path, SAMPLE.replace("number: 3\n", "number: 2\n"))
    assert found == ["document 4: $.number: number: is that of document 3 too; reports tell them by it"]


def test_the_header_is_searched(tmp_path: Path) -> None:
    found = findings(tmp_path, SAMPLE.replace("upstream: https://mail.example.com", "upstream: https://mx07"))
    assert found == ["document 1: $.upstream: host: the name of a server (4 characters)"]


def test_folders_are_searched_for_cassettes_and_other_yaml_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "one.yaml").write_text(SAMPLE)
    (tmp_path / "other.yaml").write_text("key: value\n")
    assert list(cassettes(tmp_path)) == [tmp_path / "below" / "one.yaml"]


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(command, arguments, standalone_mode=False)
    return int(result.return_value), result.output


def test_clean_cassettes_give_status_0() -> None:
    assert run(str(SAMPLES)) == (0, "4 cassettes, nothing found\n")


def test_findings_give_status_1_and_a_line_each(tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    path.write_text(SAMPLE.replace("User-Agent: ", "X-AnchorMailbox: quillon@velvetholm.io\n    User-Agent: ", 1))
    status, said = run(str(path))
    assert status == 1
    assert said.startswith(f"{path}: document 2: $.request.headers.X-AnchorMailbox: email-address: ")
    assert said.endswith("\n1 cassette, 1 finding: email-address 1\n")
    status, said = run("--json", str(path))
    assert status == 1
    assert json.loads(said)["findings"][0]["rule"] == "email-address"


def test_what_is_no_cassette_gives_status_3(tmp_path: Path) -> None:
    path = tmp_path / "other.yaml"
    path.write_text("key: value\n")
    status, said = run(str(path))
    assert status == 3
    assert "not an ewstape cassette" in said


def test_a_folder_without_a_cassette_gives_status_3(tmp_path: Path) -> None:
    assert run(str(tmp_path)) == (3, f"ewstape: {tmp_path}: there is no cassette in this folder or below it\n")
