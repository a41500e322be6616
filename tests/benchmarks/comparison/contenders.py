"""Who takes part, in one table. Everything listens on loopback only."""

from functools import partial

from comparison import proxies, servers
from comparison.contender import Contender

_WIREMOCK = ("java", "npm:wiremock")
_ANSWER = {"ANSWER": "{folder}/answer"}

CONTENDERS = (
    Contender(name="ewstape", title="`ewstape replay`", prepare=proxies.replay, own=True),
    Contender(
        name="ewstape-https",
        title="`ewstape replay --https` (mitmproxy)",
        prepare=partial(proxies.replay_proxy, how="--https"),
        own=True,
    ),
    Contender(
        name="ewstape-forward",
        title="`ewstape replay --forward` (mitmproxy)",
        prepare=partial(proxies.replay_proxy, how="--forward"),
        own=True,
        forward=True,
    ),
    Contender(name="ewstape-addon", title="`mitmdump -s ews_tape.py`, replaying", prepare=proxies.addon, own=True),
    Contender(
        name="mitmdump", title="mitmdump, trivial addon", prepare=proxies.trivial, fixed=True, environment=_ANSWER
    ),
    Contender(
        name="mitmdump-forward",
        title="mitmdump, trivial addon, as a forward proxy",
        prepare=partial(proxies.trivial, upstream=""),
        fixed=True,
        forward=True,
        environment=_ANSWER,
    ),
    Contender(name="server-replay", title="mitmdump `--server-replay`", prepare=proxies.server_replay, at_most=10_000),
    Contender(
        name="wiremock",
        title="WireMock, equal strings",
        prepare=partial(servers.wiremock, pattern="equalTo"),
        needs=_WIREMOCK,
        at_most=10_000,
    ),
    Contender(
        name="wiremock-xml",
        title="WireMock, equal XML",
        prepare=partial(servers.wiremock, pattern="equalToXml"),
        needs=_WIREMOCK,
        at_most=10_000,
    ),
    Contender(
        name="wiremock-xml-ids",
        title="WireMock, equal XML with a placeholder",
        prepare=partial(servers.wiremock, pattern="equalToXml", any_id=True),
        needs=_WIREMOCK,
        at_most=1_000,
    ),
    Contender(
        name="mountebank",
        title="mountebank",
        prepare=servers.mountebank,
        needs=("node", "npm:mountebank"),
        at_most=10_000,
    ),
    Contender(
        name="talkback", title="talkback", prepare=servers.talkback, needs=("node", "npm:talkback"), at_most=10_000
    ),
    Contender(
        name="proxay",
        title="proxay, exact matching",
        prepare=servers.proxay,
        needs=("node", "npm:proxay"),
        at_most=10_000,
    ),
    Contender(
        name="mockserver",
        title="MockServer",
        prepare=servers.mockserver,
        needs=("java", "npm:mockserver-node"),
        at_most=10_000,
    ),
    Contender(
        name="vcrpy",
        title="vcrpy, in process",
        prepare=servers.vcrpy,
        needs=("pypi:vcr",),
        at_most=10_000,
        in_process=True,
    ),
    Contender(
        name="uvicorn",
        title="uvicorn, answers from a dictionary",
        prepare=servers.uvicorn,
        environment={"EXCHANGES": "{folder}/exchanges"},
    ),
    Contender(name="nginx", title="nginx, one answer", prepare=servers.nginx, needs=("nginx",), fixed=True),
    Contender(
        name="pass-through",
        title="mitmdump, passing through",
        prepare=proxies.passing_through,
        fixed=True,
    ),
    Contender(
        name="mitmdump-w",
        title="mitmdump `-w`",
        prepare=proxies.writing_flows,
        fixed=True,
    ),
    Contender(
        name="addon-records",
        title="`mitmdump -s ews_tape.py`, recording",
        prepare=proxies.addon_records,
        fixed=True,
        own=True,
    ),
    Contender(name="ewstape-record", title="`ewstape record`", prepare=proxies.record, fixed=True, own=True),
)
BY_NAME = {one.name: one for one in CONTENDERS}
