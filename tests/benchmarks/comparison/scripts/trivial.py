"""The ceiling of an addon: mitmdump gives every request the same answer."""

import os
from pathlib import Path

from mitmproxy import http

ANSWER = Path(os.environ["ANSWER"]).read_bytes()


def request(flow: http.HTTPFlow) -> None:
    flow.response = http.Response.make(200, ANSWER, {"Content-Type": "text/xml; charset=utf-8"})
