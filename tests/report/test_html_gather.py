"""The figures that the page shows."""

from dataclasses import replace
from typing import Any

from ewstape.cassette import Header
from ewstape.interaction import Interaction, Operation
from ewstape.report.html import Oddity, Report, gather
from ewstape.report.html.data import embedded, list_data


def report(*interactions: Interaction, **more: Any) -> Report:
    return gather(Header(), interactions, source="calls.yaml", **more)


def sent_by(made: Interaction, number: int, agent: str, **fields: Any) -> Interaction:
    return replace(made, number=number, request=replace(made.request, headers=(("user-agent", agent),), fields=fields))


def test_percentiles_are_times_that_were_measured(make: Any) -> None:
    found = report(*(make("GetFolder", number=n, took=n / 100) for n in range(1, 101))).latency
    assert (found.median, found.p95, found.most) == (0.5, 0.95, 1.0)
    alone = report(make("GetFolder", took=0.2)).latency
    assert (alone.median, alone.p95, alone.most) == (0.2, 0.2, 0.2)


def test_operations_come_by_frequency_with_their_errors_and_bytes(play: Any, make: Any) -> None:
    placed = [play(1, 0.0), play(2, 1.0, code="ErrorItemNotFound"), play(3, 1.0, code="ErrorItemNotFound")]
    play_use, folder = report(make("GetFolder", answer=None, number=4, error="gone"), *placed).uses
    assert (play_use.operation.name, play_use.documented, play_use.writes) == ("PlayOnPhone", "PlayOnPhone2", True)
    assert (play_use.count, play_use.failed, dict(play_use.errors)) == (3, 2, {"Error ErrorItemNotFound": 2})
    assert play_use.sent == sum(len(one.request.body) for one in placed)
    assert (folder.documented, folder.writes, folder.received) == ("", False, 0)
    assert dict(folder.errors) == {"no response: gone": 1}


def test_clients_are_told_apart_by_program_logon_and_account(make: Any) -> None:
    made = make("GetFolder")
    someone = {"soap_header": {"exchange_impersonation": {"primary_smtp_address": "kim@example.com"}}}
    anchored = sent_by(made, 4, "B")
    anchored = replace(
        anchored, request=replace(anchored.request, headers=(*anchored.request.headers, ("X-AnchorMailbox", "lee@x")))
    )
    clients = report(
        replace(sent_by(made, 1, "A"), auth="NTLM"),
        replace(sent_by(made, 2, "A"), auth="NTLM", at=5.0, response=None),
        sent_by(made, 3, "A", **someone),
        anchored,
        replace(made, number=5),
    ).clients
    assert [(one.agent, one.auth, one.account, one.count, one.failed) for one in clients] == [
        ("A", "NTLM", "", 2, 1),
        ("A", "", "kim@example.com", 1, 0),
        ("B", "", "lee@x", 1, 0),
        ("", "", "", 1, 0),
    ]
    assert (clients[0].first, clients[0].last, clients[0].operations) == (0.0, 5.0, ("GetFolder",))


def test_entries_come_by_number_and_keep_their_place_in_the_file(play: Any, poll: Any) -> None:
    entries = report(poll(2, 1.0, "Alerted"), play(1, 0.0)).entries
    assert [(entry.number, entry.position) for entry in entries] == [(1, 1), (2, 0)]


def test_servers_are_named_by_their_version(make: Any) -> None:
    made = make("GetFolder")
    stated = dict.fromkeys(("major_version", "minor_version", "major_build_number", "minor_build_number"), "1")
    answered = replace(made.response, fields={"soap_header": {"server_version_info": stated}})
    assert report(replace(made, response=answered), replace(made, number=2)).servers == ("1.1.1.1",)


def test_the_title_is_the_file_s_name_unless_another_is_given() -> None:
    assert [report().title, report(title="The run of Monday").title] == ["calls.yaml", "The run of Monday"]
    assert (report().duration, report().failed) == (0.0, 0)


def test_progress_is_told_after_each_interaction_and_findings_are_asked_for_at_the_end(make: Any) -> None:
    told: list[str] = []

    def late() -> Any:
        told.append("asked")
        yield Oddity(rule="call", words="w", place="p")

    made = report(make("A"), make("B", number=2), advance=lambda: told.append("one"), oddities=late())
    assert told == ["one", "one", "asked"]
    assert made.oddities == (Oddity(rule="call", words="w", place="p"),)
    assert report().oddities is None


def test_the_list_s_rows_refer_to_tables_of_texts(play: Any, poll: Any, make: Any) -> None:
    rows = (
        play(1, 0.5, call="c"),
        poll(2, 1.5, "Disconnected", "UserBusy", call="c"),
        make("GetFolder", answer=None, number=3),
    )
    data: Any = list_data(report(*rows))
    assert data["operations"] == [
        ("PlayOnPhone", "PlayOnPhone2"),
        *[(name, name) for name in ("GetPhoneCallInformation", "GetFolder")],
    ]
    assert data["results"] == [
        ("Success", True, "+15550100", False),
        ("Success", True, "Disconnected UserBusy", True),
        ("no response", False, "", False),
    ]
    assert [call[1] for call in data["calls"]] == ["+15550100"]
    sizes = [(len(one.request.body), len(one.response.body) if one.response else -1) for one in rows]
    assert data["rows"] == [
        (1, 0.5, 0.084, 0, 0, 0, *sizes[0], 0),
        (2, 1.5, 0.084, 1, 1, 0, *sizes[1], 1),
        (3, 0.0, 0.084, 2, 2, -1, *sizes[2], 2),
    ]


def test_data_hold_nothing_that_a_page_would_take_for_markup() -> None:
    text = embedded({"</script><!--": "\u2028&\u202e"})
    assert text == r'{"\u003c/script\u003e\u003c!--":"\u2028\u0026\u202e"}'


def test_an_operation_of_another_namespace_is_another_operation(make: Any) -> None:
    made = make("GetFolder")
    assert len(report(made, replace(made, number=2, operation=Operation("GetFolder", namespace="urn:x"))).uses) == 2
