"""`ewstape redact` and `ewstape rules`: cassettes recorded raw become fit to be shown."""

import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ewstape.cassette import Cassette, CassetteWriter, Existing
from ewstape.cli import redact, rules
from ewstape.errors import CassetteError, ConfigError
from ewstape.interaction import Interaction
from ewstape.operations import Reader
from ewstape.redaction import RULES, Redactor

SAMPLE = Path(__file__).parents[2] / "cassettes" / "play-on-phone.yaml"
RAW = ("+1 555 0100", "ZXdzdGFwZTpjYWxsOjE=", "mail.example.com")


@pytest.fixture
def cassette(tmp_path: Path) -> Path:
    path = tmp_path / "calls.yaml"
    path.write_bytes(SAMPLE.read_bytes())
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(
        redact.command, [*map(str, arguments), "--fresh-key"], catch_exceptions=False, standalone_mode=False
    )


def test_a_cassette_is_redacted_in_place(cassette: Path) -> None:
    before = Cassette.open(cassette)[:]
    result = run(cassette, "--in-place")
    text = cassette.read_text()
    assert not any(raw in text for raw in RAW)
    after = Cassette.open(cassette)
    assert [(one.number, one.at, one.operation) for one in after] == [(o.number, o.at, o.operation) for o in before]
    assert after[0].request.fields["dial_string"] in after[0].request.body.decode()
    assert "dial-strings: " in result.stderr
    assert stat.S_IMODE(cassette.stat().st_mode) == 0o600
    assert [path.name for path in cassette.parent.iterdir()] == ["calls.yaml"]


def test_redacting_twice_changes_nothing_but_the_header(cassette: Path) -> None:
    run(cassette, "--in-place")
    once = Cassette.open(cassette)[:]
    run(cassette, "--in-place")
    assert Cassette.open(cassette)[:] == once


def test_a_copy_is_redacted_and_the_original_stays(cassette: Path, tmp_path: Path) -> None:
    run(cassette, "-o", tmp_path / "public.yaml")
    assert cassette.read_bytes() == SAMPLE.read_bytes()
    header = Cassette.open(tmp_path / "public.yaml").header
    assert "dial-strings" in header.redaction
    assert header.upstream.startswith("https://host-")


def test_a_rule_is_switched_off(cassette: Path) -> None:
    run(cassette, "--in-place", "--keep", "dial-strings")
    assert "+1 555 0100" in cassette.read_text()
    assert "dial-strings" not in Cassette.open(cassette).header.redaction


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "either -o OUT or --in-place"),
        (("-o", SAMPLE), "is there already"),
        (("--in-place", "--keep", "x"), "no such rule"),
    ],
)
def test_what_is_asked_for_must_be_clear(cassette: Path, arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        run(cassette, *arguments)
    assert cassette.read_bytes() == SAMPLE.read_bytes()


def test_a_leak_is_not_kept(cassette: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check in process is other code than the redactor, which is made to fail here."""
    monkeypatch.setattr(
        redact, "redacted", lambda interaction, redactor, _: (redactor.request(interaction.request), interaction)[1]
    )
    with pytest.raises(CassetteError, match="not kept"):
        run(cassette, "--in-place")
    assert cassette.read_bytes() == SAMPLE.read_bytes()
    assert [path.name for path in cassette.parent.iterdir()] == ["calls.yaml"]


def test_a_cassette_that_is_being_recorded_is_not_replaced_but_may_be_copied(cassette: Path, tmp_path: Path) -> None:
    with CassetteWriter(cassette, Cassette.open(cassette).header, existing=Existing.APPEND):
        with pytest.raises(CassetteError, match="another recorder is writing to it"):
            run(cassette, "--in-place")
        assert cassette.read_bytes() == SAMPLE.read_bytes()
        run(cassette, "-o", tmp_path / "public.yaml")
    run(cassette, "--in-place")
    assert not any(raw in cassette.read_text() for raw in RAW)


def test_nothing_is_recorded_into_a_cassette_that_is_being_replaced(
    cassette: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever tries in the meantime is refused, and nothing that was recorded is lost."""
    header, redacted, refused = Cassette.open(cassette).header, redact.redacted, []

    def meanwhile(interaction: Interaction, redactor: Redactor, reader: Reader) -> Interaction:
        with pytest.raises(CassetteError) as caught:
            CassetteWriter(cassette, header, existing=Existing.APPEND)
        refused.append(str(caught.value))
        return redacted(interaction, redactor, reader)

    monkeypatch.setattr(redact, "redacted", meanwhile)
    run(cassette, "--in-place")
    assert set(refused) == {f"{cassette}: another recorder is writing to it"}


def test_a_cassette_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(CassetteError, match="no such cassette"):
        run(tmp_path / "none.yaml", "--in-place")
    assert not list(tmp_path.iterdir())


def test_the_rules_are_listed() -> None:
    listed = json.loads(CliRunner().invoke(rules.command, ["--json"]).stdout)
    assert [rule["name"] for rule in listed] == [rule.name for rule in RULES]
    assert listed[0]["where"] == ["header"]
    assert "dial-strings" in CliRunner().invoke(rules.command).stdout
    assert CliRunner().invoke(rules.command, ["--markdown"]).stdout.startswith("| rule |")


def test_rules_of_a_settings_file_count(cassette: Path, tmp_path: Path) -> None:
    """The same settings as for recording: a rule of one's own, and one that is switched off."""
    settings = tmp_path / "ewstape.yaml"
    settings.write_text(
        'keep: [dial-strings]\nrules: [{name: builds, kind: text, xpath: "//t:ServerVersionInfo/@Version"}]\n'
    )
    version = Cassette.open(cassette)[0].response
    assert version is not None
    assert b'Version="V' in version.body or b'Version="Exchange' in version.body
    run(cassette, "--in-place", "--config", settings)
    text = cassette.read_text()
    assert "+1 555 0100" in text
    assert 'Version="Text e' in text
    assert "builds" in Cassette.open(cassette).header.redaction
