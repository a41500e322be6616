"""A call through curl, a process for each request: with `--ntlm`, its first leg is an empty POST."""

import subprocess

from driver import PASSWORD, USER, Options, main
from plain import HEADERS, PlainClient

AUTH = {"none": [], "basic": ["--basic", "-u", f"{USER}:{PASSWORD}"], "ntlm": ["--ntlm", "-u", f"{USER}:{PASSWORD}"]}


def make_client(options: Options) -> PlainClient:
    command = ["curl", "--disable", "--silent", "--show-error", "--compressed", *AUTH[options.auth]]
    command += ["--write-out", "%{http_code}"]
    command += ["--proxy", options.proxy] if options.proxy else ["--noproxy", "*"]
    command += ["--cacert", options.ca] if options.ca else []
    command += [part for name, value in HEADERS.items() for part in ("-H", f"{name}: {value}")]

    def post(body: bytes) -> tuple[int, bytes]:
        out = subprocess.run([*command, "--data-binary", "@-", options.url], input=body, stdout=-1, check=True).stdout
        return int(out[-3:]), out[:-3]

    return PlainClient(post, options.soap)


if __name__ == "__main__":
    main(make_client)
