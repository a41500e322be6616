"""Flows that a user has chosen, written to a cassette: logons folded, redacted and checked, as in a recording."""

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from mitmproxy import flow as mitmproxy_flow
from mitmproxy import http

from ewstape.cassette import CassetteWriter, Existing
from ewstape.check.written import refuse_leaks
from ewstape.config import Config
from ewstape.proxy.flows import exchange_of
from ewstape.proxy.session import header_of, redactor_of
from ewstape.recording import Recorder
from ewstape.report.figures import counted
from ewstape.wire.endpoints import service_of

__all__ = ["save"]


def save(flows: Iterable[mitmproxy_flow.Flow], path: Path, config: Config, *, append: bool = False) -> str:
    """Writes the EWS exchanges among `flows` that are over, and says in a line what was written.

    Args:
        flows: any; what is no EWS traffic, or still under way, is left out.
        path: of the cassette; one that has content is not touched, unless to `append`.
        config: what is redacted, and whether each interaction is forced to the disk.
        append: whether to go on with a cassette.

    Raises:
        CassetteError: it cannot be written.
        EwsTapeError: something private was found in what was.
        ConfigError: the settings name a redaction rule or key that is none.
    """
    chosen, left_out = _over(flows)
    redactor = redactor_of(config)
    header = header_of(redactor, " ".join(dict.fromkeys(_server(flow) for flow in chosen)))
    existing = Existing.APPEND if append else Existing.REFUSE
    with CassetteWriter(path, header, existing=existing, fsync=config.fsync) as writer:
        began = chosen[0].request.timestamp_start - writer.elapsed if chosen else 0.0
        recorder = Recorder(write=writer.write, redactor=redactor, began=began, next_number=writer.next_number)
        for flow in chosen:
            recorder.end(exchange_of(flow, recorder.begin(), flow.error.msg if flow.error else ""))
    if redactor:
        refuse_leaks(path, redactor.pseudonyms.originals)
    rest = f"; left out: {left_out}, no EWS traffic or not whole" if left_out else ""
    return f"saved {counted(recorder.count, 'interaction')} to {path}{rest}"


def _over(flows: Iterable[mitmproxy_flow.Flow]) -> tuple[list[http.HTTPFlow], int]:
    """The exchanges that can be written, in the order in which they began, and how many others there were."""
    given = list(flows)
    chosen = [flow for flow in given if isinstance(flow, http.HTTPFlow) and _is_whole(flow)]
    return sorted(chosen, key=lambda flow: flow.request.timestamp_start), len(given) - len(chosen)


def _is_whole(flow: http.HTTPFlow) -> bool:
    """Whether it is EWS traffic and over, and mitmproxy has kept its content."""
    messages = [flow.request, *([flow.response] if flow.response is not None else [])]
    return (
        service_of(flow.request.path) is not None
        and (flow.response is not None or flow.error is not None)
        and all(message.raw_content is not None for message in messages)
    )


def _server(flow: http.HTTPFlow) -> str:
    parts = urlsplit(flow.request.url)
    return f"{parts.scheme}://{parts.netloc}"
