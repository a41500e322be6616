"""The comparison counts rightly, and asks for what is answered. How fast anything is, no test says."""

from dataclasses import replace
from pathlib import Path

import pytest
from comparison import feeds
from comparison.cases import CALL, CASES, MEGABYTE, PEERS, TEN, Case, Kind
from comparison.contenders import BY_NAME, CONTENDERS
from comparison.exchanges import RECORDED_ID, UNRECORDED, Corpus, Items, get_item
from comparison.goals import GOALS, Goal, Verdict
from comparison.report import report, spread, table
from comparison.results import Key, Results, number

from ewstape.config import Config
from ewstape.interaction import Request
from ewstape.player import Player, open_tape
from ewstape.replay import Reply

OURS, THEIRS = Key("one", "1", "ewstape", "requests/s, c=1"), Key("one", "1", "wiremock-xml", "requests/s, c=1")
MEASURES = {
    Kind.LOAD: ("requests/s, c=1",),
    Kind.START: ("s",),
    Kind.FIRST: ("s",),
    Kind.CLIENT: ("ms, requests", "ms, urllib3"),
    Kind.COMMAND: (),
}


def found(figures: dict[Key, list[float]]) -> Results:
    results = Results()
    for key, values in figures.items():
        for value in values:
            results.add(key, value)
    return results


def test_a_ratio_is_the_median_of_the_ratios_of_each_round() -> None:
    results = found({OURS: [10.0, 40.0, 90.0], THEIRS: [10.0, 20.0, 30.0]})
    assert results.ratio(OURS, THEIRS) == 2.0


def test_the_medians_are_compared_where_the_rounds_differ_in_number() -> None:
    assert found({OURS: [10.0, 30.0, 50.0], THEIRS: [15.0]}).ratio(OURS, THEIRS) == 2.0


def test_there_is_no_ratio_to_what_was_not_measured() -> None:
    assert found({OURS: [1.0]}).ratio(OURS, THEIRS) is None


def test_the_best_is_the_highest_median_or_the_lowest_where_less_is_better() -> None:
    results = found({OURS: [3.0, 1.0, 9.0], THEIRS: [2.0, 2.0, 99.0]})
    assert results.best([OURS, THEIRS]) == OURS
    assert results.best([OURS, THEIRS], lowest=True) == THEIRS
    assert results.best([]) is None


def test_nothing_of_a_contender_that_failed_is_counted() -> None:
    results = found({OURS: [1.0], THEIRS: [1.0]})
    results.reject("one", "1", "ewstape", "under load: Non-2xx")
    assert list(results.values) == [THEIRS]
    assert "under load: Non-2xx" in report(results, {})


def goal(*, limit: float, **how: bool) -> Goal:
    return Goal(measure="", limit=limit, find=lambda results: (results.ratio(OURS, THEIRS), ""), **how)


@pytest.mark.parametrize(
    ("judged", "verdict"),
    [
        pytest.param(goal(limit=2), Verdict.MET, id="at least, just reached"),
        pytest.param(goal(limit=2.1), Verdict.MISSED, id="at least, missed"),
        pytest.param(goal(limit=2, strict=True), Verdict.MISSED, id="more than, equal"),
        pytest.param(goal(limit=2, at_most=True), Verdict.MET, id="at most, just reached"),
        pytest.param(goal(limit=1.9, at_most=True), Verdict.MISSED, id="at most, missed"),
        pytest.param(goal(limit=2, at_most=True, strict=True), Verdict.MISSED, id="less than, equal"),
    ],
)
def test_a_goal_is_judged_by_its_limit(judged: Goal, verdict: Verdict) -> None:
    assert judged.judge(found({OURS: [2.0], THEIRS: [1.0]})).verdict is verdict


def test_a_goal_whose_contenders_are_missing_is_not_measured() -> None:
    assert {goal.judge(Results()).verdict for goal in GOALS} == {Verdict.OPEN}
    assert report(Results(), {}).count("| not measured | not measured |") == len(GOALS)


