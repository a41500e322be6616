"""Keys are random, local and never shown; what can be guessed is refused."""

import base64
import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ewstape.errors import ConfigError
from ewstape.redaction import key as key_module
from ewstape.redaction.key import VARIABLE, Key

HEX = "8f1d0c6a27b94e53a6d2f07c15e83b49"

REFUSED = {
    "a passphrase": "correct horse battery staple",
    "words that happen to be base64": "correcthorsebatterystaple123",
    "words with capitals": "CorrectHorseBatteryStapleYes",
    "words in capitals": "CORRECTHORSEBATTERYSTAPLEYES",
    "hex that is too short": HEX[:-2],
    "short hex that would be enough as base64": "0a1b2c3d4e5f60718293a4b5",
    "an odd number of hex digits": HEX + "1",
    "base64 that is too short": base64.b64encode(bytes.fromhex(HEX)[:12]).decode(),
    "base64 of a broken length": "q83vEjRWeJCrze8SNFZ4k",
    "zeros": "0" * 64,
    "a repeated byte": "a7" * 32,
    "repeated bytes": "deadbeef" * 8,
    "counted bytes": bytes(range(32)).hex(),
    "the digits in turn": "0123456789abcdef" * 4,
    "nothing": "",
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_can_be_guessed_is_refused_with_the_way_out_and_without_quoting_it(text: str) -> None:
    with pytest.raises(ConfigError, match=rf"^{VARIABLE}: .*openssl rand -hex 32$") as refusal:
        Key.load({VARIABLE: text})
    assert not text or text not in str(refusal.value)
    assert refusal.value.__cause__ is None


@given(st.binary(min_size=0, max_size=0).map(lambda _: secrets.token_bytes(32)))
def test_random_keys_are_taken_in_hex_and_in_both_base64_alphabets(secret: bytes) -> None:
    for text in (
        secret.hex(),
        secret.hex().upper(),
        f" {secret.hex()}\n",
        base64.b64encode(secret).decode(),
        base64.urlsafe_b64encode(secret).decode(),
    ):
        assert Key.load({VARIABLE: text}).secret == secret


def test_sixteen_bytes_are_enough() -> None:
    assert Key.load({VARIABLE: HEX}).secret.hex() == HEX


def test_the_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    first = Key.load({}, folder)
    assert Key.load({}, folder) == first
    assert [path.name for path in folder.iterdir()] == ["redaction.key"]
    assert len(first.secret) == 32
    if os.name == "posix":
        assert (folder / "redaction.key").stat().st_mode & 0o777 == 0o600


def test_the_environment_counts_before_the_file_and_makes_none(tmp_path: Path) -> None:
    assert Key.load({VARIABLE: HEX}, tmp_path).secret.hex() == HEX
    assert not list(tmp_path.iterdir())


def test_the_users_data_folder_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_data_path", lambda *_, **__: tmp_path)
    assert Key.load({}) == Key.load({}, tmp_path)


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from ewstape.redaction.key import Key; sys.stdin.readline(); "
        "print(Key.load({}, Path(sys.argv[1])).id)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(key_module.__file__).parents[2])}
    started = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for _ in range(4)
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    ids = {process.communicate()[0] for process in started}
    assert ids == {Key.load({}, tmp_path).id + "\n"}


def test_a_key_that_another_process_has_just_made_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "redaction.key"

    def lose_the_race(_: Path) -> bool:
        path.write_text(HEX)
        path.chmod(0o600)
        return False

    monkeypatch.setattr(Path, "exists", lose_the_race)
    assert Key.load({}, tmp_path).secret.hex() == HEX
    assert [left.name for left in tmp_path.iterdir()] == ["redaction.key"]


def test_a_file_system_without_hard_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    assert Key.load({}, tmp_path) == Key.load({}, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["redaction.key"]


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    Key.load({}, tmp_path)
    (tmp_path / "redaction.key").chmod(0o640)
    with pytest.raises(ConfigError, match=r"redaction\.key: others may read this key \(mode 0640\); chmod 600"):
        Key.load({}, tmp_path)


@pytest.mark.parametrize("content", [b"", b"hunter2\n", b"\xff\xfe\x00"], ids=["empty", "passphrase", "binary"])
def test_a_broken_key_file_is_named_and_never_replaced(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "redaction.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(ConfigError, match=r"redaction\.key: "):
        Key.load({}, tmp_path)
    assert path.read_bytes() == content


def test_a_folder_that_cannot_be_made_is_a_matter_of_configuration(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=VARIABLE):
        Key.load({}, tmp_path / "file")


def test_a_fresh_key_is_new_each_time() -> None:
    assert len({Key.fresh().secret for _ in range(10)}) == 10


def test_neither_representation_nor_id_gives_the_secret_away() -> None:
    key = Key(bytes.fromhex(HEX))
    assert repr(key) == str(key) == f"Key(id='{key.id}')"
    assert len(key.id) == 8
    assert key.id not in HEX
    assert Key.fresh().id != key.id
