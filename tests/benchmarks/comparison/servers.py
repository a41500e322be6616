"""How the peers that are servers, vcrpy, and the ceilings are fed and started."""

import sys

from comparison import feeds
from comparison.contender import SCRIPTS, Command, Place
from comparison.exchanges import CONTENT_TYPE, PATH, Corpus

_JAVA = ("java", "-Xmx3g")


def wiremock(place: Place, corpus: Corpus, pattern: str, *, any_id: bool = False) -> Command:
    feeds.wiremock(corpus, place.folder / "mappings" / "all.json", pattern, any_id=any_id)
    (jar,) = (place.peers / "node_modules" / "wiremock").glob("build/wiremock-standalone-*.jar")
    where = ("--port", str(place.port), "--bind-address", "127.0.0.1", "--root-dir", str(place.folder))
    return (*_JAVA, "-jar", str(jar), *where, "--no-request-journal", "--disable-banner")


def mountebank(place: Place, corpus: Corpus) -> Command:
    from comparison.running import free_ports

    file = place.folder / "imposters.json"
    feeds.mountebank(corpus, file, place.port)
    (admin,) = free_ports(1)
    quiet = ("--nologfile", "--loglevel", "error", "--pidfile", str(place.folder / "pid"))
    start = ("node", str(place.peers / "node_modules" / "mountebank" / "bin" / "mb"), "start")
    return (*start, "--configfile", str(file), "--noParse", "--port", str(admin), "--localOnly", *quiet)


def talkback(place: Place, corpus: Corpus) -> Command:
    tapes = place.folder / "tapes"
    feeds.talkback(corpus, tapes)
    return ("node", str(SCRIPTS / "talkback.js"), str(place.peers), str(tapes), str(place.port))


def proxay(place: Place, corpus: Corpus) -> Command:
    tapes = place.folder / "tapes"
    feeds.proxay(corpus, tapes / "all.yml")
    start = ("node", str(place.peers / "node_modules" / "proxay" / "dist" / "cli.js"), "--mode", "replay")
    ignored = "host,content-type,content-length,accept-encoding,user-agent,connection,accept"
    which = (
        "--tapes-dir",
        str(tapes),
        "--default-tape",
        "all",
        "--exact-request-matching",
        "--ignore-headers",
        ignored,
    )
    return (*start, *which, "--port", str(place.port))


def mockserver(place: Place, corpus: Corpus) -> Command:
    file = place.folder / "expectations.json"
    feeds.mockserver(corpus, file)
    (jar,) = (place.peers / "node_modules" / "mockserver-node").glob("mockserver-netty-*.jar")
    given = ("logLevel=ERROR", f"initializationJsonPath={file}", "maxExpectations=20000", "localBoundIP=127.0.0.1")
    return (*_JAVA, *(f"-Dmockserver.{one}" for one in given), "-jar", str(jar), "-serverPort", str(place.port))


def vcrpy(place: Place, corpus: Corpus) -> Command:
    feeds.vcrpy(corpus, place.folder / "vcr.yaml")
    feeds.dictionary(corpus, place.folder / "exchanges")
    return (sys.executable, str(SCRIPTS / "vcrpy_client.py"), "vcr.yaml", "exchanges")


def uvicorn(place: Place, corpus: Corpus) -> Command:
    feeds.dictionary(corpus, place.folder / "exchanges")
    how = ("--http", "httptools", "--loop", "asyncio", "--no-access-log", "--log-level", "error", "--lifespan", "off")
    tls = ("--ssl-certfile", str(place.certificate), "--ssl-keyfile", str(place.certificate)) if place.https else ()
    app = ("--app-dir", str(SCRIPTS), "dictionary:app")
    return (sys.executable, "-m", "uvicorn", *app, "--port", str(place.port), *how, *tls)


def nginx(place: Place, corpus: Corpus) -> Command:
    (place.folder / "answer").write_bytes(corpus[0].answer)
    scratch = "".join(f"{kind}_temp_path {place.folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi"))
    tls = f"ssl_certificate {place.certificate}; ssl_certificate_key {place.certificate};" if place.https else ""
    (place.folder / "nginx.conf").write_text(
        f"""daemon off; master_process off; worker_processes 1; pid {place.folder}/pid; error_log stderr crit;
        events {{ worker_connections 1024; }}
        http {{
            {scratch} uwsgi_temp_path {place.folder}/uwsgi; scgi_temp_path {place.folder}/scgi;
            access_log off; keepalive_requests 100000000; tcp_nodelay on; default_type "{CONTENT_TYPE}";
            open_file_cache max=10; client_max_body_size 64m; {tls}
            server {{
                listen 127.0.0.1:{place.port} {"ssl" if place.https else ""}; root {place.folder};
                location = {PATH} {{ error_page 405 =200 /answer; return 405; }}
                location = /answer {{ }}
            }}
        }}""",
        "utf-8",
    )
    return ("nginx", "-p", str(place.folder), "-c", str(place.folder / "nginx.conf"))
