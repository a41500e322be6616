"""The load: wrk with a script that makes the bodies, and Python clients that post one request after the other.

Every contender gets the same bodies in the same order. wrk runs one thread; its connections share the sequence.
"""

import json
import re
import statistics
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from comparison.exchanges import CONTENT_TYPE, HOST, PATH, RECORDED_ID, UNRECORDED, Items, get_item
from comparison.running import Entry, Silent, Unfit, requests_of

_ITEM, _ID = "@ITEM@", "@ID@"
_HEAD = """
wrk.method, wrk.path = "POST", "%s"
wrk.headers["Content-Type"] = "%s"
wrk.headers["Host"] = "%s"
"""
_IN_TURN = """
local at = -2 -- wrk makes one request to look at before it begins
local bodies, requests = {%s}, {}
function init(args)
  for i = 1, #bodies do requests[i] = wrk.format(nil, nil, nil, bodies[i]) end
end
function request()
  at = (at + 1) %% #requests
  return requests[at + 1]
end
"""
_ITEMS = """
local at = -2
local count, fresh = %d, nil
function init(args) fresh = tonumber(args[1]) end
function request()
  at = (at + 1) %% count
  if fresh then fresh = fresh + 1 end
  local id = string.format("%%.0f", fresh or %d)
  return wrk.format(nil, nil, nil, [==[%s]==] .. id .. [==[%s]==] .. string.format("%%08d", at) .. [==[%s]==])
end
"""
_AT_ONCE = 1_000
"""Up to so many requests are made before the load begins."""


SCRIPT = "load.lua"


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What wrk is told."""

    connections: int
    """How many at once, all kept open."""
    seconds: int
    ids_from: int | None = None
    """Where fresh message ids begin, if there are any."""
    missing: bool = False
    """Answers other than 2xx are what the case asks for."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What one visit of the load generator found."""

    rate: float
    """Answers a second."""
    cost: float
    """CPU microseconds of the contender's processes for each answer; 0 if it has no process of its own."""


def script(entry: Entry, *, fresh: bool, missing: bool) -> str:
    """The Lua script for wrk.

    Args:
        entry: whom it is for.
        fresh: each request has a message id that none had before.
        missing: what is asked for is not on tape.
    """
    head = _HEAD % (entry.target, CONTENT_TYPE, HOST)
    corpus = entry.corpus
    if not isinstance(corpus, Items):
        bodies = [body.decode() for body in requests_of(entry)]
    elif fresh or missing or len(corpus) > _AT_ONCE:
        before, rest = get_item(_ITEM, _ID, shape=UNRECORDED if missing else "Default").decode().split(_ID)
        between, after = rest.split(_ITEM)
        return head + _ITEMS % (len(corpus), RECORDED_ID, before, between, after)
    else:
        bodies = [exchange.request.decode() for exchange in corpus]
    return head + _IN_TURN % ",".join(f"[==[{body}]==]" for body in bodies)


def visit(entry: Entry, load: Load) -> Visit:
    """Load a contender, by the script `load.lua` in its folder.

    Raises:
        Silent: nothing was answered in that time.
        Unfit: requests failed.
    """
    folder = entry.place.folder
    if entry.contender.in_process:
        found = json.loads(_output(*entry.command, str(load.seconds), folder=folder))
        if not found["right"]:
            raise Unfit("wrong answers")
        return Visit(found["rate"], 0.0)
    before = entry.cpu()
    ids = ("--", str(load.ids_from)) if load.ids_from is not None else ()
    how = ("-t1", f"-c{load.connections}", f"-d{load.seconds}s", "--timeout", "20s", "-s", str(folder / SCRIPT))
    said = _output("wrk", *how, entry.place.url, *ids, folder=folder)
    answered, rate = re.search(r"(\d+) requests in", said), re.search(r"Requests/sec: *([\d.]+)", said)
    if answered is None or rate is None or not int(answered[1]):
        raise Silent(f"no answer within {load.seconds} s")
    errors = re.search(r"Socket errors.*" if load.missing else r"(Socket errors|Non-2xx).*", said)
    if errors:
        raise Unfit(f"under load: {errors[0]}")
    return Visit(float(rate[1]), (entry.cpu() - before) / int(answered[1]) * 1e6)


def _output(*command: str, folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        raise Unfit(f"{command[0]} ended with {done.returncode}: {(done.stderr or done.stdout).strip()[-200:]}")
    return done.stdout


def latency(client: str, posts: int, entry: Entry) -> float:
    """Median milliseconds of a post by `requests` or `urllib3`, on one kept connection."""
    times = []
    body, url = entry.corpus[0].request, entry.place.url + PATH
    if entry.contender.forward:
        url = f"http://{HOST}{PATH}"
    with CLIENTS[client](entry) as post:
        for _ in range(posts):
            began = time.perf_counter()
            status = post(url, body)
            times.append(time.perf_counter() - began)
            if status != 200:
                raise Unfit(f"status {status}")
    return statistics.median(times[1:]) * 1e3


class _Requests:
    """A session of requests."""

    def __init__(self, entry: Entry) -> None:
        import requests

        self._session = requests.Session()
        self._session.trust_env = False
        if entry.contender.forward:
            self._session.proxies = {"http": entry.place.url}

    def __enter__(self) -> Callable[[str, bytes], int]:
        headers = {"Content-Type": CONTENT_TYPE}
        return lambda url, body: self._session.post(url, data=body, headers=headers).status_code

    def __exit__(self, *_: object) -> None:
        self._session.close()


class _Urllib3:
    """A pool of urllib3."""

    def __init__(self, entry: Entry) -> None:
        import urllib3

        forward = entry.contender.forward
        self._pool = urllib3.ProxyManager(entry.place.url) if forward else urllib3.PoolManager()

    def __enter__(self) -> Callable[[str, bytes], int]:
        headers = {"Content-Type": CONTENT_TYPE}
        return lambda url, body: self._pool.request("POST", url, body=body, headers=headers, retries=False).status

    def __exit__(self, *_: object) -> None:
        self._pool.clear()


CLIENTS: dict[str, type[_Requests | _Urllib3]] = {"requests": _Requests, "urllib3": _Urllib3}
