"""The file as such; what a browser makes of it is in tests/browser."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from ewstape.cassette import Cassette, Header
from ewstape.redaction import RULES, Treatment
from ewstape.report.html import Oddity, gather, render
from ewstape.report.html.page import MARK

CASSETTES = Path(__file__).parents[2] / "cassettes"


def page(header: Header, *interactions: Any, **more: Any) -> str:
    return "".join(render(gather(header, interactions, source="calls.yaml", **more)))


@pytest.fixture(scope="module")
def sample() -> str:
    recorded = Cassette.open(CASSETTES / "play-on-phone.yaml")
    return page(recorded.header, *recorded)


def words(text: str) -> str:
    """What a person reads."""
    main = html.fromstring(text).get_element_by_id("summary").getparent()
    return " ".join(main.text_content().split())


def test_only_the_page_s_own_style_and_script_are_allowed_and_their_hashes_are_right(sample: str) -> None:
    root = html.fromstring(sample)
    [policy] = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for kind in ("script", "style"):
        [text] = re.findall(rf"<{kind}>(.*?)</{kind}>", sample, re.DOTALL)
        assert f"{kind}-src 'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" in policy
        assert "<!--" not in text


def test_nothing_in_the_page_refers_to_anything_outside(sample: str) -> None:
    root = html.fromstring(sample)
    assert not root.xpath("//@src | //@style | //@onclick | //link | //img | //iframe | //base | //form/@action")
    assert all(link.startswith("#") for link in root.xpath("//@href"))
    assert not re.search(r"url\(|@import|https?:", re.search(r"<style>(.*?)</style>", sample, re.DOTALL)[1])  # type: ignore[index]  # it is there


def test_references_within_the_page_lead_somewhere(sample: str) -> None:
    root = html.fromstring(sample)
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))
    wanted = {link[1:] for link in root.xpath("//@href")} | set(root.xpath("//@aria-labelledby"))
    assert wanted <= set(ids)


def test_the_page_can_be_known_as_ours_by_its_beginning(sample: str) -> None:
    assert sample.startswith("<!doctype html>\n")
    assert MARK in sample[:1024]


def test_the_sample_is_told_in_figures_and_words(sample: str) -> None:
    read = words(sample)
    for said in ("calls.yaml", "23 November 2026, 09:14:07 UTC", "+1 555 0100", "hung up by the client after"):
        assert said in read
    assert "Recorded without redaction: only credentials and cookies were left out." in read


@pytest.mark.parametrize("name", sorted(path.name for path in CASSETTES.glob("*.yaml")))
def test_every_sample_makes_a_page(name: str) -> None:
    recorded = Cassette.open(CASSETTES / name)
    assert "</html>" in page(recorded.header, *recorded)


def test_a_cassette_without_interactions_makes_a_page() -> None:
    read = words(page(Header()))
    assert "Written by hand or undated" in read
    assert "The cassette does not say that anything was redacted." in read
    assert "The cassette was not checked." in read


def test_redaction_names_the_rules_that_were_on_and_those_that_were_off() -> None:
    names = [rule.name for rule in RULES if rule.treatment is not Treatment.KEEP]
    read = words(page(Header(redaction=(*names[1:], "key:9f2b41c6", "rules:5d0c3a7e"))))
    assert f"Redacted by {len(names) - 1} rules." in read
    assert f"Rules that were off {names[0]} Key 9f2b41c6 Rules' hash 5d0c3a7e" in read


def test_findings_are_grouped_and_lead_to_their_interactions(make: Any) -> None:
    oddities = [Oddity(rule="guid", words=f"w{n}", place=f"document {n}", position=0) for n in range(250)]
    text = page(Header(), make("GetFolder", number=7), oddities=oddities, torn="cut off after byte 9")
    read = words(text)
    assert "A check has 250 findings." in read
    assert "The last interaction is not here: the cassette is cut off after byte 9." in read
    assert "#7 w0 document 0" in read
    assert "and 50 more" in read
    assert len(html.fromstring(text).xpath("//button[@data-number='7']")) == 200
    assert "A check has found no leak and nothing odd." in words(page(Header(), oddities=()))


@given(st.text())
def test_any_text_is_text_and_prints(text: str) -> None:
    root = html.fromstring(page(Header(upstream=text), title=text))
    shown = root.get_element_by_id("title").text_content()
    assert shown.isprintable()
    assert not root.get_element_by_id("title").getchildren()
    if text.isprintable() and text:
        assert shown == text
