"""`ewstape.use_cassette` and `ewstape.load`, as a script or unittest has them."""

import asyncio
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import ewstape
from ewstape.testing.background import BACKGROUND

type Ask = Callable[..., bytes]


def test_a_cassette_is_read_as_a_sequence_with_a_header(call: Path) -> None:
    cassette = ewstape.load(call)
    assert [str(one.operation) for one in cassette][:2] == ["PlayOnPhone", "GetPhoneCallInformation"]
    assert cassette.header.version == 1


def test_a_call_is_played_and_told(call: Path, ask: Ask) -> None:
    with ewstape.use_cassette(call) as cassette:
        for interaction in cassette.interactions:
            ask(cassette.url, interaction)
        cassette.assert_no_misses()
        cassette.assert_all_used()
        cassette.assert_disconnected()
        [told] = cassette.calls
        cassette.assert_disconnected(told)
        cassette.assert_disconnected(told.id)
        assert told.dial_string == "+1 555 0100"
        assert cassette.used == tuple(range(1, 7))
        assert cassette.ending.misses == 0
        assert not cassette.recording
    assert cassette.unused == ()  # and it can still be asked when it is over
    assert len(cassette.requests) == 6


def test_what_the_client_sent_is_told_not_what_is_on_tape(call: Path, ask: Ask) -> None:
    with ewstape.use_cassette(call) as cassette:
        body = cassette.interactions[0].request.body.replace(b"+1 555 0100", b"+1 555 0199")
        ask(cassette.url, body)
        assert [one.dial_string for one in cassette.calls] == ["+1 555 0199"]
        with pytest.raises(AssertionError, match="was not disconnected: not seen to end; states: never polled"):
            cassette.assert_disconnected()
        with pytest.raises(AssertionError, match="no call was placed with id nothing"):
            cassette.assert_disconnected("nothing")
        with pytest.raises(AssertionError, match=r"no request asked for #2 GetPhoneCallInformation, #3"):
            cassette.assert_all_used()


def test_rewinding_begins_the_cassette_again(call: Path, ask: Ask) -> None:
    with ewstape.use_cassette(call) as cassette:
        ask(cassette.url, cassette.interactions[0])
        cassette.rewind()
        assert cassette.used == ()


def test_a_miss_that_nobody_noticed_fails_the_block(call: Path, ask: Ask) -> None:
    told: list[str] = []

    @ewstape.use_cassette(call)
    def block(cassette: ewstape.UsedCassette) -> None:
        ask(cassette.url, cassette.interactions[0].request.body.replace(b"PlayOnPhone", b"GetRooms"))
        told.extend(map(str, cassette.misses))
        with pytest.raises(AssertionError, match="what to try"):
            cassette.assert_no_misses()

    with pytest.raises(AssertionError, match="no answer on tape for GetRooms") as raised:
        block()
    assert told == str(raised.value).splitlines()[:1]


def test_an_error_of_the_block_is_not_covered_by_its_miss(call: Path, ask: Ask) -> None:
    @ewstape.use_cassette(call)
    def block(cassette: ewstape.UsedCassette) -> None:
        raise KeyError(ask(cassette.url, b"<no-soap/>"))

    with pytest.raises(KeyError):
        block()


@pytest.mark.parametrize(("verdicts", "fails"), [((), False), (("unused",), True)], ids=["nothing", "unused"])
def test_what_fails_the_block_is_a_setting(call: Path, ask: Ask, verdicts: tuple[str, ...], *, fails: bool) -> None:
    def block() -> None:
        with ewstape.use_cassette(call, fail_on=verdicts) as cassette:
            ask(cassette.url, b"<no-soap/>")

    if fails:
        with pytest.raises(AssertionError, match="no request asked for #1 PlayOnPhone"):
            block()
    else:
        block()


def test_the_proxy_plays_the_same_tape_as_the_url(call: Path, ask: Ask, ca: Path) -> None:
    """Over http and https, and each interaction counts wherever it was asked for."""
    with ewstape.use_cassette(call, ca_dir=ca) as cassette:
        ask(cassette.url, cassette.interactions[0])
        trusting = ssl.create_default_context(cafile=str(cassette.ca_file))
        ask("https://mail.example.com/EWS/Exchange.asmx", cassette.interactions[1], cassette.proxy_url, trusting)
        assert cassette.used == (1, 2)
        assert [str(one.operation) for one in cassette.requests] == ["PlayOnPhone", "GetPhoneCallInformation"]


