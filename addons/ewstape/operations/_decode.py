"""From the body of a request or response to decoded fields.

The operation is named by the first element of the SOAP body: never by SOAPAction, which many clients leave out and the
service description gives to two operations at once (Microsoft's page "ResponseCode", ErrorInvalidRequest). What is not
SOAP, or not even XML, is an ordinary outcome here: it is recorded byte for byte, with the reason in the notes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ewstape.errors import WireError
from ewstape.interaction import MESSAGES, UNKNOWN, Field, Fields, Operation, Service
from ewstape.operations import catalog, generic
from ewstape.operations._elements import Notes, shown
from ewstape.operations._fields import to_fields
from ewstape.operations.table import is_known, lookup, response_root, streams
from ewstape.wire import Envelope, context_fields, read_envelope, read_envelopes
from ewstape.wire import to_fields as fault_fields
from ewstape.wire.namespaces import Element, local_name, namespace

_OK = 200
_RESPONSE_ROOT = re.compile("(.+)Response(?:Message)?")
_BODILESS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a message says."""

    operation: Operation
    fields: Fields = field(default_factory=dict)
    """Plain data, all leaves text; empty if the body could not be decoded."""
    notes: tuple[str, ...] = ()
    """Why it could not be decoded, or where it departs from the schema."""


def read_request(body: bytes, *, service: Service, method: str, path: str, content_type: str) -> Decoded:
    """Name and decode a request. Never raises.

    Args:
        body: without Content-Encoding.
        service: as the path tells.
        method: of HTTP; a GET without a body is named by its path.
        path: of the URL.
        content_type: the header's value; empty if there is none.
    """
    if not body and method.upper() in _BODILESS:
        name = path.partition("?")[0].rstrip("/").rpartition("/")[2]
        return Decoded(Operation(name or UNKNOWN, service, ""))
    unknown = Operation(UNKNOWN, service)
    try:
        envelope = read_envelope(body, content_type=content_type)
    except WireError as error:
        return Decoded(unknown, notes=(f"not decoded: {error}",))
    notes = Notes()
    _note_departures(envelope, notes)
    payload = envelope.payload
    context = context_fields(envelope.headers)
    if payload is None or envelope.fault is not None:
        notes.add(f"not decoded: {'the SOAP body is empty' if payload is None else 'a SOAP fault is no request'}")
        return Decoded(unknown, _with_header({}, context), notes.as_tuple())
    operation = Operation(local_name(payload), service, namespace(payload))
    spec = lookup(operation)
    if spec is not None:
        fields = to_fields(spec.read_request(payload, notes))
    else:
        fields = generic.request_fields(payload)
        if not is_known(operation):
            notes.add(f"{shown(operation.name)}: no operation of this name is known in '{shown(operation.namespace)}'")
    return Decoded(operation, _with_header(fields, context), notes.as_tuple())


def read_response(operation: Operation, body: bytes, *, status: int, content_type: str) -> Decoded:
    """Decode the response to `operation`. Never raises.

    Args:
        operation: that the request named; one without a namespace is not SOAP, and its response is left alone.
        body: without Content-Encoding.
        status: of HTTP.
        content_type: the header's value; empty if there is none.
    """
    envelopes: Sequence[Envelope]
    notes = Notes()
    if streams(operation):
        envelopes, torn = read_envelopes(body, content_type=content_type)
        for note in torn if envelopes else (f"not decoded: {'; '.join(torn[:1]) or 'empty body'}",):
            notes.add(note)
    else:
        try:
            envelopes = [read_envelope(body, content_type=content_type)]
        except WireError as error:
            return Decoded(operation, notes=() if not operation.namespace else (f"not decoded: {error}",))
    for envelope in envelopes:
        _note_departures(envelope, notes)
    fields = _response_fields(operation, envelopes, notes, status) if envelopes else {}
    return Decoded(operation, fields, notes.as_tuple())


def _response_fields(operation: Operation, envelopes: Sequence[Envelope], notes: Notes, status: int) -> Fields:
    context = context_fields(envelopes[0].headers)
    fault = next((envelope.fault for envelope in envelopes if envelope.fault is not None), None)
    payloads = [e.payload for e in envelopes if e.payload is not None and e.fault is None]
    fields: dict[str, Field] = {}
    if payloads:
        fields |= _answer_fields(operation, payloads, notes)
    elif fault is None:
        notes.add("not decoded: the SOAP body is empty")
    if fault is not None:
        if fault.response_code:
            fields = {"response_code": fault.response_code, **fields}
        fields["fault"] = fault_fields(fault)
        if status == _OK and not payloads:
            notes.add("a SOAP fault with HTTP status 200; Exchange sends 500")
    elif status != _OK:
        notes.add(f"no SOAP fault, although the HTTP status is {status}")
    return _with_header(fields, context)


def _answer_fields(operation: Operation, payloads: Sequence[Element], notes: Notes) -> Fields:
    """Decode the payload for the operation that it answers, which a confused server may not have been asked for."""
    answered = _answered(operation, payloads[0], notes)
    spec = lookup(answered)
    if spec is not None and len(payloads) == 1:
        return to_fields(spec.read_response(payloads[0], notes))
    name = catalog.wsdl_name(answered)
    return generic.response_fields(payloads, catalog.SHAPES[name] if name else None, notes)


def _answered(operation: Operation, payload: Element, notes: Notes) -> Operation:
    root, uri = local_name(payload), namespace(payload)
    expected = response_root(operation)
    if root == expected and uri == operation.namespace:
        return operation
    match = _RESPONSE_ROOT.fullmatch(root)
    if operation.name == UNKNOWN:
        return Operation(match[1] if match else root, operation.service, uri)
    if match is None:
        notes.add(f"answers with {shown(root)}, which is no response")
        return Operation(UNKNOWN, operation.service)
    if uri != operation.namespace:
        notes.add(f"{shown(root)}: in namespace '{shown(uri)}', not '{shown(operation.namespace)}'")
    if root == expected:
        return operation
    answered = Operation(match[1], operation.service, MESSAGES if uri != operation.namespace else uri)
    if response_root(answered) == expected:
        notes.add(f"{shown(root)}: the schema calls it {expected}")
        return operation
    notes.add(f"answers {shown(match[1])}, not {shown(operation.name)}")
    return answered


def _note_departures(envelope: Envelope, notes: Notes) -> None:
    for note in envelope.notes:
        notes.add(note)
    if envelope.extra:
        notes.add(f"{len(envelope.extra)} more elements in the SOAP body")


def _with_header(fields: Fields, context: Fields) -> Fields:
    return {**fields, "soap_header": context} if context else fields
