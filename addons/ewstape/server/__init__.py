"""The replay server: HTTP/1.1 straight from a player. It knows no proxy and holds no client, so nothing can leave."""

from ewstape.server.port import Port, listen
from ewstape.server.run import serve

__all__ = ["Port", "listen", "serve"]
