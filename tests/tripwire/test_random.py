"""Ten thousand requests that nobody would think of: each is answered, and none gets out."""

import http.client
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

REQUESTS = 10_000
CLIENTS = 4
METHODS = ("GET", "POST", "POST", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND", "HEAD", "X-ODD")
PATHS = (
    "/",
    "/EWS/Exchange.asmx",
    "/ews/exchange.asmx",
    "/EWS/Services.wsdl",
    "/autodiscover/autodiscover.xml",
    "/owa",
)
CODINGS = ("", "", "", "gzip", "deflate", "br", "identity", "nonsense")
CREDENTIALS = (
    "",
    "",
    "Basic YTpi",
    "NTLM TlRMTVNTUAABAAAAB4IIogAAAAAAAAAAAAAAAAAAAAAKALpHAAAADw==",
    "Negotiate !",
    "X",
)


def attack(address: tuple[str, int], target: str, seed: int, count: int) -> list[int]:
    """The statuses that came back, over connections kept open for as long as the proxy keeps them."""
    chance = random.Random(seed)
    client = http.client.HTTPConnection(*address, timeout=20)
    statuses = []
    for _ in range(count):
        path = chance.choice(PATHS) + "".join(chance.choices("/?=&.%20aZ0", k=chance.randrange(12)))
        where = chance.choice((path, f"http://{target}{path}", f"http://mail.example.com{path}"))
        body = chance.randbytes(chance.choice((0, 0, 1, 30, 300, 3000, 30000))) if chance.random() < 0.5 else b"<x/>"
        headers = {"Host": chance.choice((target, "mail.example.com")), "Content-Type": "text/xml"}
        headers |= {"Content-Encoding": coding} if (coding := chance.choice(CODINGS)) else {}
        headers |= {"Authorization": sent} if (sent := chance.choice(CREDENTIALS)) else {}
        try:
            client.request(chance.choice(METHODS), where, body, headers)
            answer = client.getresponse()
            answer.read()
            statuses.append(answer.status)
        except (http.client.HTTPException, ConnectionError):
            client.close()  # refused for what it was; the next request opens another
            statuses.append(0)
    client.close()
    return statuses


def test_ten_thousand_random_requests(ewstape: Any, mitmdump: Any, cassette: Path, tripwire: Any) -> None:
    """Nine tenths to our own proxy, the rest to mitmdump, which is slower."""
    with (
        ewstape("replay", cassette, "--forward") as ours,
        mitmdump("--mode", f"reverse:http://{tripwire}@127.0.0.1:0", cassette=cassette) as theirs,
        ThreadPoolExecutor(CLIENTS) as pool,
    ):
        there = theirs.listening(f"reverse proxy to http://{tripwire}")
        shares = [(ours.at, REQUESTS * 3 // 10)] * 3 + [(there, REQUESTS // 10)]
        jobs = [pool.submit(attack, at, str(tripwire), seed, count) for seed, (at, count) in enumerate(shares)]
        statuses = [status for job in jobs for status in job.result()]
        assert ours.attempts == []
        assert theirs.attempts == []
    assert len(statuses) == REQUESTS
    assert not any(100 <= status < 200 or 300 <= status < 400 for status in statuses)
    assert sum(status >= 400 for status in statuses) > REQUESTS // 2
    assert tripwire.touched == 0
