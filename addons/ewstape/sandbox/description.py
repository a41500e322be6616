"""The service description: a WSDL of the three call operations and its two schemas, in words of our own.

Microsoft's own has no `wsdl:service`; this one has, so that a client needs nothing but its address.
"""

from importlib import resources
from string import Template
from urllib.parse import SplitResult

from ewstape.interaction import Response

_FILES = {name.lower(): name for name in ("Services.wsdl", "messages.xsd", "types.xsd")}


def describe(url: SplitResult) -> Response:
    """The answer to a GET: one of the three files, by a name of any case, or where to find the first."""
    name = _FILES.get(url.path.rpartition("/")[2].lower())
    if name is None:
        return Response(status=302, headers=(("Location", "/EWS/Services.wsdl"),))
    text = (resources.files("ewstape.sandbox") / "description" / name).read_text("utf-8")
    endpoint = f"{url.scheme}://{url.netloc}/EWS/Exchange.asmx"
    body = Template(text).substitute(endpoint=endpoint).encode()
    return Response(status=200, headers=(("Content-Type", "text/xml"),), body=body)
