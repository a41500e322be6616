"""One event loop in one thread of the process, for everything that answers tests; there only while something uses it.

Tapes, players, ports and mitmproxy all belong to that loop, so none of them needs a lock. The thread is started by the
first lease and ended with the last; whoever forgets to give a lease back is seen to at the end of the process.
"""

import asyncio
import atexit
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from types import TracebackType
from typing import Any, Self

__all__ = ["BACKGROUND", "Background"]


class Background:
    """An event loop beside the program. As a context manager it is leased: it runs while anybody has a lease."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._leases = 0
        self._running: _Running | None = None

    def __enter__(self) -> Self:
        """Takes a lease."""
        with self._lock:
            if self._running is None:
                self._running = _Running()
                atexit.register(self._end)
            self._leases += 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Gives a lease back; with the last one the thread ends, and is gone when this returns."""
        with self._lock:
            self._leases -= 1
            if not self._leases:
                self._end()

    def run[T](self, coroutine: Coroutine[Any, Any, T]) -> T:
        """What the coroutine returns in the loop, or raises; it is cancelled if this is interrupted."""
        running = self._running
        assert running is not None, "only with a lease"
        future = asyncio.run_coroutine_threadsafe(coroutine, running.loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def call[T](self, function: Callable[[], T]) -> T:
        """What the function returns in the loop, or raises, with nothing else going on there."""

        async def called() -> T:
            return function()

        return self.run(called())

    async def once[T](self, make: Callable[[], AbstractAsyncContextManager[T]]) -> T:
        """What the context manager gives: entered at the first call, left when the thread ends. Call it in the loop."""
        running = self._running
        assert running is not None, "only with a lease"
        async with running.entering:
            if make not in running.entered:
                running.entered[make] = await running.stack.enter_async_context(make())
            found: T = running.entered[make]
            return found

    def remember(self, close: Callable[[], Awaitable[object]]) -> None:
        """Has something closed when the thread ends, if nobody says before that it is closed. Call it in the loop."""
        assert self._running is not None, "only with a lease"
        self._running.unclosed.append(close)

    def forget(self, close: Callable[[], Awaitable[object]]) -> None:
        """It is closed. Call it in the loop."""
        assert self._running is not None, "only with a lease"
        self._running.unclosed.remove(close)

    def _end(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            atexit.unregister(self._end)
            running.end()


class _Running:
    """The thread and its loop, and what is to be left when it ends."""

    def __init__(self) -> None:
        self.stack = AsyncExitStack()
        self.entering = asyncio.Lock()
        self.entered: dict[Callable[[], AbstractAsyncContextManager[Any]], Any] = {}
        self.unclosed: list[Callable[[], Awaitable[object]]] = []
        began: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()
        # A daemon, or a forgotten lease would keep the process from ending.
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(began)), name="ewstape", daemon=True)
        self._thread.start()
        self.loop, self._stop = began.result()

    async def _run(self, began: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]]) -> None:
        stop = asyncio.Event()
        async with self.stack:
            began.set_result((asyncio.get_running_loop(), stop))
            await stop.wait()
            for close in self.unclosed:
                await close()

    def end(self) -> None:
        """Cancels what is still running in the loop, and waits for the thread."""
        self.loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()


BACKGROUND = Background()
"""The one of this process: mitmproxy allows no second."""
