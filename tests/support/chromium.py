"""A headless Chromium, driven over the DevTools protocol through a pair of pipes: no port, no driver, no library.

Messages are JSON, each ended by a zero byte, on the file descriptors 3 and 4 of the browser (--remote-debugging-pipe).
"""

import json
import os
import subprocess
from base64 import b64decode
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import F_DUPFD, fcntl
from pathlib import Path
from select import select
from typing import Any

from processes import PATIENCE

_FLAGS = (
    "--headless=new",
    "--no-sandbox",  # tests run as root in containers
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
_DUPLICATED = 10  # where pipes are put first, so that moving them to 3 and 4 overwrites neither


class Browser:
    """A running browser with one tab."""

    def __init__(self, reads: int, writes: int) -> None:
        self._reads, self._writes = reads, writes
        self._buffer = b""
        self._messages: deque[dict[str, Any]] = deque()
        self._id = 0
        self._session = ""
        self.events: list[dict[str, Any]] = []
        """What the tab reported since the last `open`."""

    def attach(self) -> None:
        """Makes the tab."""
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **parameters: object) -> Any:
        """Calls a method of the protocol and gives its result."""
        self._id += 1
        message = {"id": self._id, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._writes, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._id:
                assert "error" not in answer, answer["error"]
                return answer["result"]
            self.events.append(answer)

    def wait_for(self, event: str) -> dict[str, Any]:
        """The first such event since the last `open`."""
        while True:
            for seen in self.events:
                if seen.get("method") == event:
                    return seen
            self.events.append(self._receive())

    def open(self, page: Path, fragment: str = "") -> None:
        """Loads a file and waits until all of it is there."""
        for url in ("about:blank", f"{page.resolve().as_uri()}{fragment}"):  # a new fragment alone would load nothing
            self.events.clear()
            self.send("Page.navigate", url=url)
            self.wait_for("Page.loadEventFired")

    def run(self, script: str) -> Any:
        """The value of an expression in the page; a promise is waited for."""
        answer = self.send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def until(self, condition: str) -> None:
        """Waits until an expression in the page is true; looked at again and again."""
        self.run(
            f"new Promise((done, fail) => {{ const end = Date.now() + {PATIENCE * 1000}; const look = () =>"
            f" ({condition}) ? done() : Date.now() > end ? fail(new Error({json.dumps(condition)}))"
            " : setTimeout(look, 10); look(); })"
        )

    def press(self, key: str) -> None:
        """Presses a key and lets it go; a letter is typed."""
        text = {"text": key} if len(key) == 1 else {}
        self.send("Input.dispatchKeyEvent", type="keyDown", key=key, **text)
        self.send("Input.dispatchKeyEvent", type="keyUp", key=key)

    def click(self, selector: str, times: int = 1) -> None:
        """Clicks the first element of a selector, as a mouse does."""
        x, y = self.run(
            f"(() => {{ const one = document.querySelector({json.dumps(selector)});"
            " one.scrollIntoView({block: 'center', behavior: 'instant'}); const box = one.getBoundingClientRect();"
            " return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        for _ in range(times):
            for kind in ("mousePressed", "mouseReleased"):
                self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def size(self, width: int, height: int = 900, *, dark: bool = False) -> None:
        """Sets the window's size and the system's colours."""
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.send("Emulation.setEmulatedMedia", media="", features=scheme)

    def screenshot(self, *, full: bool = False) -> bytes:
        """What is seen, or the full length of the page, as PNG."""
        return b64decode(self.send("Page.captureScreenshot", format="png", captureBeyondViewport=full)["data"])

    def print(self) -> bytes:
        """The page on paper, as PDF."""
        options = {"printBackground": True, "preferCSSPageSize": True, "paperWidth": 8.27, "paperHeight": 11.69}
        return b64decode(self.send("Page.printToPDF", **options)["data"])

    def requests(self) -> list[str]:
        """The URLs that were asked for since the last `open`."""
        return [seen["params"]["request"]["url"] for seen in self._named("Network.requestWillBeSent")]

    def refused(self) -> list[str]:
        """Those of the requests that the page's policy stopped before they were sent."""
        stopped = {
            seen["params"]["requestId"]
            for seen in self._named("Network.loadingFailed")
            if seen["params"].get("blockedReason") == "csp"
        }
        wanted = self._named("Network.requestWillBeSent")
        return [seen["params"]["request"]["url"] for seen in wanted if seen["params"]["requestId"] in stopped]

    def errors(self) -> list[str]:
        """What the page complained of since the last `open`: exceptions, refusals of its policy."""
        thrown = [
            json.dumps(seen["params"]["exceptionDetails"]["exception"])
            for seen in self._named("Runtime.exceptionThrown")
        ]
        return thrown + [seen["params"]["entry"]["text"] for seen in self._named("Log.entryAdded")]

    def _named(self, method: str) -> Iterator[dict[str, Any]]:
        return (seen for seen in self.events if seen.get("method") == method)

    def _receive(self) -> dict[str, Any]:
        while not self._messages:
            ready, _, _ = select([self._reads], [], [], PATIENCE)
            assert ready, "the browser says nothing"
            data = os.read(self._reads, 1 << 20)
            assert data, "the browser has ended"
            *whole, self._buffer = (self._buffer + data).split(b"\0")
            self._messages.extend(map(json.loads, whole))
        return self._messages.popleft()


@contextmanager
def chromium(program: str, profile: Path) -> Iterator[Browser]:
    """A browser with a profile of its own, gone at the end."""
    command_out, command_in = os.pipe()
    answer_out, answer_in = os.pipe()
    theirs = [fcntl(end, F_DUPFD, _DUPLICATED) for end in (command_out, answer_in)]
    os.close(command_out)
    os.close(answer_in)
    process = subprocess.Popen(
        [
            "bash",
            "-c",
            f'exec "$@" 3<&{theirs[0]} 4>&{theirs[1]}',
            "bash",
            program,
            *_FLAGS,
            f"--user-data-dir={profile}",
        ],
        pass_fds=theirs,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for end in theirs:
        os.close(end)
    try:
        browser = Browser(answer_out, command_in)
        browser.attach()
        yield browser
    finally:
        os.close(command_in)  # the browser ends when its pipe does
        os.close(answer_out)
        process.kill()
        process.wait(timeout=PATIENCE)
