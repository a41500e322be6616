"""How the fronts of ewstape, and mitmproxy, are fed and started."""

import subprocess
import sys

from comparison import feeds
from comparison.contender import ROOT, SCRIPTS, Command, Place
from comparison.exchanges import HOST, Corpus, PhoneCall

_ADDON = ROOT / "addons" / "ews_tape.py"
_MITMDUMP = (sys.executable, "-c", "from mitmproxy.tools.main import mitmdump; mitmdump()", "-q")


def _cassette(place: Place, corpus: Corpus) -> str:
    file = place.folder / "cassette.yaml"
    feeds.cassette(corpus, file)
    if isinstance(corpus, PhoneCall) and corpus.redacted:
        redact = (sys.executable, "-m", "ewstape", "redact", str(file), "--in-place", "--fresh-key")
        subprocess.run(redact, check=True, capture_output=True, cwd=place.folder)
    return str(file)


def replay(place: Place, corpus: Corpus, *how: str) -> Command:
    listen = ("--listen", f"127.0.0.1:{place.port}")
    return (sys.executable, "-m", "ewstape", "replay", _cassette(place, corpus), *listen, *how)


def replay_proxy(place: Place, corpus: Corpus, how: str) -> Command:
    return replay(place, corpus, how, "--ca-dir", str(place.certificate.parent))


def record(place: Place, _: Corpus) -> Command:
    to = ("--upstream", place.upstream)
    listen = ("--listen", f"127.0.0.1:{place.port}", "--ca-dir", str(place.certificate.parent))
    return (sys.executable, "-m", "ewstape", "record", str(place.folder / "recorded.yaml"), *to, *listen)


def _mitmdump(place: Place, *more: str, upstream: str = "") -> Command:
    mode = ("--mode", f"reverse:{upstream}") if upstream else ()
    settings = ("--set", f"confdir={place.certificate.parent}", "--set", "connection_strategy=lazy")
    return (*_MITMDUMP, "--listen-host", "127.0.0.1", "-p", str(place.port), *mode, *settings, *more)


def trivial(place: Place, corpus: Corpus, *, upstream: str = f"http://{HOST}") -> Command:
    (place.folder / "answer").write_bytes(corpus[0].answer)
    return _mitmdump(place, "-s", str(SCRIPTS / "trivial.py"), upstream=upstream)


def addon(place: Place, corpus: Corpus) -> Command:
    settings = (f"ewstape_cassette={_cassette(place, corpus)}", "ewstape_record_mode=none")
    return _mitmdump(place, "-s", str(_ADDON), *_set(*settings), upstream=f"http://{HOST}")


def addon_records(place: Place, _: Corpus) -> Command:
    settings = (f"ewstape_cassette={place.folder / 'recorded.yaml'}", "ewstape_record_mode=all")
    return _mitmdump(place, "-s", str(_ADDON), *_set(*settings), upstream=place.upstream)


def server_replay(place: Place, corpus: Corpus) -> Command:
    file = place.folder / "flows"
    feeds.flows(corpus, file)
    settings = ("server_replay_reuse=true", "server_replay_extra=404", "keepserving=true")
    ignored = ("server_replay_ignore_host=true", "server_replay_ignore_port=true")
    return _mitmdump(place, "-S", str(file), *_set(*settings, *ignored), upstream=f"http://{HOST}")


def _set(*settings: str) -> Command:
    return tuple(word for setting in settings for word in ("--set", setting))


def passing_through(place: Place, _: Corpus) -> Command:
    return _mitmdump(place, upstream=place.upstream)


def writing_flows(place: Place, _: Corpus) -> Command:
    return _mitmdump(place, "-w", str(place.folder / "flows"), upstream=place.upstream)
