"""A call through requests, with requests_ntlm for NTLM: one session, all legs with their full body."""

import requests
from driver import PASSWORD, USER, Options, main
from plain import HEADERS, PlainClient
from requests_ntlm import HttpNtlmAuth


def make_client(options: Options) -> PlainClient:
    session = requests.Session()
    session.trust_env = False
    session.proxies = {"http": options.proxy, "https": options.proxy} if options.proxy else {}
    session.verify = options.ca or True
    session.auth = {"none": None, "basic": (USER, PASSWORD), "ntlm": HttpNtlmAuth(USER, PASSWORD)}[options.auth]

    def post(body: bytes) -> tuple[int, bytes]:
        with session.post(options.url, data=body, headers=HEADERS, timeout=60) as response:
            return response.status_code, response.content

    return PlainClient(post, options.soap, session.close)


if __name__ == "__main__":
    main(make_client)
