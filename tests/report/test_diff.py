"""What differs between two recordings: nothing of what varies by itself, and everything else, in EWS terms."""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from ewstape.interaction import Interaction, Operation, Request, Response, Service
from ewstape.recording.recorder import interpret
from ewstape.redaction import RULES, Redactor
from ewstape.redaction.key import Key
from ewstape.redaction.pseudonyms import Pseudonyms
from ewstape.report.diff import Change, Difference, Options, Threshold, compare, tree
from ewstape.sandbox.exchange import Exchange

SAMPLES = Path(__file__).parents[1] / "wire_samples"
WHOLE = {
    name: (SAMPLES / f"{name}.request.xml", path)
    for path in SAMPLES.glob("*.response.xml")
    if (SAMPLES / f"{(name := path.name.removesuffix('.response.xml'))}.request.xml").exists()
}

type Make = Callable[..., Interaction]


def sample(name: str, number: int = 1) -> Interaction:
    """An exchange from the wire, recorded."""
    asked, answered = WHOLE[name]
    path = "UM2007Legacy" if name.startswith("um-") else "Exchange"
    request = Request(method="POST", url=f"https://mail.example.com/EWS/{path}.asmx", body=asked.read_bytes())
    return recorded_as(number, request, Response(status=200, body=answered.read_bytes()))


def recorded_as(number: int, request: Request, response: Response, redactor: Redactor | None = None) -> Interaction:
    operation, asked, answered = interpret(request, response, redactor)
    return Interaction(number=number, operation=operation, at=float(number), request=asked, response=answered)


def told(difference: Difference) -> list[str]:
    """Every change on a line, and every interaction that stands alone or elsewhere."""
    lines = [
        f"throughout {one.change.path}: {one.change.before} -> {one.change.after}" for one in difference.throughout
    ]
    for thread in difference.threads:
        lines += [f"{change.path}: {change.before} -> {change.after}" for change in thread.changes]
        for pair in thread.pairs:
            lines += [f"- {pair.operation}"] * (pair.right is None) + [f"+ {pair.operation}"] * (pair.left is None)
            lines += [f"moved {pair.operation}"] * pair.moved
            lines += [f"{change.path}: {change.before} -> {change.after}" for change in pair.changes]
    return lines


def rewritten(interactions: Sequence[Interaction], edit: Callable[[bytes], bytes]) -> list[Interaction]:
    """The interactions with other bodies, and nothing decoded beside them."""
    return [
        replace(
            one,
            request=replace(one.request, body=edit(one.request.body), fields={}),
            response=one.response and replace(one.response, body=edit(one.response.body), fields={}),
        )
        for one in interactions
    ]


def swapped(old: str, new: str) -> Callable[[bytes], bytes]:
    return lambda body: body.replace(old.encode(), new.encode())


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_an_exchange_does_not_differ_from_itself_nor_from_itself_redacted(name: str) -> None:
    one = [sample(name)]
    assert not compare(one, one)
    assert told(compare(one, redacted(one), Options(redacted_differently=True))) == []
    assert told(compare(redacted(one), redacted(one), Options(redacted_differently=True))) == []


def test_two_runs_differ_in_identifiers_only_and_so_not_at_all(recorded: list[Interaction], call_id: str) -> None:
    other = [replace(one, at=one.at * 3 + 7, took=one.took * 5) for one in recorded]
    assert not compare(recorded, rewritten(other, swapped(call_id, "AAAAother")))


