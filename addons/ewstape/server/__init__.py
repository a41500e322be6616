"""The replay server: an ASGI application on uvicorn. It knows no proxy and holds no client, so nothing can leave."""

from ewstape.server.app import Application
from ewstape.server.port import Port, listen
from ewstape.server.run import serve

__all__ = ["Application", "Port", "listen", "serve"]
