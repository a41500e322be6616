"""requests with vcrpy in one process: vcrpy_client.py CASSETTE EXCHANGES SECONDS; prints what it took as JSON."""

import json
import sys
import time
from itertools import cycle
from pathlib import Path

import requests
import vcr

cassette, exchanges, seconds = sys.argv[1:]
asked = [json.loads(line) for line in Path(exchanges).read_text("utf-8").splitlines()]
headers = {"Content-Type": "text/xml; charset=utf-8"}
recorder = vcr.VCR(record_mode="none", match_on=["method", "uri", "body"])
began = time.perf_counter()
with recorder.use_cassette(cassette, allow_playback_repeats=True), requests.Session() as session:

    def answered(request: str, answer: str) -> bool:
        response = session.post("http://mail.example.com/EWS/Exchange.asmx", data=request.encode(), headers=headers)
        return response.content == answer.encode()

    right = answered(*asked[0])
    first = time.perf_counter() - began
    count, began = 0, time.perf_counter()
    for one in cycle(asked):
        if (took := time.perf_counter() - began) >= float(seconds):
            break
        right &= answered(*one)
        count += 1
print(json.dumps({"first": first, "rate": count / took if count else 0, "right": right}))