def conversation(seed: int, ring: int = 2) -> list[Interaction]:
    """What the sandbox answers, without a network, to one who reads the mailbox and plays a voice mail."""
    exchange = Exchange(seed, pause=lambda: None)
    made: list[Interaction] = []

    def ask(payload: str) -> str:
        body = _ENVELOPE.format(payload).encode()
        request = Request(method="POST", url="http://mail.example.com/EWS/Exchange.asmx", body=body)
        answer = exchange.answer(request)
        assert isinstance(answer, Response)
        made.append(recorded_as(len(made) + 1, request, answer))
        return answer.body.decode()

    ask(
        "<m:GetFolder><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape><m:FolderIds>"
        '<t:DistinguishedFolderId Id="inbox"/></m:FolderIds></m:GetFolder>'
    )
    found = ask(
        '<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>Default</t:BaseShape></m:ItemShape>'
        '<m:ParentFolderIds><t:DistinguishedFolderId Id="inbox"/></m:ParentFolderIds></m:FindItem>'
    )
    item = re.search(r'ItemId Id="([^"]+)"', found)
    assert item
    placed = ask(f'<m:PlayOnPhone><m:ItemId Id="{item[1]}"/><m:DialString>+15550100</m:DialString></m:PlayOnPhone>')
    call = re.search(r'PhoneCallId[^>]* Id="([^"]+)"', placed)
    assert call
    about = f'<m:PhoneCallId Id="{call[1]}"/>'
    for _ in range(ring):
        ask(f"<m:GetPhoneCallInformation>{about}</m:GetPhoneCallInformation>")
    ask(f"<m:DisconnectPhoneCall>{about}</m:DisconnectPhoneCall>")
    ask(f"<m:GetPhoneCallInformation>{about}</m:GetPhoneCallInformation>")
    return made


_ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"'
    ' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Body>{}</s:Body></s:Envelope>'
)


def test_the_same_client_at_another_server_with_the_same_mail_does_not_differ() -> None:
    left, right = conversation(1), conversation(2)
    assert left[1].response != right[1].response  # other ids, so there was something to map
    assert told(compare(left, right)) == []


def test_a_client_that_waits_longer_sees_a_state_more() -> None:
    assert told(compare(conversation(1), conversation(1, ring=3))) == [
        "call.states: Connecting, Alerted, Disconnected -> Connecting, Alerted, Connected, Disconnected",
        "+ GetPhoneCallInformation",
    ]


EDITS = {
    "a dial string": ("+15550100", "+15550199", ["request.dial_string: +15550100 -> +15550199"]),
    "a change key is an identifier": ('ChangeKey="k"', 'ChangeKey="k2"', []),
    "an item id is an identifier": ('Id="item-1"', 'Id="item-2"', []),
    "a state": (
        "Alerted",
        "Forwarding",
        [
            (
                "call.states: Connecting, Alerted, Connected, Disconnected"
                " -> Connecting, Forwarding, Connected, Disconnected"
            ),
            "response.phone_call_information.phone_call_state: Alerted -> Forwarding",
        ],
    ),
    "a new element": (
        "<t:PhoneCallState>Connecting</t:PhoneCallState>",
        "<t:PhoneCallState>Connecting</t:PhoneCallState><t:Brand>new</t:Brand>",
        ["response.phone_call_information.brand: None -> new"],
    ),
    "a prefix and layout": ("<t:PhoneCallState>", "\n  <t:PhoneCallState >", []),
}


@pytest.mark.parametrize("case", EDITS)
def test_a_call_with_another(case: str, recorded: list[Interaction]) -> None:
    old, new, expected = EDITS[case]
    changed = rewritten(recorded, swapped(old, new))
    assert sorted(told(compare(recorded, changed))) == sorted(expected)


def test_a_field_that_repeats_is_named_by_its_place(make: Make) -> None:
    item = "<t:Message><t:Subject>{}</t:Subject></t:Message>"
    left, right = (
        make(
            "FindItem",
            "",
            f"<m:FindItemResponse><m:Items>{item.format(one)}{item.format('b')}</m:Items></m:FindItemResponse>",
        )
        for one in "ac"
    )
    assert told(compare([left], [right])) == ["response/Items/Message[1]/Subject: a -> c"]


def test_an_item_more_is_one_change_and_the_others_stay(make: Make) -> None:
    one = "<t:Message><t:Subject>{0}</t:Subject><t:Size>{0}0</t:Size></t:Message>"

    def found(*names: str) -> list[Interaction]:
        items = "".join(map(one.format, names))
        return [make("FindItem", "", f"<m:FindItemResponse><m:Items>{items}</m:Items></m:FindItemResponse>")]

    assert told(compare(found("a", "b"), found("n", "a", "b"))) == [
        "response/Items/Message[1]: None -> Subject=n, Size=n0"
    ]


