"""The page in a real browser: a hostile cassette runs nothing in it, and what people do with it works."""

import json
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import pytest
from chromium import Browser
from processes import ROOT

from ewstape.cassette import Cassette, Header
from ewstape.interaction import Interaction, Operation, Request, Response, Service
from ewstape.report.html import Oddity, gather, render

pytestmark = pytest.mark.xdist_group("chromium")  # one browser, not one for each worker

_RUNS = "window.pwned=1;document.title='pwned'"
HOSTILE = (
    f"</script><script>{_RUNS}</script>",
    f"</style><style onload={_RUNS}></style>",
    f"</title><img src=x onerror={_RUNS}>",
    f"\"'><svg onload={_RUNS}><!--",
    f"javascript:{_RUNS}",
    f"{{{{ '{_RUNS}' }}}}{{% raw %}}",
    "<iframe src=http://127.0.0.1:9/x></iframe><link rel=stylesheet href=http://127.0.0.1:9/x.css>",
    "\u202egnp.\x1b[2J\x00\u2028\u2029\u2066",
)
"""Texts that would run, fetch or deceive if they were taken for anything but text."""
ALL = "".join(HOSTILE)


def _hostile_call() -> list[Interaction]:
    """Interactions hostile in every field that a cassette has; some are phone calls, so that lanes are drawn."""
    bodies = (ALL.encode(), f"<a x='{ALL}'>{ALL}<![CDATA[{ALL}]]><!--{ALL}-->".encode(), b"\xff\xfe\x00" + ALL.encode())
    headers = (("User-Agent", ALL), ("X-AnchorMailbox", ALL), (ALL, ALL))

    def one(number: int, name: str, asked: dict[str, object], answered: dict[str, object]) -> Interaction:
        return Interaction(
            number=number,
            operation=Operation(name, Service.EWS, *(() if name in _CALLS else (ALL,))),
            at=float(number),
            took=0.1 * number,
            auth=ALL,
            error=ALL if number % 2 else "",
            request=Request(
                method=ALL,
                url=f"http://127.0.0.1:9/{ALL}",
                headers=headers,
                body=bodies[number % 3],
                fields={**asked, ALL: {ALL: [ALL, {"__proto__": ALL}]}},  # type: ignore[dict-item]  # decoded values
                notes=(ALL,),
            ),
            response=Response(
                status=200,
                reason=ALL,
                headers=headers,
                coding=ALL,
                body=bodies[(number + 1) % 3],
                fields={**answered, ALL: ALL},  # type: ignore[dict-item]  # decoded values
                notes=(ALL,),
            ),
        )

    success = {"response_class": "Success", "response_code": "NoError"}
    version = dict.fromkeys(("major_version", "minor_version", "major_build_number", "minor_build_number"), ALL)
    state = {
        "phone_call_state": ALL,
        "connection_failure_cause": ALL,
        "sip_response_code": ALL,
        "sip_response_text": ALL,
    }
    return [
        one(1, "PlayOnPhone", {"dial_string": ALL}, {**success, "phone_call_id": ALL}),
        one(2, "GetPhoneCallInformation", {"phone_call_id": ALL}, {**success, "phone_call_information": state}),
        one(3, "PlayOnPhone", {"dial_string": ALL}, {"response_class": ALL, "response_code": ALL}),
        one(4, "DisconnectPhoneCall", {"phone_call_id": ALL}, {"fault": {"response_code": ALL}}),
        one(5, ALL, {}, {**success, "soap_header": {"server_version_info": version}}),
    ]


_CALLS = ("PlayOnPhone", "GetPhoneCallInformation", "DisconnectPhoneCall")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    page = tmp_path_factory.mktemp("hostile") / "page.html"
    header = Header(recorded=ALL, recorder=ALL, upstream=ALL, redaction=(*HOSTILE, f"key:{ALL}", f"rules:{ALL}"))
    oddities = [Oddity(rule=ALL, words=ALL, place=ALL, position=0)]
    report = gather(header, _hostile_call(), source=ALL, title=ALL, torn=ALL, oddities=oddities)
    page.write_text("".join(render(report)), "utf-8")
    return page


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    page = tmp_path_factory.mktemp("ordinary") / "page.html"
    recorded = Cassette.open(ROOT / "cassettes" / "play-on-phone.yaml")
    page.write_text("".join(render(gather(recorded.header, recorded, source="play-on-phone.yaml"))), "utf-8")
    return page


def text_of(browser: Browser, selector: str) -> str:
    return str(browser.run(f"document.querySelector({json.dumps(selector)}).textContent"))


