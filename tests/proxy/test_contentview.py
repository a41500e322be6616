"""How mitmproxy's programs show a message of Exchange."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy import contentviews, http
from mitmproxy.contentviews import Metadata
from mitmproxy.test import taddons, tflow, tutils

from ewstape.cassette import Cassette
from ewstape.interaction import Interaction
from ewstape.proxy.contentview import EwsContentview
from ewstape.proxy.flows import to_mitmproxy

CALL = list(Cassette.open(Path(__file__).parents[2] / "cassettes" / "play-on-phone.yaml"))
SAMPLES = Path(__file__).parents[1] / "wire_samples"
VIEW = EwsContentview()
POLL_16 = CALL[1].request.body.decode().replace("utf-8", "utf-16").encode("utf-16")


def flow_of(one: Interaction, path: bytes = b"/EWS/Exchange.asmx") -> http.HTTPFlow:
    made = tflow.tflow(req=tutils.treq(method=b"POST", path=path, content=one.request.body))
    made.request.headers["Content-Type"] = "text/xml"
    assert one.response is not None
    made.response = to_mitmproxy(one.response)
    return made


def shown(message: http.Message, flow: http.HTTPFlow) -> contentviews.ContentviewResult:
    """As mitmproxy chooses the view and shows it."""
    registry = contentviews.ContentviewRegistry()
    for view in (*contentviews.registry.values(), VIEW):
        registry.register(view)
    with taddons.context() as context:
        context.options.add_option("protobuf_definitions", str, "", "")
        return contentviews.prettify_message(message, flow, registry=registry)


def test_a_request_is_shown_decoded() -> None:
    flow = flow_of(CALL[0])
    result = shown(flow.request, flow)
    assert (result.view_name, result.syntax_highlight) == ("EWS", "yaml")
    assert result.text.startswith(
        "operation: PlayOnPhone  # PlayOnPhone2 in MS-OXWUMS\nfields:\n  item_id:\n    id: ZXdzdGFwZTppdGVtOjE=\n"
    )
    assert "\n        <m:DialString>+1 555 0100</m:DialString>\n" in result.text


def test_a_response_is_decoded_for_the_operation_of_its_request() -> None:
    flow = flow_of(CALL[3])
    assert flow.response is not None
    result = shown(flow.response, flow)
    document = yaml.safe_load(result.text)
    assert (result.view_name, document["operation"]) == ("EWS", "GetPhoneCallInformation")
    assert document["fields"]["phone_call_information"]["phone_call_state"] == "Connected"
    assert document["body"].endswith("</s:Envelope>\n")


def test_without_its_flow_a_message_tells_by_itself_what_it_is() -> None:
    response = CALL[3].response
    assert response is not None
    assert VIEW.prettify(CALL[3].request.body, Metadata()).startswith("operation: GetPhoneCallInformation\n")
    assert "phone_call_state: Connected\n" in VIEW.prettify(response.body, Metadata())
    assert VIEW.render_priority(response.body, Metadata()) > 1


def test_the_name_of_another_service_is_told() -> None:
    flow = flow_of(CALL[0], b"/EWS/UM2007Legacy.asmx")
    assert shown(flow.request, flow).text.startswith("operation: um:PlayOnPhone\n")


CHOSEN = {
    "a request": (b"/EWS/Exchange.asmx", CALL[0].request.body, True),
    "in UTF-16": (b"/EWS/Exchange.asmx", POLL_16, True),
    "on another path, by its namespace": (b"/proxy", CALL[0].request.body, True),
    "SOAP of something else": (b"/other", b"<Envelope/>", False),
    "SOAP on a path of Exchange": (b"/EWS/Exchange.asmx", b"<s:Envelope xmlns:s='x'/>", True),
    "an error page": (b"/EWS/Exchange.asmx", b"<html>Service Unavailable</html>", False),
    "nothing": (b"/EWS/Exchange.asmx", b"", False),
}


@pytest.mark.parametrize(("path", "body", "ours"), CHOSEN.values(), ids=CHOSEN)
def test_it_is_chosen_for_messages_of_exchange_only(path: bytes, body: bytes, ours: bool) -> None:
    flow = tflow.tflow(req=tutils.treq(method=b"POST", path=path, content=body))
    assert (shown(flow.request, flow).view_name == "EWS") == ours
    assert (VIEW.render_priority(body, Metadata(flow=tflow.ttcpflow())) > 1) == (
        b"/messages" in body.replace(b"\0", b"")
    )


def test_a_body_that_cannot_be_decoded_says_why_and_is_shown_as_it_is() -> None:
    torn = CALL[0].request.body[:-20]
    text = VIEW.prettify(torn, Metadata(flow=flow_of(CALL[0]), http_message=flow_of(CALL[0]).request))
    assert text.startswith('operation: unknown\nnotes:\n  - "not decoded: not well-formed XML')
    assert "<m:DialString>" in text


@pytest.mark.parametrize("hostile", ["\u202e", "\x1b]0;x\x07", "\x9b31m", "\u2028", "\r"])
def test_what_does_not_print_is_escaped(hostile: str) -> None:
    body = CALL[0].request.body.replace(b"+1 555", hostile.encode())
    text = VIEW.prettify(body, Metadata(flow=flow_of(CALL[0])))
    assert all(line.isprintable() for line in text.split("\n"))
    assert hostile not in text


@given(
    body=st.binary(max_size=200) | st.sampled_from([path.read_bytes() for path in sorted(SAMPLES.glob("*.xml"))]),
    cut=st.integers(0, 400),
)
def test_it_never_fails(body: bytes, cut: int) -> None:
    flow = flow_of(CALL[0])
    request: Any = flow.request
    for metadata in (
        Metadata(),
        Metadata(flow=flow, http_message=request),
        Metadata(flow=flow, http_message=flow.response),
    ):
        for data in (body, body[:-cut]):
            assert VIEW.render_priority(data, metadata) in {-1.0, 2.0}
            assert VIEW.prettify(data, metadata).startswith("operation: ")
