"""The same corpus in the format of each contender."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

from comparison.exchanges import CONTENT_TYPE, HOST, PATH, PLACEHOLDER, RECORDED_ID, Corpus, Exchange, Items

_URL = f"http://{HOST}{PATH}"
_FIRST = "00000000"
"""The number of the first item, wherever it stands in its document."""


def cassette(corpus: Corpus, file: Path) -> None:
    """A cassette, as `ewstape record --no-redaction` writes it."""
    from ewstape.cassette.document import Header
    from ewstape.cassette.text import dump_header

    with file.open("w", encoding="utf-8", newline="") as out:
        out.write(dump_header(Header(upstream=_URL.removesuffix(PATH))))
        out.writelines(_documents(corpus))
    file.chmod(0o600)


def _documents(corpus: Corpus) -> Iterator[str]:
    if isinstance(corpus, Items):  # the writer is asked once; documents of items differ in two numbers only
        before, after = _document(corpus[0], 1).split("\nnumber: 1\n")
        for item in range(len(corpus)):
            yield f"{before}\nnumber: {item + 1}\n{after.replace(_FIRST, f'{item:08}')}"
    else:
        for number, exchange in enumerate(corpus, 1):
            yield _document(exchange, number)


def _document(exchange: Exchange, number: int) -> str:
    from ewstape.cassette.text import dump
    from ewstape.interaction import Interaction, Request, Response
    from ewstape.recording.recorder import interpret

    headers = (("Content-Type", CONTENT_TYPE),)
    operation, request, response = interpret(
        Request(method="POST", url=_URL, headers=headers, body=exchange.request),
        Response(status=200, headers=headers, body=exchange.answer),
        None,
    )
    return dump(
        Interaction(number=number, operation=operation, at=number / 10, took=0.05, request=request, response=response)
    )


def dictionary(corpus: Corpus, file: Path) -> None:
    """A JSON array for each exchange: request, answer."""
    with file.open("w", encoding="utf-8") as out:
        for one in corpus:
            out.write(json.dumps([one.request.decode(), one.answer.decode()]) + "\n")


def wiremock(corpus: Corpus, file: Path, pattern: str, *, any_id: bool = False) -> None:
    """Stub mappings; with `any_id` the message id does not count, as it does not for ewstape."""

    def matches(request: str) -> dict[str, object]:
        if any_id:
            return {pattern: request.replace(str(RECORDED_ID), PLACEHOLDER), "enablePlaceholders": True}
        return {pattern: request}

    mappings = [
        {
            "request": {"method": "POST", "urlPath": PATH, "bodyPatterns": [matches(one.request.decode())]},
            "response": {"status": 200, "headers": {"Content-Type": CONTENT_TYPE}, "body": one.answer.decode()},
        }
        for one in corpus
    ]
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"mappings": mappings}), "utf-8")


def mountebank(corpus: Corpus, file: Path, port: int) -> None:
    """One imposter with a stub for each exchange."""
    stubs = [
        {
            "predicates": [{"equals": {"method": "POST", "body": one.request.decode()}, "caseSensitive": True}],
            "responses": [
                {"is": {"statusCode": 200, "headers": {"Content-Type": CONTENT_TYPE}, "body": one.answer.decode()}}
            ],
        }
        for one in corpus
    ]
    imposter = {
        "port": port,
        "protocol": "http",
        "host": "127.0.0.1",
        "stubs": stubs,
        "defaultResponse": {"statusCode": 404},
    }
    file.write_text(json.dumps({"imposters": [imposter]}), "utf-8")


def talkback(corpus: Corpus, folder: Path) -> None:
    """A tape, which is a file, for each exchange."""
    folder.mkdir()
    for number, one in enumerate(corpus):
        tape = {
            "meta": {"createdAt": "2026-11-23T09:14:07Z", "host": "http://127.0.0.1:9", "resHumanReadable": False},
            "req": {"headers": {}, "url": PATH, "method": "POST", "body": base64.b64encode(one.request).decode()},
            "res": {
                "status": 200,
                "headers": {"content-type": [CONTENT_TYPE], "content-length": [str(len(one.answer))]},
                "body": base64.b64encode(one.answer).decode(),
            },
        }
        (folder / f"{number}.json5").write_text(json.dumps(tape), "utf-8")


def proxay(corpus: Corpus, file: Path) -> None:
    """A tape in YAML, of which JSON is a part."""
    file.parent.mkdir()
    records = [
        {
            "request": {"method": "POST", "path": PATH, "headers": {}, "body": _text(one.request)},
            "response": {
                "status": {"code": 200},
                "headers": {"content-type": CONTENT_TYPE},
                "body": _text(one.answer),
            },
        }
        for one in corpus
    ]
    file.write_text(json.dumps({"http_interactions": records}), "utf-8")


def _text(body: bytes) -> dict[str, str]:
    return {"encoding": "utf8", "data": body.decode(), "compression": "none"}


def mockserver(corpus: Corpus, file: Path) -> None:
    """Expectations for its initialisation."""
    expectations = [
        {
            "httpRequest": {"method": "POST", "path": PATH, "body": {"type": "STRING", "string": one.request.decode()}},
            "httpResponse": {
                "statusCode": 200,
                "headers": {"Content-Type": [CONTENT_TYPE]},
                "body": one.answer.decode(),
            },
        }
        for one in corpus
    ]
    file.write_text(json.dumps(expectations), "utf-8")


def flows(corpus: Corpus, file: Path) -> None:
    """A file of mitmproxy flows, as `-w` writes it."""
    from mitmproxy import http
    from mitmproxy.connection import Client, Server
    from mitmproxy.io import FlowWriter

    headers = http.Headers(content_type=CONTENT_TYPE)
    with file.open("wb") as out:
        writer = FlowWriter(out)
        for one in corpus:
            client = Client(peername=("127.0.0.1", 50000), sockname=("127.0.0.1", 8080))
            flow = http.HTTPFlow(client, Server(address=(HOST, 80)))
            flow.request = http.Request.make("POST", _URL, one.request, headers.copy())
            flow.response = http.Response.make(200, one.answer, headers.copy())
            writer.add(flow)


def vcrpy(corpus: Corpus, file: Path) -> None:
    """A cassette of vcrpy, in the order and style of its own writer."""
    import yaml

    recorded = [
        {
            "request": {
                "body": one.request.decode(),
                "headers": {"Content-Type": [CONTENT_TYPE]},
                "method": "POST",
                "uri": _URL,
            },
            "response": {
                "body": {"string": one.answer.decode()},
                "headers": {"Content-Type": [CONTENT_TYPE]},
                "status": {"code": 200, "message": "OK"},
            },
        }
        for one in corpus
    ]
    dumper = getattr(yaml, "CDumper", yaml.Dumper)
    file.write_text(yaml.dump({"interactions": recorded, "version": 1}, Dumper=dumper), "utf-8")