def look_at_everything(browser: Browser) -> list[str]:
    """Opens each interaction both ways, filters, disclosures, plot and print; gives the texts of the details."""
    shown = []
    browser.run("document.getElementById('list').focus()")
    for number in range(1, 6):
        browser.press("j")
        browser.until(f"document.querySelector('#details h3')?.textContent.startsWith('#{number} ')")
        shown.append(text_of(browser, "#details"))
        browser.run("document.querySelectorAll('#details button, #details summary').forEach((one) => one.click())")
    browser.run(
        "document.querySelectorAll('summary, thead button, [data-call], [data-operation], .switch input')"
        ".forEach((one) => one.click())"
    )
    browser.run("document.querySelector('#plot').dispatchEvent(new PointerEvent('pointermove', {clientX: 5}))")
    browser.run("dispatchEvent(new Event('beforeprint'))")
    return shown


def test_a_hostile_cassette_runs_nothing_and_is_shown_as_text(browser: Browser, hostile: Path) -> None:
    browser.open(hostile)
    title = browser.run("document.title")
    details = look_at_everything(browser)
    assert browser.run("window.pwned") is None
    assert browser.run("document.title") == title
    assert title.startswith("</script><script>window.pwned=1")
    assert browser.requests() == [hostile.as_uri()]
    assert browser.errors() == []
    assert (
        browser.run("document.querySelectorAll('main img, main iframe, main link, main style, main script').length")
        == 0
    )
    for text in (*details, text_of(browser, "main"), text_of(browser, "#printed")):
        for part in HOSTILE[:-1]:
            assert part in text


def test_what_does_not_print_is_shown_as_escapes(browser: Browser, hostile: Path) -> None:
    browser.open(hostile)
    look_at_everything(browser)
    shown = text_of(browser, "main")
    assert r"\u202egnp.\x1b[2J\x00\u2028\u2029\u2066" in shown
    assert not set("\u202e\x1b\x00\u2028\u2029\u2066") & set(shown + browser.run("document.title"))


@pytest.mark.parametrize(
    "attempt",
    [
        "const s = document.createElement('script'); s.textContent = 'window.pwned = 1'; document.body.append(s)",
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.pwned = 1\">')",
        "try { window.pwned = new Function('return 1')() } catch { }",
        "const i = new Image(); i.src = 'http://127.0.0.1:9/x.png'",
        "fetch('http://127.0.0.1:9/x').catch(() => 0)",
    ],
    ids=["script", "handler", "function", "image", "fetch"],
)
def test_the_policy_stops_what_the_escapes_might_miss(browser: Browser, ordinary: Path, attempt: str) -> None:
    """Even with the page's own powers nothing else runs and nothing leaves."""
    browser.open(ordinary)
    browser.run(
        "void (window.refused = new Promise((done) =>"
        " document.addEventListener('securitypolicyviolation', (event) => done(event.disposition))))"
    )
    browser.send("Runtime.evaluate", expression=attempt, allowUnsafeEvalBlockedByCSP=False)
    assert browser.run("window.refused") == "enforce"
    assert browser.run("window.pwned") is None
    assert browser.requests() == [ordinary.as_uri(), *browser.refused()]


def test_the_keyboard_finds_an_interaction_and_shows_it(browser: Browser, ordinary: Path) -> None:
    browser.open(ordinary)
    browser.press("/")
    for letter in "disconnectphone":
        browser.press(letter)
    browser.until("document.getElementById('status').textContent === '1 of 6 interactions'")
    browser.run("document.getElementById('list').focus()")
    browser.press("ArrowDown")
    browser.until("document.querySelector('#details h3')?.textContent === '#5 DisconnectPhoneCall'")
    assert browser.run("document.getElementById('list').getAttribute('aria-activedescendant')") == "row-0"
    assert browser.run("location.hash") == "#i5"
    browser.press("Escape")
    browser.until("document.getElementById('status').textContent === '6 interactions'")
    browser.press("k")
    browser.until("document.querySelector('#details h3')?.textContent === '#4 GetPhoneCallInformation'")


def test_bodies_are_searched_when_asked(browser: Browser, ordinary: Path) -> None:
    browser.open(ordinary)
    browser.click("#in-bodies")
    browser.press("/")
    for letter in "dialstring":
        browser.press(letter)
    browser.until("document.getElementById('status').textContent === '1 of 6 interactions'")


def test_a_link_to_an_interaction_opens_it(browser: Browser, ordinary: Path) -> None:
    browser.open(ordinary, "#i3")
    browser.until("document.querySelector('#details h3')?.textContent === '#3 GetPhoneCallInformation'")
    assert "Alerted" in text_of(browser, "#details .message:last-child .tree")
    assert "<t:PhoneCallState>Alerted</t:PhoneCallState>" in text_of(browser, "#details .message:last-child pre")