def test_which_one_is_missing_shows_although_every_request_is_another(make: Make) -> None:
    """A client that asks for more in each request, and asks once less."""

    def asking(shape: str, *folders: str) -> list[Interaction]:
        return [
            make("GetFolder", f"<m:Shape>{shape}</m:Shape><m:Folder>{folder}</m:Folder>", number=number)
            for number, folder in enumerate(folders, 1)
        ]

    difference = compare(asking("short", "inbox", "drafts", "sent"), asking("long", "drafts", "sent"))
    assert [(pair.left, pair.right) for pair in difference.pairs] == [(1, None), (2, 1), (3, 2)]


def test_missing_added_and_moved_interactions(make: Make) -> None:
    names = ["GetFolder", "FindItem", "GetItem", "SendItem"]
    left = [make(name, number=number) for number, name in enumerate(names)]
    right = [make(name, number=number) for number, name in enumerate(["GetItem", "GetFolder", "FindItem", "MoveItem"])]
    assert sorted(told(compare(left, right))) == ["+ MoveItem", "- SendItem", "moved GetItem"]


def test_calls_are_paired_by_what_they_dialled_and_what_became_of_them(play: Make, poll: Make) -> None:
    def call(number: int, dial: str, state: str) -> list[Interaction]:
        return [play(number, number, dial, f"call-{dial}"), poll(number + 1, number + 1, state, call=f"call-{dial}")]

    left = [*call(1, "+15550101", "Connected"), *call(3, "+15550102", "Alerted")]
    assert not compare(left, [replace(one, number=one.number % 4) for one in left[2:] + left[:2]][2:] + left[2:])
    gone = compare(left, left[2:])
    assert [(thread.left_call and thread.left_call.dial_string, thread.right_call) for thread in gone.threads] == [
        ("+15550101", None)
    ]
    assert told(gone) == ["- PlayOnPhone", "- GetPhoneCallInformation"]


def test_calls_that_overlap_may_begin_in_another_order(play: Make, poll: Make) -> None:
    def run(*dialled: str) -> list[Interaction]:
        ends = {"+15550101": "Disconnected", "+15550102": "Alerted", "+15550103": "Connected"}
        begun = [play(place, place, dial, f"call-{dial}") for place, dial in enumerate(dialled, 1)]
        return begun + [
            poll(place, place, ends[dial], call=f"call-{dial}") for place, dial in enumerate(dialled, len(dialled) + 1)
        ]

    left = run("+15550101", "+15550102", "+15550103")
    assert not compare(left, run("+15550103", "+15550101", "+15550102"))
    fewer = compare(left, run("+15550103", "+15550101"))
    assert [(thread.left_call and thread.left_call.dial_string, thread.right_call) for thread in fewer.threads] == [
        ("+15550102", None)
    ]


def test_calls_one_after_another_keep_their_order(play: Make, poll: Make) -> None:
    def call(number: int, dial: str) -> list[Interaction]:
        return [
            play(number, number, dial, f"call-{dial}"),
            poll(number + 1, number + 1, "Alerted", call=f"call-{dial}"),
        ]

    first, second = "+15550101", "+15550102"
    assert compare([*call(1, first), *call(3, second)], [*call(1, second), *call(3, first)])


def test_overlapping_calls_of_redacted_and_plain_recordings_meet_by_what_happened(play: Make, poll: Make) -> None:
    def run(busy: str, answered: str, *, busy_first: bool) -> list[Interaction]:
        calls = (busy, "Disconnected"), (answered, "Connected")
        calls = calls if busy_first else calls[::-1]
        begun = [play(place, place, dial, f"call-{dial}") for place, (dial, _) in enumerate(calls, 1)]
        return begun + [poll(place, place, state, call=f"call-{dial}") for place, (dial, state) in enumerate(calls, 3)]

    plain = run("+15550101", "+15550102", busy_first=True)
    redacted = run("+999552010769049024", "+999800778049199166", busy_first=False)
    assert not compare(plain, redacted, Options(redacted_differently=True))