def test_every_goal_is_of_what_the_cases_measure() -> None:
    everything = {
        Key(case.name, corpus.name, contender, measure): [7.0]
        for case in CASES
        for corpus in case.corpora
        for contender in case.contenders
        for measure in MEASURES[case.kind]
        if len(corpus) <= BY_NAME[contender].at_most
    }
    for one in GOALS:
        got = one.judge(found(everything))
        assert got.value in {1.0, 7.0}
        assert "without" not in got.figures


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_names_contenders_that_there_are(case: Case) -> None:
    assert set(case.contenders) <= set(BY_NAME)
    assert len(set(case.contenders)) == len(case.contenders)


def test_contenders_have_names_of_their_own_and_peers_are_not_ours() -> None:
    assert len(BY_NAME) == len(CONTENDERS)
    assert not [name for name in PEERS if BY_NAME[name].own]


def test_what_a_contender_needs_and_lacks_is_named(tmp_path: Path) -> None:
    needy = replace(BY_NAME["wiremock"], needs=("npm:wiremock", "pypi:no_such_module", "no-such-program", "pypi:lxml"))
    assert needy.missing(tmp_path) == ("npm:wiremock", "pypi:no_such_module", "no-such-program")
    (tmp_path / "node_modules" / "wiremock").mkdir(parents=True)
    assert needy.missing(tmp_path) == ("pypi:no_such_module", "no-such-program")


@pytest.mark.parametrize(
    ("value", "shown"), [(123456.7, "123,457"), (12.34, "12.3"), (1.2345, "1.23"), (0.01234, "0.0123")]
)
def test_figures_have_about_three_digits(value: float, shown: str) -> None:
    assert number(value) == shown


def test_a_spread_is_the_median_with_the_extremes_if_they_differ() -> None:
    assert spread([3.0, 1.0, 2.0]) == "2 (1-3)"
    assert spread([2.0]) == "2"


def test_a_table_is_aligned_and_cells_cannot_break_it() -> None:
    assert table(("a", "b"), [("x|y", "1")]) == "| a    | b |\n|------|---|\n| x\\|y | 1 |"


# --- what is asked is answered ---------------------------------------------------------------------------------------


def player_of(corpus: Corpus, folder: Path) -> Player:
    config = Config(cassette=str(folder / "cassette.yaml"))
    feeds.cassette(corpus, Path(config.cassette))
    return Player(config, open_tape(config))


def asked(player: Player, body: bytes) -> Reply:
    url = "http://mail.example.com/EWS/Exchange.asmx"
    headers = (("Content-Type", "text/xml; charset=utf-8"),)
    return player.answer(Request(method="POST", url=url, headers=headers, body=body), "1", 0.0)


@pytest.mark.parametrize("corpus", [TEN, CALL, MEGABYTE], ids=lambda corpus: corpus.name)
def test_what_is_recorded_is_answered_byte_by_byte(corpus: Corpus, tmp_path: Path) -> None:
    player = player_of(corpus, tmp_path)
    for exchange in corpus:
        reply = asked(player, exchange.request)
        assert (reply.response.status, reply.response.body) == (200, exchange.answer)


def test_a_request_with_a_fresh_message_id_is_answered_as_well(tmp_path: Path) -> None:
    fresh = get_item("00000003", str(RECORDED_ID + 1))
    assert fresh not in {exchange.request for exchange in TEN}
    assert asked(player_of(TEN, tmp_path), fresh).response.body == TEN[3].answer


def test_what_the_case_of_misses_asks_for_is_a_miss(tmp_path: Path) -> None:
    assert asked(player_of(TEN, tmp_path), get_item("00000003", str(RECORDED_ID), shape=UNRECORDED)).miss is not None


def test_requests_and_answers_of_a_corpus_differ() -> None:
    for which in ("request", "answer"):
        assert len({getattr(exchange, which) for exchange in Items(100)}) == 100
