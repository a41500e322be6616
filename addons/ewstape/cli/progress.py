"""How far long work has come: a bar on stderr if that is a terminal, and only once the work has taken a moment.

In a pipe there is nothing at all, and rich is imported only when there is a bar to draw.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.progress import Progress

__all__ = ["Advance", "counted", "progress"]

_DELAY = 0.5
"""Seconds of work before the bar appears."""


class Advance:
    """Is told of each step; says nothing."""

    def __call__(self, steps: float = 1) -> None:
        """So much more is done, in the unit of the total."""

    def echo(self, text: str, *, err: bool = False) -> None:
        """Print a line while the work goes on: the bar makes room for it."""
        click.echo(text, err=err)

    def close(self) -> None:
        """The work has ended, well or not: the bar goes."""


class _Bar(Advance):
    """The same on a terminal."""

    def __init__(self, doing: str, total: float) -> None:
        self._doing = doing
        self._total = total
        self._done = 0.0
        self._due = time.monotonic() + _DELAY
        self._bar: Progress | None = None

    def __call__(self, steps: float = 1) -> None:
        self._done += steps
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=self._done)
        elif time.monotonic() >= self._due:
            self._bar = _draw(self._doing, self._total, self._done)

    def echo(self, text: str, *, err: bool = False) -> None:
        if self._bar is not None:
            self._bar.stop()
        super().echo(text, err=err)
        if self._bar is not None:
            self._bar.start()

    def close(self) -> None:
        if self._bar is not None:
            self._bar.stop()


@contextmanager
def progress(doing: str, total: float) -> Iterator[Advance]:
    """Work that is shown while it lasts.

    Args:
        doing: what is being done, such as `checking`.
        total: how many steps there are, in any unit; what is yielded is called with the steps done.
    """
    advance = _Bar(doing, total) if sys.stderr.isatty() else Advance()
    try:
        yield advance
    finally:
        advance.close()


@contextmanager
def counted(doing: str) -> Iterator[Callable[[int, int], None]]:
    """The same for work that tells itself how many of how many steps are done; the bar goes when all are."""
    with ExitStack() as stack:
        shown: list[Advance] = []
        before = 0

        def tell(done: int, total: int) -> None:
            nonlocal before
            if not shown:
                shown.append(stack.enter_context(progress(doing, total)))
            shown[0](done - before)
            before = done
            if done >= total:
                stack.close()

        yield tell


def _draw(doing: str, total: float, done: float) -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(compact=True),
        console=Console(stderr=True),
        transient=True,  # when the work is done its result counts
        redirect_stdout=False,  # data goes to stdout, whatever stderr is
        redirect_stderr=False,
    )
    bar.update(bar.add_task(doing, total=total), completed=done)
    bar.start()
    return bar