def test_cassettes_in_use_at_once_keep_apart(call: Path, ask: Ask, ca: Path) -> None:
    with (
        ewstape.use_cassette(call, ca_dir=ca, fail_on=()) as one,
        ewstape.use_cassette(call, ca_dir=ca) as other,
    ):
        ask(one.url, one.interactions[0])
        ask("http://mail.example.com/EWS/Exchange.asmx", b"<no-soap/>", one.proxy_url)
        ask("http://mail.example.com/EWS/Exchange.asmx", other.interactions[0], other.proxy_url)
        assert (one.used, one.ending.misses, other.used, other.ending.misses) == ((1,), 1, (1,), 0)


def test_proxies_with_other_authorities_cannot_be_open_at_once(call: Path, ca: Path, tmp_path: Path) -> None:
    with ewstape.use_cassette(call, ca_dir=ca) as one, ewstape.use_cassette(call, ca_dir=tmp_path) as other:
        assert one.proxy_url
        with pytest.raises(ewstape.ConfigError, match="another CA folder"):
            _ = other.proxy_url
    with ewstape.use_cassette(call, ca_dir=tmp_path) as other:
        assert other.ca_file.is_relative_to(tmp_path)


def test_many_threads_may_ask_at_once(call: Path, ask: Ask) -> None:
    with ewstape.use_cassette(call) as cassette, ThreadPoolExecutor(8) as pool:
        place = cassette.interactions[0]
        answers = list(pool.map(lambda _: ask(cassette.url, place), range(40)))
        assert all(b"PhoneCallId" in answer for answer in answers)
        assert len(cassette.requests) == 40


def test_a_decorated_function_gets_the_cassette_if_it_wants_it(call: Path, ask: Ask) -> None:
    @ewstape.use_cassette(call)
    def wants(number: int, cassette: ewstape.UsedCassette) -> bytes:
        return ask(cassette.url, cassette.interactions[number])

    @ewstape.use_cassette(call)
    def wants_not(number: int) -> int:
        return number

    @ewstape.use_cassette(call)
    async def waits(cassette: ewstape.UsedCassette) -> bytes:
        return await asyncio.to_thread(ask, cassette.url, cassette.interactions[0])

    assert b"PhoneCallId" in wants(0)
    assert b"PhoneCallId" in wants(0)  # each time from the beginning
    assert wants_not(7) == 7
    assert b"PhoneCallId" in asyncio.run(waits())


def test_the_cassette_takes_the_place_of_its_parameter(call: Path) -> None:
    """The others are given as if it were not there: what decorates further out may give them by position."""

    @ewstape.use_cassette(call)
    def between(first: int, cassette: ewstape.UsedCassette, last: int) -> tuple[int, str, int]:
        return first, cassette.path.name, last

    @ewstape.use_cassette(call)
    def by_name(*numbers: int, cassette: ewstape.UsedCassette) -> tuple[tuple[int, ...], str]:
        return numbers, cassette.path.name

    assert between(1, 2) == between(1, last=2) == (1, call.name, 2)  # type: ignore[call-arg]  # as mock.patch does it
    assert by_name(1, 2) == ((1, 2), call.name)


def test_classes_are_not_decorated(call: Path) -> None:
    with pytest.raises(TypeError, match="functions and methods"):
        ewstape.use_cassette(call)(type("Tests", (), {}))


def _generator() -> Iterator[int]:
    yield 1


async def _async_generator() -> AsyncIterator[int]:
    yield 1


@pytest.mark.parametrize("function", [_generator, _async_generator])
def test_generators_are_not_decorated(call: Path, function: Callable[[], object]) -> None:
    """Their call ends before they begin, and the cassette would end with it."""
    with pytest.raises(TypeError, match="use `with` inside it"):
        ewstape.use_cassette(call)(function)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"latencyy": "none"}, "use_cassette: unknown setting 'latencyy', did you mean 'latency'"),
        ({"mode": "sometimes"}, "record_mode: invalid enum value 'sometimes' .*none, once, new_episodes, all"),
        ({"upstream": "mail.example.com"}, "expected a URL such as https://mail.example.com"),
    ],
    ids=["setting", "mode", "upstream"],
)
def test_a_wrong_setting_is_told_at_once(call: Path, settings: dict[str, str], message: str) -> None:
    with pytest.raises(ewstape.ConfigError, match=message):
        ewstape.use_cassette(call, **settings)  # type: ignore[arg-type]  # a mapping of any settings


def test_a_missing_cassette_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ewstape.CassetteError, match="there is no such cassette"):
        ewstape.use_cassette(tmp_path / "missing.yaml").__enter__()
    assert not any(thread.name == "ewstape" for thread in threading.enumerate())


def test_a_cassette_that_is_over_opens_no_ports(call: Path) -> None:
    with BACKGROUND, ewstape.use_cassette(call) as cassette:
        pass
    with pytest.raises(RuntimeError, match="in use no more"):
        _ = cassette.url