def test_messages_that_come_again_are_parsed_once(play: Make, poll: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request and its answer are parsed, and not again, whatever headers around them vary."""
    parsed: list[bytes] = []
    read = tree.read_envelope

    def counting(body: bytes, **more: str) -> object:
        parsed.append(body)
        return read(body, **more)

    monkeypatch.setattr(tree, "read_envelope", counting)
    polls = [poll(number, number, "Alerted") for number in range(2, 50)]
    assert not compare([play(1, 0), *polls], [play(1, 0), *polls])
    assert len(parsed) == 2 * 4  # on either side play and poll, asked and answered


def test_polls_without_news_count_only_where_asked(play: Make, poll: Make) -> None:
    left = [play(1, 0), poll(2, 1, "Alerted"), poll(3, 2, "Connected")]
    right = [play(1, 0), poll(2, 1, "Alerted"), poll(3, 2, "Alerted"), poll(4, 3, "Connected")]
    lenient = compare(left, right)
    assert (bool(lenient), lenient.left_repeats, lenient.right_repeats) == (False, 0, 1)
    assert told(compare(left, right, Options(polls=True))) == ["+ GetPhoneCallInformation"]


def test_an_identifier_must_stand_for_the_same_one_everywhere(play: Make, hang: Make) -> None:
    left = [play(1, 0, call="A"), play(2, 1, call="B"), hang(3, 2, call="A")]
    right = [play(1, 0, call="X"), play(2, 1, call="Y"), hang(3, 2, call="Y")]
    assert "- DisconnectPhoneCall" in told(compare(left, right))
    items = '<m:GetItem><m:ItemIds><t:ItemId Id="{}"/><t:ItemId Id="{}"/></m:ItemIds></m:GetItem>'
    [changed] = _asking(items.format("a", "a"), items.format("x", "y")).pairs
    assert changed.changes == (
        Change("request/ItemIds/ItemId[2]/@Id", "a", "y", "the left one met another in #1 / #1"),
    )


def _asking(left: str, right: str, **options: object) -> Difference:
    request = Request(method="POST", url="http://mail.example.com/EWS/Exchange.asmx")

    def asked(payload: str) -> list[Interaction]:
        body = _ENVELOPE.format(payload).encode()
        return [Interaction(number=1, operation=Operation("GetItem"), request=replace(request, body=body))]

    return compare(asked(left), asked(right), Options(**options))  # type: ignore[arg-type]  # by name


def test_identifiers_quoted_in_text_are_told_from_other_words(play: Make, make: Make) -> None:
    def run(call: str, word: str) -> list[Interaction]:
        answer = f"<m:GetItemResponse><m:MessageText>{word} '{call}'.</m:MessageText></m:GetItemResponse>"
        return [play(1, 0, call=call), make("GetItem", "", answer, number=2)]

    assert not compare(run("QUFB", "No call"), run("QkJC", "No call"))
    assert told(compare(run("QUFB", "No call"), run("QkJC", "A call"))) == [
        "response/MessageText: No call 'QUFB'. -> A call 'QkJC'."
    ]


def test_times_and_hosts_do_not_count(make: Make) -> None:
    def answer(day: str, host: str) -> list[Interaction]:
        text = f"<m:R><t:Sent>{day}T09:14:07Z</t:Sent><t:Url>https://{host}/owa</t:Url></m:R>"
        return [make("GetItem", "", text)]

    assert not compare(answer("2026-11-23", "a.example.com"), answer("2026-11-24", "b.example.com:444"))


def test_another_server_version_is_said_once(recorded: list[Interaction]) -> None:
    header = (
        '<s:Header><t:ServerVersionInfo MajorVersion="{}" MinorVersion="1" MajorBuildNumber="2" MinorBuildNumber="3"'
        ' Version="{}"/></s:Header><s:Body>'
    )
    left = rewritten(recorded, swapped("<s:Body>", header.format(14, "Exchange2010_SP2")))
    right = rewritten(recorded, swapped("<s:Body>", header.format(15, "Exchange2016")))
    difference = compare(left, right)
    assert (
        "throughout response.soap_header.server_version_info: 14.1.2.3 Exchange2010_SP2 -> 15.1.2.3 Exchange2016"
        in (told(difference))
    )
    assert len(difference.throughout[0].pairs) == difference.left_count - difference.left_repeats
    assert difference.pairs == ()


def test_one_answer_without_a_version_is_no_other_server(recorded: list[Interaction]) -> None:
    header = b"<s:Header><t:ServerVersionInfo MajorVersion='15' Version='V2017'/></s:Header><s:Body>"
    left = [
        replace(one, response=replace(one.response, body=one.response.body.replace(b"<s:Body>", header)))
        for one in recorded
        if one.response
    ]
    found = compare(left, [recorded[0], *left[1:]])
    assert found.throughout == ()
    assert told(found) == ["response.soap_header.server_version_info: 15 V2017 -> None"]


def test_status_and_fault_are_told_and_the_result_of_both_sides() -> None:
    good, bad = sample("play-on-phone-success"), sample("play-on-phone-server-busy")
    bad = replace(bad, request=good.request, response=bad.response and replace(bad.response, status=500))
    [pair] = compare([good], [bad]).pairs
    assert (pair.left_result, pair.right_result) == ("Success", "fault ErrorServerBusy")
    assert {change.path: (change.before, change.after) for change in pair.changes}["response.status"] == ("200", "500")


def test_no_answer_is_a_change(make: Make) -> None:
    right = make("GetItem", answer=None, error="the server went away")
    assert {"response.error: None -> the server went away", "response: None -> no response"} <= set(
        told(compare([make("GetItem")], [right]))
    )


@pytest.mark.parametrize(
    ("left", "right", "differs"),
    [
        (b"\xff\x00a", b"\xff\x00a", False),
        (b"\xff\x00a", b"\xff\x00b", True),
        (b"<a/>", b"<a />", False),
        (b"", b"x", True),
    ],
)
def test_a_body_that_is_no_soap_counts_as_it_is(left: bytes, right: bytes, differs: bool) -> None:
    request = Request(method="POST", url="https://mail.example.com/EWS/Exchange.asmx", body=b"?")
    one, other = (recorded_as(1, request, Response(status=200, body=body)) for body in (left, right))
    assert bool(compare([one], [other])) is differs


@pytest.mark.parametrize(
    ("threshold", "left", "right", "expected"),
    [
        ("2x", 0.1, 0.3, ["took: 100 ms -> 300 ms"]),
        ("2x", 0.2, 0.3, []),
        ("500ms", 0.1, 0.3, []),
        ("0.1s", 0.3, 0.1, ["took: 300 ms -> 100 ms"]),
        ("2x/500ms", 0.1, 0.5, []),
        ("2x/500ms", 0.1, 0.7, ["took: 100 ms -> 700 ms"]),
    ],
)
def test_durations_count_beyond_a_threshold(
    make: Make, threshold: str, left: float, right: float, expected: list[str]
) -> None:
    sides = [make("GetItem", took=left)], [make("GetItem", took=right)]
    assert not compare(*sides)
    assert told(compare(*sides, Options(timing=Threshold.parse(threshold)))) == expected


@pytest.mark.parametrize("text", ["", "/", "2", "x", "500", "2x500ms", "2x/", "/500ms", "-1s", "2x/2x"])
def test_what_is_no_threshold_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a threshold"):
        Threshold.parse(text)


@pytest.mark.parametrize(
    ("pattern", "counts"),
    [
        ("dial_string", False),
        ("request.dial_string", False),
        ("request.*", False),
        ("dial_*", False),
        ("response.*", True),
        ("dial", True),
    ],
)
def test_a_field_can_be_left_out(recorded: list[Interaction], pattern: str, counts: bool) -> None:
    other = rewritten(recorded, swapped("+15550100", "+15550199"))
    assert bool(compare(recorded, other, Options(ignore=(pattern,)))) is counts


def test_progress_is_told_of_both_sides(recorded: list[Interaction]) -> None:
    steps: list[int] = []
    compare(recorded, recorded, advance=steps.append)
    assert sum(steps) == 2 * len(recorded)


def redacted(interactions: Sequence[Interaction]) -> list[Interaction]:
    redactor = Redactor(RULES, Pseudonyms(Key.fresh()))
    return [recorded_as(one.number, one.request, one.response, redactor) for one in interactions if one.response]


def test_what_redaction_hides_is_no_difference_and_all_else_is() -> None:
    raw = conversation(1)
    apart = Options(redacted_differently=True)
    assert not compare(raw, redacted(raw), apart)
    assert not compare(redacted(raw), raw, apart)
    assert not compare(redacted(raw), redacted(raw), apart)
    assert compare(raw, redacted(raw))
    changed = rewritten(raw, swapped("Alerted", "Forwarding"))
    path = "response.phone_call_information.phone_call_state"
    assert f"{path}: Forwarding -> Alerted" in told(compare(changed, redacted(raw), apart))


def test_plain_values_beside_pseudonyms_still_count(make: Make) -> None:
    """Where one value of a kind is replaced, another that is not has to be the same."""
    items = "<m:R><t:Subject>{}</t:Subject></m:R>", "<m:R><t:Subject>{}</t:Subject></m:R>"
    left = [make("GetItem", "", items[0].format("hidden")), make("GetItem", "", items[1].format("one"), number=2)]
    right = [
        make("GetItem", "", items[0].format("Text e0123456789ab")),
        make("GetItem", "", items[1].format("two"), number=2),
    ]
    assert told(compare(left, right, Options(redacted_differently=True))) == ["response/Subject: one -> two"]


_LEAF = etree.XPath("//*[not(*)][normalize-space(text())] | //@*[namespace-uri()='']")
_VARIES = re.compile(r".*(?:Id|Watermark|SyncState|Key|UID|FolderEmail|PhoneResponse|GreetingResponse)", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


@pytest.mark.parametrize("which", ["request", "response"])
@pytest.mark.parametrize("name", sorted(WHOLE))
def test_any_leaf_that_changes_is_found(name: str, which: str) -> None:
    """Unless it holds an identifier or a time, which may be another."""
    one = sample(name)
    message = getattr(one, which)
    if name == "get-streaming-events" and which == "response":  # several documents in one body
        documents = re.findall(rb"<\w+:Envelope.*?</\w+:Envelope>", message.body, re.DOTALL)
    else:
        documents = [message.body]
    for document in documents:
        for place in range(len(_LEAF(etree.fromstring(document)))):
            changed = _with_another_leaf(document, place)
            if changed:
                other = replace(one, **{which: replace(message, body=message.body.replace(document, changed))})
                assert compare([one], [other]), changed
                assert compare([other], [one])


def _with_another_leaf(document: bytes, place: int) -> bytes | None:
    """The document with a letter more in one leaf; `None` if it may vary."""
    root = etree.fromstring(document)
    leaf = _LEAF(root)[place]
    if isinstance(leaf, str):
        parent = leaf.getparent()
        name, value = leaf.attrname, str(leaf)
        parent.set(name, f"{value}z")
    else:
        name, value = etree.QName(leaf).localname, leaf.text
        leaf.text = f"{value}z"
    return None if _VARIES.fullmatch(name) or _DATE.match(value) else etree.tostring(root)


_POOL = [
    sample(name) for name in ("play-on-phone-success", "get-folder", "find-item", "um-get-call-info", "resolve-names")
]
_RUNS = st.lists(st.integers(0, len(_POOL) - 1), max_size=8).map(
    lambda picks: [replace(_POOL[pick], number=number) for number, pick in enumerate(picks, 1)]
)


@settings(deadline=None)
@given(_RUNS, _RUNS)
def test_no_difference_one_way_is_none_the_other_way(left: list[Interaction], right: list[Interaction]) -> None:
    assert bool(compare(left, right)) is bool(compare(right, left))


@settings(deadline=None)
@given(_RUNS, st.randoms(use_true_random=False))
def test_renaming_every_identifier_changes_nothing(run: list[Interaction], rng: random.Random) -> None:
    names: dict[bytes, bytes] = {}

    def renamed(match: re.Match[bytes]) -> bytes:
        new = names.setdefault(match[2], f"N{len(names)}x{rng.getrandbits(64):x}".encode())
        return match[1] + new + match[3]

    place = re.compile(rb"(<(?:\w+:)?(?:ItemId|FolderId|PhoneCallId|ParentFolderId)\b[^>]* Id=[\"'])([^\"']+)([\"'])")
    assert not compare(run, rewritten(run, lambda body: place.sub(renamed, body)))


def test_the_service_is_part_of_the_operation(make: Make) -> None:
    left, right = make("PlayOnPhone"), make("PlayOnPhone", service=Service.UM)
    assert told(compare([left], [right])) == ["- PlayOnPhone", "+ um:PlayOnPhone"]
