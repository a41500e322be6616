"""`ewstape.use_cassette`: a cassette in use for as long as a block or a function runs.

A block that ends well may still fail: a request that had no answer is an `AssertionError` at its end, even if the
client's own error was swallowed. The pytest plugin begins and ends a use itself, since it reports otherwise.
"""

import inspect
import os
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from types import TracebackType
from typing import Any, cast

from msgspec import structs

from ewstape.cassette import Cassette
from ewstape.config import Config, Verdict, find_file, read_config
from ewstape.player import replays
from ewstape.proxy.upstream import Upstream, server_of
from ewstape.testing.background import BACKGROUND
from ewstape.testing.importing import mitmproxy_imported
from ewstape.testing.stage import Playing, Stage
from ewstape.testing.used import UsedCassette

__all__ = ["UseCassette", "begin", "chosen", "load", "use_cassette"]

_PARAMETER = "cassette"


def load(path: str | os.PathLike[str]) -> Cassette:
    """The cassette at `path`, for reading: a sequence of its interactions, with its `header`.

    Raises:
        CassetteError: there is none, or it is none that this version reads.
    """
    return Cassette.open(path)


def use_cassette(  # noqa: PLR0913  one parameter a choice, all but the path by name
    path: str | os.PathLike[str],
    *,
    mode: str = "none",
    upstream: str = "",
    upstream_ca: str | os.PathLike[str] | None = None,
    upstream_insecure: bool = False,
    ca_dir: str | os.PathLike[str] | None = None,
    keep_failed: bool = False,
    **settings: object,
) -> "UseCassette":
    """A cassette to answer from, or to record to: a context manager, and a decorator of functions.

        with ewstape.use_cassette("cassettes/call.yaml") as cassette:
            place_call(cassette.url)
            cassette.assert_disconnected()

    As a decorator it gives the cassette to a parameter named `cassette`, if the function has one. At the end a request
    that had no answer is an `AssertionError` (setting `fail_on`).

    Args:
        path: the cassette.
        mode: `none`, `once`, `new_episodes` or `all`: what happens to a request, as in the README. `all` replaces.
        upstream: the server to record, such as `https://mail.example.com`.
        upstream_ca: certificates to check the server's against, PEM.
        upstream_insecure: the server's certificate is not checked.
        ca_dir: folder of the proxy's own CA; by default mitmproxy's, `~/.mitmproxy`.
        keep_failed: what was recorded becomes the cassette even if the block raised.
        settings: any setting, by its name; they count over EWSTAPE_ variables and an `ewstape.yaml` here or above.

    Raises:
        ConfigError: a setting is wrong; at once.
        CassetteError: the cassette cannot be read or written; when it is entered.
    """
    given: dict[str, object] = {"upstream": upstream, "upstream_insecure": upstream_insecure}
    given |= {"upstream_ca": upstream_ca, "ca_dir": ca_dir, "cassette": os.fspath(path), "record_mode": mode}
    return UseCassette(*chosen(settings | given, Path.cwd()), keep_failed=keep_failed)


def chosen(given: Mapping[str, object], folder: Path, origin: str = "use_cassette") -> tuple[Config, Upstream]:
    """Settings, and what is behind a proxy, from names: over the environment, over an `ewstape.yaml` there or above.

    Raises:
        ConfigError: a setting is wrong.
    """
    settings = {name: value for name, value in given.items() if name not in _BEHIND}
    url, ca_file, ca_folder = (given.get(name) or "" for name in ("upstream", "upstream_ca", "ca_dir"))
    upstream = Upstream(
        url=server_of(str(url)) if url else "",
        ca_file=Path(str(ca_file)) if ca_file else None,
        insecure=bool(given.get("upstream_insecure")),
        ca_folder=Path(str(ca_folder)) if ca_folder else None,
    )
    return read_config(find_file(folder), os.environ, settings, origin=origin), upstream


_BEHIND = frozenset({"upstream", "upstream_ca", "upstream_insecure", "ca_dir"})


def begin(config: Config, upstream: Upstream, *, fail_on_unused: bool = False) -> UsedCassette:
    """A cassette in use, until its `close`; call it with a lease of the background.

    Raises:
        ConfigError: a setting is wrong.
        CassetteError: the cassette cannot be read or written.
    """
    if fail_on_unused:
        config = structs.replace(config, fail_on=(*config.fail_on, Verdict.UNUSED))
    kind: type[Stage] = Playing
    if not replays(config):
        with mitmproxy_imported():
            from ewstape.testing.recording import RecordingStage as kind  # noqa: N813  whichever it is

    def made() -> Stage:
        stage = kind(config, upstream)
        BACKGROUND.remember(stage.give_up)
        return stage

    return UsedCassette(BACKGROUND.call(made))


class UseCassette:
    """What `use_cassette` returns. It can be entered again; each time it is another use."""

    def __init__(self, config: Config, upstream: Upstream, *, keep_failed: bool) -> None:
        self._config = config
        self._upstream = upstream
        self._keep_failed = keep_failed
        self._uses: list[UsedCassette] = []

    def __enter__(self) -> UsedCassette:
        """Begins to answer.

        Raises:
            ConfigError: a setting is wrong.
            CassetteError: the cassette cannot be read or written.
        """
        BACKGROUND.__enter__()
        try:
            self._uses.append(begin(self._config, self._upstream))
        except BaseException:
            BACKGROUND.__exit__(None, None, None)
            raise
        return self._uses[-1]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Ends it, with everything that came through its ports.

        Raises:
            AssertionError: the block ended well, but requests had no answer.
            EwsTapeError: what was recorded cannot be kept.
        """
        used = self._uses.pop()
        try:
            problems = used.problems() if kind is None else []
            used.close(keep=self._keep_failed or (kind is None and not problems))
        finally:
            BACKGROUND.__exit__(None, None, None)
        if problems:
            raise AssertionError("\n".join(problems))

    def __call__[R](self, function: Callable[..., R]) -> Callable[..., R]:
        """The function with a use of its own around each call."""
        if inspect.isclass(function):
            raise TypeError("use_cassette decorates functions and methods, not classes")
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise TypeError("use_cassette cannot decorate a generator, which runs after its call: use `with` inside it")
        signature = inspect.signature(function)

        def again() -> UseCassette:
            return UseCassette(self._config, self._upstream, keep_failed=self._keep_failed)

        if inspect.iscoroutinefunction(function):

            @wraps(function)
            async def wrapped(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  whatever the function takes and gives
                with again() as used:
                    args, kwargs = _with_cassette(signature, used, args, kwargs)
                    return await function(*args, **kwargs)

        else:

            @wraps(function)
            def wrapped(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  whatever the function takes and gives
                with again() as used:
                    args, kwargs = _with_cassette(signature, used, args, kwargs)
                    return function(*args, **kwargs)

        # pytest would take the parameter for a fixture
        left = [one for name, one in signature.parameters.items() if name != _PARAMETER]
        wrapped.__signature__ = signature.replace(parameters=left)  # type: ignore[attr-defined]  # inspect looks for it
        return cast("Callable[..., R]", wrapped)


def _with_cassette(
    signature: inspect.Signature, used: UsedCassette, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Arguments that came without the parameter `cassette`, with it in its place; as they are if there is none."""
    if _PARAMETER not in signature.parameters:
        return args, kwargs
    place = list(signature.parameters).index(_PARAMETER)
    if len(args) > place and signature.parameters[_PARAMETER].kind is not inspect.Parameter.KEYWORD_ONLY:
        return (*args[:place], used, *args[place:]), kwargs
    return args, {**kwargs, _PARAMETER: used}
