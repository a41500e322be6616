"""Bytes to meaning and back: XML through one hardened door, SOAP envelopes and faults, content codings, authentication.

Everything here is a pure function of its input. What a peer got wrong is a `WireError`, never another exception.
"""

from ewstape.wire.auth import challenge_schemes, ntlm_challenge, ntlm_message_type, scheme_of
from ewstape.wire.content import CODINGS, compress, decompress
from ewstape.wire.faults import Fault, build_fault, to_fields
from ewstape.wire.soap import Envelope, EnvelopeStream, context_fields, read_envelope, read_envelopes

__all__ = [
    "CODINGS",
    "Envelope",
    "EnvelopeStream",
    "Fault",
    "build_fault",
    "challenge_schemes",
    "compress",
    "context_fields",
    "decompress",
    "ntlm_challenge",
    "ntlm_message_type",
    "read_envelope",
    "read_envelopes",
    "scheme_of",
    "to_fields",
]
