"""JSON Schema (draft-07) of one document of a cassette, for editors: completion, and a red line under a mistyped key.

An editor's YAML server types scalars (`number: 7` is a number to it) where ewstape reads them all as text, so whatever
may look like a number is allowed to be one.
"""

from collections.abc import Mapping
from typing import Any

from ewstape.cassette import bodies
from ewstape.cassette.document import VERSION
from ewstape.cassette.patterns import HEADER_VALUE, SECONDS, TOKEN, URL
from ewstape.interaction import Service

type _Schema = Mapping[str, Any]

_BASE64 = "^[A-Za-z0-9+/\\s]*={0,2}\\s*$"


def json_schema() -> dict[str, Any]:
    """The schema of a document: the header or an interaction."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "ewstape cassette",
        "description": "One document of a cassette: the header, which comes first, or an interaction.",
        "oneOf": [{"$ref": "#/definitions/header"}, {"$ref": "#/definitions/interaction"}],
        "definitions": {
            "header": _HEADER,
            "interaction": _INTERACTION,
            "request": _REQUEST,
            "response": _RESPONSE,
            "field": _FIELD,
        },
    }


def _object(description: str, properties: _Schema, *required: str) -> _Schema:
    return {
        "description": description,
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _text(description: str, **more: object) -> _Schema:
    return {"description": description, "type": "string", **more}


def _loose(description: str, **more: object) -> _Schema:
    return {"description": description, "type": ["string", "number", "boolean", "null"], **more}


def _number(description: str, pattern: str, **more: object) -> _Schema:
    return {"description": description, "type": ["string", "number"], "pattern": f"^{pattern}$", **more}


_FIELD: _Schema = {
    "description": "A decoded value: text, a mapping by element name, or a list.",
    "anyOf": [
        {"type": ["string", "number", "boolean", "null"]},
        {"type": "object", "additionalProperties": {"$ref": "#/definitions/field"}},
        {"type": "array", "items": {"$ref": "#/definitions/field"}},
    ],
}

_HEADER_LINE: _Schema = {"type": ["string", "number", "boolean", "null"], "pattern": f"^{HEADER_VALUE}$"}

_MESSAGE: _Schema = {
    "fields": {
        "description": "The message decoded, for people and tools; the body is what counts.",
        "type": "object",
        "additionalProperties": {"$ref": "#/definitions/field"},
    },
    "notes": {"description": "What is odd about the message.", "type": "array", "items": _loose("A remark.")},
    "headers": {
        "description": "Header lines by name; a list where a name is repeated. Default: Content-Type of SOAP 1.1.",
        "type": "object",
        "propertyNames": {"pattern": f"^{TOKEN}$"},
        "additionalProperties": {"anyOf": [_HEADER_LINE, {"type": "array", "items": _HEADER_LINE}]},
    },
    "content_encoding": _text("The Content-Encoding that the body was freed from, such as gzip."),
    "charset": _text("How the body's text becomes bytes. Default: utf-8.", enum=list(bodies.CHARSETS)),
    "newlines": _text("`crlf`: every line break of the body is CR LF, shown as LF.", enum=[bodies.CRLF]),
    "layout": _text(
        "`indented`: line breaks and blanks between tags, and the last line break, are for reading and no part of the "
        "body. `indented-after-declaration`: the same, but the break after the XML declaration is part of it.",
        enum=list(bodies.LAYOUTS),
    ),
    "body": _text("The body as text."),
    "body_base64": _text("The body in base64, instead of `body`.", pattern=_BASE64),
}

_HEADER = _object(
    "The first document: where the interactions come from.",
    {
        "ewstape": {"description": "Version of the format.", "enum": [VERSION, str(VERSION)]},
        "recorded": _text("When the recording began, RFC 3339 in UTC."),
        "recorder": _text("Name and version of the program that wrote the cassette."),
        "upstream": _text("The server that answered, as an absolute URL."),
        "redaction": {
            "description": "Names of the redaction rules in force.",
            "type": "array",
            "items": _text("A rule's name."),
        },
    },
    "ewstape",
)

_INTERACTION = _object(
    "One request with its response.",
    {
        "operation": _text("The first element of the SOAP body, such as PlayOnPhone.", minLength=1),
        "service": _text("The web service. Default: ews.", enum=list(map(str, Service))),
        "namespace": _text("Namespace of the operation. Default: that of the EWS messages."),
        "number": _number("Order of start, from 1. Default: the position in the file.", "[0-9]{1,15}", minimum=1),
        "at": _number("Seconds from the beginning of the recording to that of the request. Default: 0.", SECONDS),
        "took": _number("Seconds from the beginning of the request to the end of the response. Default: 0.", SECONDS),
        "auth": _text("The scheme the client logged on with, such as NTLM."),
        "error": _loose("Why the response is missing or cut short."),
        "request": {"$ref": "#/definitions/request"},
        "response": {"$ref": "#/definitions/response"},
    },
    "operation",
    "request",
)

_REQUEST = _object(
    "What the client sent.",
    {
        "fields": _MESSAGE["fields"],
        "notes": _MESSAGE["notes"],
        "http": _text("Method and absolute URL. Default: POST to the service's path.", pattern=f"^{TOKEN} {URL}$"),
        **_MESSAGE,
    },
)

_RESPONSE = _object(
    "What the server answered.",
    {
        "fields": _MESSAGE["fields"],
        "notes": _MESSAGE["notes"],
        "status": _number("HTTP status.", "[1-5][0-9]{2}", minimum=100, maximum=599),
        "reason": _loose("The reason phrase, if it is not the usual one."),
        "headers": _MESSAGE["headers"],
        "chunks": {
            "description": "For a streamed response, when which part of the body came: seconds and bytes.",
            "type": "array",
            "items": _text("Such as `0.250 312`.", pattern=f"^{SECONDS} [0-9]{{1,15}}$"),
        },
        **_MESSAGE,
    },
    "status",
)
