"""ewstape in one process: first_answer.py CASSETTE EXCHANGES; prints as JSON what opening and the first answer took."""

import json
import sys
import time
from pathlib import Path

from ewstape.config import Config
from ewstape.interaction import Request
from ewstape.player import Player, open_tape

cassette, exchanges = sys.argv[1:]
with Path(exchanges).open(encoding="utf-8") as lines:
    asked, answer = json.loads(lines.readline())
config = Config(cassette=cassette)
request = Request(
    method="POST",
    url="http://mail.example.com/EWS/Exchange.asmx",
    headers=(("Content-Type", "text/xml; charset=utf-8"),),
    body=asked.encode(),
)
began = time.perf_counter()
reply = Player(config, open_tape(config)).answer(request, "first", 0.0)
took = time.perf_counter() - began
print(json.dumps({"first": took, "right": reply.response.body == answer.encode()}))