def test_a_call_s_name_shows_its_interactions_alone(browser: Browser, ordinary: Path) -> None:
    browser.open(ordinary)
    browser.click("[data-call]")
    browser.until("document.getElementById('by-call').value === '0'")


def test_bodies_that_are_no_text_are_shown_in_base64(browser: Browser, tmp_path: Path) -> None:
    body = b"\x81\x8d\xff"
    request = Request(method="POST", url="https://mail.example.com/EWS/Exchange.asmx", body=body)
    page = tmp_path / "page.html"
    page.write_text(
        "".join(
            render(gather(Header(), [Interaction(number=1, operation=Operation("X"), request=request)], source="x"))
        ),
        "utf-8",
    )
    browser.open(page, "#i1")
    browser.until("document.querySelector('#details pre')")
    assert text_of(browser, "#details pre") == b64encode(body).decode()


@pytest.mark.parametrize(("width", "dark"), [(400, False), (900, True), (1440, False)])
def test_the_page_fits_its_window(browser: Browser, ordinary: Path, width: int, *, dark: bool) -> None:
    """Nothing but tables and code scrolls sideways, and the colours are those of the system."""
    browser.size(width, dark=dark)
    browser.open(ordinary)
    browser.run("localStorage.clear()")
    browser.open(ordinary, "#i1")
    browser.until("document.querySelector('#details pre')")
    assert browser.run("document.documentElement.scrollWidth") == width
    light = browser.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert light is not dark
    browser.click("#theme", times=1 if dark else 2)
    assert (browser.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)") is dark


CONTRAST = """(() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgb = (color, under) => {
    canvas.fillStyle = under; canvas.fillRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((part) => part / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  };
  const weights = [0.2126, 0.7152, 0.0722];
  const light = (color, under) => rgb(color, under).reduce((sum, part, at) => sum + part * weights[at], 0);
  const paper = getComputedStyle(document.body).backgroundColor;
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const color = getComputedStyle(node).backgroundColor;
      if (!color.endsWith(', 0)') && color !== 'transparent') return color;
    }
    return paper;
  };
  const found = new Set();
  for (const node of document.querySelectorAll('body *')) {
    const texts = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    if (!texts || !node.checkVisibility() || node.closest('svg, script, option')) continue;
    const [front, back] = [light(getComputedStyle(node).color, paper), light(behind(node), paper)];
    const ratio = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
    if (ratio < 4.5) found.add(`${node.tagName}.${node.className} ${ratio.toFixed(2)}`);
  }
  return [...found];
})()"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_text_stands_out_from_its_ground(browser: Browser, ordinary: Path, *, dark: bool) -> None:
    """WCAG 2.2, success criterion 1.4.3: a contrast of 4.5 at least."""
    browser.size(1280, dark=dark)
    browser.open(ordinary, "#i1")
    browser.until("document.querySelector('#details pre')")
    assert browser.run(CONTRAST) == []


def test_everything_that_can_be_worked_has_a_name(browser: Browser, ordinary: Path) -> None:
    browser.open(ordinary, "#i1")
    browser.until("document.querySelector('#details pre')")
    browser.send("Accessibility.enable")
    nodes = browser.send("Accessibility.getFullAXTree")["nodes"]
    roles = {"button", "link", "checkbox", "radio", "searchbox", "combobox", "listbox", "option", "region"}
    nameless = [
        node["role"]["value"]
        for node in nodes
        if node.get("role", {}).get("value") in roles and not node.get("name", {}).get("value") and not node["ignored"]
    ]
    assert nameless == []
    assert {"banner", "main", "navigation", "contentinfo", "search"} <= {
        node.get("role", {}).get("value") for node in nodes
    }


def test_the_page_prints_with_its_interactions(browser: Browser, ordinary: Path) -> None:
    browser.open(ordinary)
    assert browser.print().startswith(b"%PDF-")
    browser.run("dispatchEvent(new Event('beforeprint'))")
    assert browser.run("document.querySelectorAll('#printed tbody tr').length") == 6


def test_ten_thousand_interactions_are_no_more_elements_than_a_few(browser: Browser, tmp_path: Path) -> None:
    recorded = Cassette.open(ROOT / "cassettes" / "play-on-phone.yaml")
    first = recorded[1]
    many = (_numbered(first, number) for number in range(1, 10_001))
    page = tmp_path / "page.html"
    page.write_text("".join(render(gather(recorded.header, many, source="many.yaml"))), "utf-8")
    browser.open(page)
    assert browser.run("document.querySelectorAll('.row').length") < 60
    browser.run("document.getElementById('list').focus()")
    browser.press("End")
    browser.until("document.querySelector('#details h3')?.textContent.startsWith('#10000 ')")


def _numbered(interaction: Interaction, number: int) -> Interaction:
    return replace(interaction, number=number, at=float(number))
