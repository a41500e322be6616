"""A small simulated Exchange server on loopback, for the demo and for tests. It is a simulation and says so.

It speaks the three call operations of MS-OXWUMS, the eleven of the older Unified Messaging service, and as much of a
mailbox as a client needs to log in, list and read a voice mail. Everything it answers follows from its seed and from
what it was asked before: there is no clock in it, so two sandboxes asked the same give the same bytes.
"""

from ewstape.sandbox.server import Sandbox

__all__ = ["Sandbox"]
