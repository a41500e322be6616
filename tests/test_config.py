"""Settings have one name everywhere, one order of precedence, and no silent mistakes."""

from pathlib import Path

import pytest

from ewstape import config
from ewstape.config import Config, RecordMode, read_config
from ewstape.errors import ConfigError

SAMPLE = Path(__file__).parents[1] / "config.yaml"


def write(folder: Path, text: str) -> Path:
    file = folder / "ewstape.yaml"
    file.write_text(text, "utf-8")
    return file


def test_the_sample_names_every_setting_with_its_default() -> None:
    """config.yaml is complete, and true but for the sample cassette, which its comment says."""
    text = SAMPLE.read_text("utf-8")
    assert [name for name in Config.__struct_fields__ if f"\n{name}: " not in text] == []
    assert read_config(SAMPLE) == Config(cassette=str(SAMPLE.parent / "cassettes/play-on-phone.yaml"))


def test_no_setting_is_an_option_of_mitmproxy() -> None:
    """Mitmproxy reads a config.yaml in its confdir too, and would take ours for its own."""
    from mitmproxy.options import Options

    assert set(Config.__struct_fields__).isdisjoint(Options().keys())


def test_command_line_counts_over_environment_over_file(tmp_path: Path) -> None:
    file = write(tmp_path, "auth: none\nlog_format: json\nrecord_mode: all\n")
    read = read_config(file, {"EWSTAPE_LOG_FORMAT": "text", "EWSTAPE_RECORD_MODE": "none"}, {"record_mode": "all"})
    assert (read.auth, read.log_format, read.record_mode) == ("none", "text", "all")


def test_a_cassette_in_a_file_is_relative_to_the_file(tmp_path: Path) -> None:
    assert read_config(write(tmp_path, "cassette: tapes/a.yaml\n")).cassette == str(tmp_path / "tapes/a.yaml")


def test_a_file_of_misses_in_a_file_is_relative_to_the_file(tmp_path: Path) -> None:
    assert read_config(write(tmp_path, "misses: out.jsonl\n")).misses == str(tmp_path / "out.jsonl")


@pytest.mark.parametrize(("written", "read"), [("cache", "{folder}/cache"), ("none", "none"), ('""', "")])
def test_a_folder_of_indexes_in_a_file_is_relative_to_the_file(tmp_path: Path, written: str, read: str) -> None:
    assert read_config(write(tmp_path, f"index_cache: {written}\n")).index_cache == read.format(folder=tmp_path)


def test_hosts_may_be_a_list_or_words(tmp_path: Path) -> None:
    assert read_config(write(tmp_path, "hosts: [a.example.com, b.example.com]\n")).hosts == (
        "a.example.com",
        "b.example.com",
    )
    assert read_config(None, {"EWSTAPE_HOSTS": "a.example.com b.example.com"}).hosts == (
        "a.example.com",
        "b.example.com",
    )


def test_lists_in_the_environment_are_words_and_those_of_mappings_are_yaml() -> None:
    environment = {
        "EWSTAPE_FAIL_ON": "miss,unused",
        "EWSTAPE_KEEP": "urls places",
        "EWSTAPE_RULES": "[{name: rooms, kind: text, xml: Room}]",
        "EWSTAPE_FAULTS": "[{fault: reset, probability: 0.25}]",
    }
    read = read_config(None, environment)
    assert read.fail_on == ("miss", "unused")
    assert read.keep == ("urls", "places")
    assert read.rules == ({"name": "rooms", "kind": "text", "xml": "Room"},)
    assert [(fault.fault, fault.probability) for fault in read.faults] == [("reset", 0.25)]


@pytest.mark.parametrize("name", ["faults", "rules"])
def test_a_list_that_is_no_yaml_is_one_line(name: str) -> None:
    with pytest.raises(ConfigError, match=f"^environment: {name}: "):
        read_config(None, {f"EWSTAPE_{name.upper()}": "[{"})


@pytest.mark.parametrize(("text", "factor"), [("none", 0), ("recorded", 1), ("0.5x", 0.5), ("10x", 10)])
def test_latency_is_a_factor_of_the_recorded_time(text: str, factor: float) -> None:
    assert config.latency_factor(read_config(None, {"EWSTAPE_LATENCY": text}).latency) == factor


def test_an_empty_variable_leaves_the_setting_alone() -> None:
    assert read_config(None, {"EWSTAPE_RECORD_MODE": ""}).record_mode is RecordMode.NONE


MISTAKES = {
    "unknown key": ("recordmode: all\n", "unknown setting 'recordmode', did you mean 'record_mode'?"),
    "nothing like it": ("zzz: 1\n", "unknown setting 'zzz', known: cassette, record_mode"),
    "not a choice": (
        "record_mode: sometimes\n",
        "record_mode: invalid enum value 'sometimes' (one of none, once, new_episodes, all)",
    ),
    "not a choice, of redaction": (
        "undecodable: sometimes\n",
        "undecodable: invalid enum value 'sometimes' (one of withhold, patterns)",
    ),
    "not a choice, in a list": ("fail_on: [hit]\n", "fail_on[0]: invalid enum value 'hit' (one of miss, unused)"),
    "not a boolean": ("fsync: perhaps\n", "fsync: expected `bool`"),
    "unknown fault": ("faults: [{fault: flood}]\n", "faults[0].fault: invalid enum value 'flood'"),
    "unknown key of a fault": ("faults: [{fault: busy, evry: 2}]\n", "faults[0]: object contains unknown field `evry`"),
    "two ways to strike": ("faults: [{fault: busy, every: 2, probability: 0.5}]\n", "either `every` or `probability`"),
    "latency without a unit": ("latency: 0.5\n", "latency: '0.5' is none of none, recorded, or a factor"),
    "not a mapping": ("- record_mode\n", "expected a mapping"),
    "twice": ("auth: auto\nauth: none\n", "the key 'auth' twice"),
    "broken": ("auth: [\n", "line 2"),
}


@pytest.mark.parametrize(("text", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_a_file_is_one_line_that_names_it(tmp_path: Path, text: str, message: str) -> None:
    file = write(tmp_path, text)
    with pytest.raises(ConfigError) as raised:
        read_config(file)
    assert message in str(raised.value)
    assert str(raised.value).startswith(f"{file}:")
    assert "\n" not in str(raised.value)


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        read_config(tmp_path / "missing.yaml")


def test_the_file_is_found_upward(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    file = write(tmp_path, "auth: none\n")
    assert config.find_file(deep) == file


def test_every_setting_is_described() -> None:
    assert all(config.descriptions().values())
    assert list(config.descriptions()) == list(Config.__struct_fields__)
