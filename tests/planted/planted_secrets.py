"""Kinds of secret as they appear in EWS traffic, each with its places and forms. All of it is made up.

A secret has one or more distinctive values, and a carrier: the text that is planted, which is the first value unless
something wraps it (an NTLM message, credentials, a token). Forms that make no sense for a place are left out: XML
references in a header, percent signs in base64.
"""
# ruff: noqa: E501  a template reads best on one line

import base64
import json
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape

PLAIN, MIXED, XML, URL, BASE64, BASE64_UTF_16, UTF_16 = (
    *("plain", "mixed case", "XML-escaped", "URL-escaped", "base64", "UTF-16LE in base64"),
    "UTF-16LE",
)
TEXT_FORMS = (PLAIN, MIXED, XML, URL, BASE64, BASE64_UTF_16, UTF_16)
HEADER_FORMS = (PLAIN, MIXED, URL, BASE64, BASE64_UTF_16)
URL_FORMS = (PLAIN, MIXED, URL, BASE64)
EXACT = (PLAIN, UTF_16)  # what has digits of base64, and would be another value in other spellings
EXACT_HEADER = (PLAIN,)


@dataclass(frozen=True)
class Secret:
    """One kind of secret in one place."""

    kind: str
    place: str
    """`request` or `response`, then `header NAME`, `url`, `soap`, `body`, `fault`."""
    values: tuple[str, ...]
    template: str = "{}"
    """What the carrier stands in: a header's value, a query, elements of the SOAP header or body."""
    forms: tuple[str, ...] = TEXT_FORMS
    known: bool = True
    """Whether a detector can know it at all; names and subjects look like any other text."""
    carrier: Callable[[], str] | None = field(default=None, repr=False)

    def planted(self, form: str) -> str:
        """The template with the secret in it, in that form."""
        text = self.carrier() if self.carrier else self.values[0]
        return self.template.replace(
            "{}", _written(text, form, xml=self.place.split()[-1] in ("soap", "body", "fault"))
        )


@dataclass(frozen=True)
class Exchange:
    """What to send and what to answer."""

    secret: Secret
    form: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    answer_status: int
    answer_headers: tuple[tuple[str, str], ...]
    answer_body: bytes


def exchanges() -> Iterator[Exchange]:
    """Every (kind, form) of the table as one request and its answer."""
    for secret in SECRETS:
        for form in secret.forms:
            yield exchange_of(secret, form)


def _written(text: str, form: str, *, xml: bool) -> str:
    match form:
        case "mixed case":
            text = "".join(c.upper() if at % 2 else c.lower() for at, c in enumerate(text))
        case "XML-escaped":
            return "".join(f"&#{ord(c)};" if at % 2 else f"&#x{ord(c):X};" for at, c in enumerate(text))
        case "URL-escaped":
            return "".join(c if c.isalnum() and at % 3 else f"%{ord(c):02X}" for at, c in enumerate(text))
        case "base64":
            return base64.b64encode(text.encode()).decode()
        case "UTF-16LE in base64":
            return base64.b64encode(text.encode("utf-16-le")).decode()
    return escape(text) if xml else text


_MESSAGES = "http://schemas.microsoft.com/exchange/services/2006/messages"
_TYPES = "http://schemas.microsoft.com/exchange/services/2006/types"
_ERRORS = "http://schemas.microsoft.com/exchange/services/2006/errors"
_CALL = '<m:GetPhoneCallInformation><m:PhoneCallId Id="ZXdzdGFwZTpjYWxsOjE="/></m:GetPhoneCallInformation>'
_NOTHING = (
    '<m:GetPhoneCallInformationResponse ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>'
    "</m:GetPhoneCallInformationResponse>"
)
_FAULT = (
    '<s:Fault><faultcode>s:Server</faultcode><faultstring xml:lang="en-US">{}</faultstring><detail>'
    f'<e:ResponseCode xmlns:e="{_ERRORS}">ErrorInternalServerError</e:ResponseCode>'
    f'<e:Message xmlns:e="{_ERRORS}">{{}}</e:Message></detail></s:Fault>'
)


def _envelope(header: str, body: str) -> str:
    header = f"<s:Header>{header}</s:Header>" if header else ""
    return (
        '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
        f'xmlns:m="{_MESSAGES}" xmlns:t="{_TYPES}">{header}<s:Body>{body}</s:Body></s:Envelope>'
    )


def exchange_of(secret: Secret, form: str) -> Exchange:
    """The request and the answer that carry a secret in that form, and nothing else of interest."""
    side, what, *name = secret.place.split()
    planted = secret.planted(form)
    bodies = {"request": ("", _CALL), "response": ("", _NOTHING)}
    match what:
        case "soap":
            bodies[side] = (planted, bodies[side][1])
        case "body":
            bodies[side] = ("", planted)
        case "fault":
            bodies[side] = ("", _FAULT.replace("{}", planted))
    wide = form == UTF_16
    charset = "utf-16" if wide else "utf-8"
    headers: dict[str, list[tuple[str, str]]] = {"request": [], "response": []}
    for which, lines in headers.items():
        lines.append(("Content-Type", f"text/xml; charset={charset if which == side else 'utf-8'}"))
    if what == "header":
        headers[side].append((name[0], planted))

    def encoded(which: str) -> bytes:
        text = _envelope(*bodies[which])
        return b"\xff\xfe" + text.encode("utf-16-le") if wide and which == side else text.encode()

    return Exchange(
        secret,
        form,
        f"/EWS/Exchange.asmx{planted if what == 'url' else ''}",
        tuple(headers["request"]),
        encoded("request"),
        500 if what == "fault" else 200,
        tuple(headers["response"]),
        encoded("response"),
    )


def _ntlm(kind: int, *parts: tuple[int, bytes]) -> str:
    """A message of MS-NLMP 2.2.1 with its security buffers; a part is the position of its buffer and its content."""
    head = bytearray({1: 40, 2: 56, 3: 72}[kind])
    head[:12] = b"NTLMSSP\0" + struct.pack("<I", kind)
    struct.pack_into("<I", head, {1: 12, 2: 20, 3: 60}[kind], 0xA2898205)
    payload = b""
    for position, content in parts:
        struct.pack_into("<HHI", head, position, len(content), len(content), len(head) + len(payload))
        payload += content
    return base64.b64encode(bytes(head) + payload).decode()


def _wide(text: str) -> bytes:
    return text.encode("utf-16-le")


def _av(*pairs: tuple[int, str]) -> bytes:
    return b"".join(struct.pack("<HH", kind, len(_wide(text))) + _wide(text) for kind, text in (*pairs, (0, "")))


def _spnego(message: str) -> str:
    """As the mechToken of a NegTokenInit, cut down to what a reader looks for (RFC 4178 4.2.1)."""
    content = base64.b64decode(message)
    inner = b"\x60\x82" + struct.pack(">H", len(content) + 30) + b"\x06\x06\x2b\x06\x01\x05\x05\x02\xa0\x82\x00\x10"
    return base64.b64encode(
        inner + b"\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a\xa2\x82\x01\x00" + content
    ).decode()


def _jwt() -> str:
    parts = ({"typ": "JWT", "alg": "RS256"}, {"upn": "quillon.vantreese@velvetholm.io", "tid": "7d1f0c52e8a94b36"})
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, "Zq3vN8xRw1LkT5uYb7HdPmSe"])


def _b64(content: bytes | str) -> str:
    return base64.b64encode(content.encode() if isinstance(content, str) else content).decode()


_DOMAIN, _SERVER, _FOREST = "VELVETHOLM", "QUARTZMX07", "ad.velvetholm.io"
_TYPE_1 = _ntlm(1, (16, _DOMAIN.encode()), (24, b"BRAMBLEWS3"))
_TYPE_2 = _ntlm(
    2, (12, _wide(_DOMAIN)), (40, _av((2, _DOMAIN), (1, _SERVER), (4, _FOREST), (3, f"quartzmx07.{_FOREST}")))
)
_TYPE_3 = _ntlm(3, (28, _wide(_DOMAIN)), (36, _wide("qvantreese")), (44, _wide("BRAMBLEWS3")), (20, bytes(range(24))))
_ADDRESS, _HOST, _GUID = (
    "quillon.vantreese@velvetholm.io",
    "quartzmx07.ad.velvetholm.io",
    "b71c52ae-93d4-4f08-a6e1-5d20c97f38b4",
)
_DN = "/o=Velvetholm Org/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=qvantreese7b1"
_SID = "S-1-5-21-3084719265-1170482953-2750936184-48213"
_PHONE = "+14256637198"
_ITEM = _b64(b"\0\x08\0" + _GUID.encode() + b"\0\x46" + bytes((7 * n + 131) % 256 for n in range(64)))
_KEY = _b64(b"\x16\0\0\0" + bytes((11 * n + 139) % 256 for n in range(28)))
_CALL_ID = _b64(f"{_GUID}@{_HOST}")
_BINARY_SID = _b64(b"\1\5" + b"\0" * 5 + b"\5" + struct.pack("<5I", 21, 3084719265, 1170482953, 2750936184, 48213))


def _item(inner: str, name: str = "GetItemResponse") -> str:
    return (
        f'<m:{name}><m:ResponseMessages><m:GetItemResponseMessage ResponseClass="Success"><m:ResponseCode>NoError'
        f"</m:ResponseCode><m:Items><t:Message>{inner}</t:Message></m:Items></m:GetItemResponseMessage>"
        f"</m:ResponseMessages></m:{name}>"
    )


def _play(dial: str) -> str:
    return f'<m:PlayOnPhone><m:ItemId Id="ZXdzdGFwZTppdGVtOjE="/><m:DialString>{dial}</m:DialString></m:PlayOnPhone>'


def _um(name: str, inner: str) -> str:
    return f'<{name} xmlns="{_MESSAGES}">{inner}</{name}>'


_IMPERSONATION = (
    "<t:ExchangeImpersonation><t:ConnectingSID><t:{0}>{{}}</t:{0}></t:ConnectingSID></t:ExchangeImpersonation>"
)
_MAILBOX = "<t:From><t:Mailbox>{}</t:Mailbox></t:From>"
_NAMES = (PLAIN, MIXED, XML, UTF_16)  # a name in base64 is a server's own affair, and no server does it
_WORDS = "Quillonbrisk Vantreesen"

SECRETS: tuple[Secret, ...] = (
    # Credentials
    Secret(
        "Basic credentials",
        "request header Authorization",
        ("qvantreese:Tr0mbone-Wisp", "Tr0mbone-Wisp"),
        "Basic {}",
        (BASE64,),
    ),
    Secret(
        "Basic credentials of a proxy",
        "request header Proxy-Authorization",
        ("qvantreese:Gl1mmer-Fjord",),
        "Basic {}",
        (BASE64,),
    ),
    Secret(
        "Basic credentials in a fault", "response fault", ("qvantreese:Mur4l-Copse",), "header was: Basic {}", (BASE64,)
    ),
    Secret("Bearer JWT", "request header Authorization", (_jwt(), _ADDRESS), "Bearer {}", EXACT_HEADER),
    Secret(
        "opaque Bearer token", "request header Authorization", ("9fKq2ZtW7xLmB4vYc8RsNdJe",), "Bearer {}", EXACT_HEADER
    ),
    Secret("JWT in an unusual header", "request header X-MS-Exchange-Token", (_jwt(),), "{}", EXACT_HEADER),
    Secret("JWT in a fault", "response fault", (_jwt(),), "The token {} is not valid.", (PLAIN, XML, UTF_16, BASE64)),
    Secret("API key", "request header X-Api-Key", ("k7Vw3Qz9Xn5Rb1Tc6Yp4Ms8D",), "{}", EXACT_HEADER),
    Secret("canary", "request header X-OWA-Canary", ("hT6yPz2QkE0uVb9WnXc4.Lr7sDf1Gj",), "{}", EXACT_HEADER),
    Secret("NTLM type 1", "request header Authorization", (_TYPE_1, _DOMAIN, "BRAMBLEWS3"), "NTLM {}", EXACT_HEADER),
    Secret("NTLM type 2", "response header WWW-Authenticate", (_TYPE_2, _SERVER, _FOREST), "NTLM {}", EXACT_HEADER),
    Secret("NTLM type 3", "request header Authorization", (_TYPE_3, _DOMAIN, "qvantreese"), "NTLM {}", EXACT_HEADER),
    Secret(
        "NTLM type 2 in SPNEGO",
        "response header WWW-Authenticate",
        (_spnego(_TYPE_2), _SERVER, _FOREST),
        "Negotiate {}",
        EXACT_HEADER,
    ),
    Secret(
        "NTLM type 3 in SPNEGO",
        "request header Authorization",
        (_spnego(_TYPE_3), "qvantreese"),
        "Negotiate {}",
        EXACT_HEADER,
    ),
    Secret("NTLM in an unusual header", "response header X-Trace-Auth", (_TYPE_2, _SERVER), "{}", EXACT_HEADER),
    Secret("NTLM in a fault", "response fault", (_TYPE_2, _SERVER), "challenge {} refused", (PLAIN, XML, UTF_16)),
    Secret("realm", "response header WWW-Authenticate", (_HOST,), 'Basic realm="{}"', (PLAIN, MIXED)),
    Secret(
        "tenant in a challenge", "response header WWW-Authenticate", (_GUID,), 'Bearer client_id="{}"', (PLAIN, MIXED)
    ),
    # Cookies and headers
    Secret("exchangecookie", "request header Cookie", ("3e9a7c05d1f84b62",), "exchangecookie={}", EXACT_HEADER),
    Secret(
        "Set-Cookie ClientId", "response header Set-Cookie", ("ZKWQVXNTUJPDLAHR",), "ClientId={}; path=/", EXACT_HEADER
    ),
    Secret(
        "X-BackEndCookie by address",
        "response header Set-Cookie",
        (_ADDRESS,),
        "X-BackEndCookie={}=u56Lnp2ejJqBmsqa; path=/",
        (PLAIN, MIXED, URL),
    ),
    Secret(
        "X-BackEndCookie by SID",
        "response header Set-Cookie",
        (_SID,),
        "X-BackEndCookie={}=u56Lnp2ejJqBmsqa; path=/",
        (PLAIN, URL),
    ),
    Secret(
        "override cookie",
        "request header Cookie",
        (_HOST,),
        "X-BackEndOverrideCookie={}~1942062522",
        (PLAIN, MIXED, URL, BASE64),
    ),
    Secret(
        "X-BackEndOverrideCookie", "request header X-BackEndOverrideCookie", (_HOST,), "{}~1942062522", HEADER_FORMS
    ),
    Secret("X-AnchorMailbox", "request header X-AnchorMailbox", (_ADDRESS,), "{}", HEADER_FORMS),
    Secret("X-OWA-ExplicitLogonUser", "request header X-OWA-ExplicitLogonUser", (_ADDRESS,), "{}", HEADER_FORMS),
    Secret(
        "X-PublicFolderMailbox",
        "request header X-PublicFolderMailbox",
        (f"{_GUID}@velvetholm.io", _GUID),
        "{}",
        HEADER_FORMS,
    ),
    Secret("X-PublicFolderInformation", "response header X-PublicFolderInformation", (_ADDRESS,), "{}", HEADER_FORMS),
    Secret("client-request-id", "request header client-request-id", (_GUID,), "{}", HEADER_FORMS),
    Secret("request-id", "response header request-id", (_GUID,), "{}", (PLAIN, MIXED)),
    Secret(
        "X-ClientStatistics",
        "request header X-ClientStatistics",
        (_GUID,),
        "MessageId={},ResponseTime=41;",
        (PLAIN, MIXED),
    ),
    Secret("X-FEServer", "response header X-FEServer", (_SERVER,), "{}", (PLAIN, MIXED)),
    Secret("X-BEServer", "response header X-BEServer", (_SERVER,), "{}", (PLAIN, MIXED)),
    Secret("X-CalculatedBETarget", "response header X-CalculatedBETarget", (_HOST,), "{}", HEADER_FORMS),
    Secret("X-DiagInfo", "response header X-DiagInfo", (_SERVER,), "{}", (PLAIN, MIXED)),
    Secret(
        "X-MS-Diagnostics",
        "response header X-MS-Diagnostics",
        (_HOST,),
        '2000003;reason="no grant on {}"',
        (PLAIN, MIXED, URL),
    ),
    Secret("unknown header with a host", "response header X-Routed-By", (_HOST,), "{}", HEADER_FORMS),
    Secret("X-Forwarded-For", "request header X-Forwarded-For", ("10.183.201.147",), "{}", (PLAIN,)),
    Secret("Via", "response header Via", (_HOST,), "1.1 {}", (PLAIN, MIXED)),
    Secret("Location", "response header Location", (_HOST,), "https://{}/ews/exchange.asmx", (PLAIN, MIXED)),
    # URLs
    Secret("address in the query", "request url", (_ADDRESS,), "?email={}", URL_FORMS),
    Secret("mailbox GUID in the query", "request url", (_GUID,), "?mailbox={}", (PLAIN, MIXED, URL, BASE64)),
    Secret("address in the path", "request url", (_ADDRESS,), "/s/GetUserPhoto/{}", (PLAIN, MIXED, URL)),
    # SOAP headers
    Secret("PrincipalName", "request soap", (_ADDRESS,), _IMPERSONATION.format("PrincipalName")),
    Secret("PrimarySmtpAddress", "request soap", (_ADDRESS,), _IMPERSONATION.format("PrimarySmtpAddress")),
    Secret("SmtpAddress", "request soap", (_ADDRESS,), _IMPERSONATION.format("SmtpAddress")),
    Secret("SID", "request soap", (_SID,), _IMPERSONATION.format("SID")),
    Secret(
        "SerializedSecurityContext",
        "request soap",
        (_SID,),
        "<t:SerializedSecurityContext><t:UserSid>{}</t:UserSid></t:SerializedSecurityContext>",
    ),
    Secret(
        "binary SID",
        "request soap",
        (_BINARY_SID,),
        "<t:SerializedSecurityContext><t:UserSid>{}</t:UserSid></t:SerializedSecurityContext>",
        EXACT,
    ),
    Secret(
        "wsse password",
        "request soap",
        ("Fl1nt-Harbour-92",),
        '<o:Security xmlns:o="http://docs.oasis-open.org/wss"><o:Password>{}</o:Password></o:Security>',
        (PLAIN, MIXED, XML, UTF_16),
    ),
    Secret(
        "BinarySecurityToken",
        "request soap",
        ("mV8kWq3ZrT6yXn1LpB5cHd9SfJ",),
        '<o:Security xmlns:o="http://docs.oasis-open.org/wss"><o:BinarySecurityToken>{}</o:BinarySecurityToken></o:Security>',
        EXACT,
    ),
    # Numbers
    Secret("DialString", "request body", (_PHONE,), _play("{}"), (PLAIN, XML, URL, BASE64, BASE64_UTF_16, UTF_16)),
    Secret("DialString without plus", "request body", ("4256637198",), _play("{}"), (PLAIN, XML, UTF_16)),
    Secret("DialString of an extension", "request body", ("73918264",), _play("{}"), (PLAIN, XML, UTF_16)),
    Secret("DialString as tel:", "request body", (f"tel:{_PHONE}", _PHONE), _play("{}"), (PLAIN, MIXED, XML, UTF_16)),
    Secret("DialString as SIP", "request body", (f"sip:{_ADDRESS}", _ADDRESS), _play("{}")),
    Secret("DialString as address", "request body", (_ADDRESS,), _play("{}")),
    Secret(
        "legacy dialString",
        "request body",
        ("+14256637204",),
        _um("PlayOnPhone", "<entryId>ZXdzdGFwZTppdGVtOjE=</entryId><DialString>{}</DialString>"),
        (PLAIN, XML, UTF_16),
    ),
    Secret(
        "SetPlayOnPhoneDialString",
        "request body",
        ("+14256637215",),
        _um("SetPlayOnPhoneDialString", "<dialString>{}</dialString>"),
        (PLAIN, XML, UTF_16),
    ),
    Secret(
        "TelephoneAccessNumbers",
        "response body",
        ("+1 425 663 7226",),
        _um(
            "GetUMPropertiesResponse",
            "<GetUMPropertiesResult><TelephoneAccessNumbers>{}</TelephoneAccessNumbers></GetUMPropertiesResult>",
        ),
        (PLAIN, XML, UTF_16),
    ),
    Secret(
        "number of a contact",
        "response body",
        ("+1 (425) 663-7237",),
        _item('<t:PhoneNumbers><t:Entry Key="BusinessPhone">{}</t:Entry></t:PhoneNumbers>'),
        (PLAIN, XML, UTF_16),
    ),
    Secret(
        "number in free text",
        "response body",
        ("425-663-7248",),
        '<m:PlayOnPhoneResponse ResponseClass="Error"><m:MessageText>The number {} cannot be dialed.</m:MessageText><m:ResponseCode>ErrorPhoneNumberNotDialable</m:ResponseCode></m:PlayOnPhoneResponse>',
        (PLAIN, XML, UTF_16),
    ),
    Secret(
        "number in SIPResponseText",
        "response body",
        (_PHONE,),
        '<m:GetPhoneCallInformationResponse ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode><m:PhoneCallInformation><t:PhoneCallState>Disconnected</t:PhoneCallState><t:ConnectionFailureCause>Other</t:ConnectionFailureCause><t:SIPResponseText>No route to {}</t:SIPResponseText></m:PhoneCallInformation></m:GetPhoneCallInformationResponse>',
        (PLAIN, XML, UTF_16),
    ),
    # Identifiers
    Secret(
        "PhoneCallId of a response",
        "response body",
        (_CALL_ID, f"{_GUID}@{_HOST}"),
        '<m:PlayOnPhoneResponse ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode><m:PhoneCallId Id="{}"/></m:PlayOnPhoneResponse>',
        EXACT,
    ),
    Secret(
        "PhoneCallId of a request",
        "request body",
        (_CALL_ID, f"{_GUID}@{_HOST}"),
        '<m:DisconnectPhoneCall><m:PhoneCallId Id="{}"/></m:DisconnectPhoneCall>',
        EXACT,
    ),
    Secret(
        "legacy CallId",
        "request body",
        (_CALL_ID, f"{_GUID}@{_HOST}"),
        _um("GetCallInfo", "<CallId>{}</CallId>"),
        EXACT,
    ),
    Secret(
        "ItemId with a mailbox GUID",
        "request body",
        (_ITEM, _GUID),
        '<m:PlayOnPhone><m:ItemId Id="{}"/><m:DialString>+1 555 0100</m:DialString></m:PlayOnPhone>',
        EXACT,
    ),
    Secret("ChangeKey", "response body", (_KEY,), _item('<t:ItemId Id="ZXdzdGFwZTppdGVtOjE=" ChangeKey="{}"/>'), EXACT),
    Secret(
        "legacy entryId",
        "request body",
        (_KEY,),
        _um("PlayOnPhone", "<entryId>{}</entryId><DialString>+1 555 0100</DialString>"),
        EXACT,
    ),
    Secret(
        "SyncState",
        "response body",
        (_ITEM,),
        '<m:SyncFolderItemsResponse><m:ResponseMessages><m:SyncFolderItemsResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode><m:SyncState>{}</m:SyncState></m:SyncFolderItemsResponseMessage></m:ResponseMessages></m:SyncFolderItemsResponse>',
        EXACT,
    ),
    Secret(
        "SubscriptionId with a server",
        "response body",
        (_b64(b"\x1b\0" + _HOST.encode() + b"\x10\0" + bytes(range(130, 146))), _HOST),
        '<m:SubscribeResponse><m:ResponseMessages><m:SubscribeResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode><m:SubscriptionId>{}</m:SubscriptionId></m:SubscribeResponseMessage></m:ResponseMessages></m:SubscribeResponse>',
        EXACT,
    ),
    Secret(
        "Watermark",
        "response body",
        (_KEY,),
        '<m:SubscribeResponse><m:ResponseMessages><m:SubscribeResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode><m:Watermark>{}</m:Watermark></m:SubscribeResponseMessage></m:ResponseMessages></m:SubscribeResponse>',
        EXACT,
    ),
    # Directory
    Secret(
        "EmailAddress",
        "response body",
        (_ADDRESS,),
        _item(_MAILBOX.replace("{}", "<t:EmailAddress>{}</t:EmailAddress>")),
    ),
    Secret(
        "legacy DN as EmailAddress",
        "response body",
        (_DN,),
        _item(_MAILBOX.replace("{}", "<t:EmailAddress>{}</t:EmailAddress><t:RoutingType>EX</t:RoutingType>")),
    ),
    Secret(
        "address in a body text",
        "response body",
        (_ADDRESS,),
        _item('<t:Body BodyType="HTML">&lt;p&gt;mailto:{}&lt;/p&gt;</t:Body>'),
    ),
    Secret(
        "phone number in a body text",
        "response body",
        (_PHONE,),
        _item('<t:Body BodyType="Text">Call me: {} today</t:Body>'),
        (PLAIN, XML, UTF_16),
    ),
    Secret(
        "Autodiscover LegacyDN",
        "response body",
        (_DN,),
        '<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"><User><LegacyDN>{}</LegacyDN></User></Autodiscover>',
    ),
    Secret(
        "Autodiscover DeploymentId",
        "response body",
        (_GUID,),
        '<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"><User><DeploymentId>{}</DeploymentId></User></Autodiscover>',
    ),
    Secret(
        "Autodiscover Server",
        "response body",
        (_HOST,),
        '<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"><Protocol><Server>{}</Server></Protocol></Autodiscover>',
    ),
    Secret(
        "Autodiscover AD",
        "response body",
        (_SERVER,),
        '<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"><Protocol><AD>{}</AD></Protocol></Autodiscover>',
        (PLAIN, MIXED, XML, UTF_16),
    ),
    Secret(
        "Autodiscover URL",
        "response body",
        (_HOST,),
        '<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"><Protocol><EwsUrl>https://{}/EWS/Exchange.asmx</EwsUrl></Protocol></Autodiscover>',
        (PLAIN, MIXED, XML, URL, UTF_16),
    ),
    # Faults and what a server says
    Secret("host in a fault", "response fault", (_HOST,), "The server {} is not available."),
    Secret("GUID in a fault", "response fault", (_GUID,), "Mailbox {} is being moved."),
    Secret("SID in a fault", "response fault", (_SID,), "The account {} has no rights."),
    Secret("address in a fault", "response fault", (_ADDRESS,), "The mailbox of {} is not there."),
    Secret("legacy DN in a fault", "response fault", (_DN,), "Recipient '{}' is unknown."),
    Secret(
        "directory name in a fault",
        "response fault",
        ("CN=qvantreese,OU=Staff,DC=velvetholm,DC=io",),
        "No object '{}'.",
    ),
    Secret(
        "logon name in a fault",
        "response fault",
        ("VELVETHOLM\\qvantreese",),
        "The user {} cannot log on.",
        (PLAIN, XML, UTF_16, BASE64),
    ),
    Secret(
        "URL with credentials in a fault",
        "response fault",
        ("qvantreese:Alder-Wharf9",),
        "cannot reach http://{}@mail.example.com/",
        (PLAIN, XML, UTF_16),
    ),
    Secret(
        "PEM key in an attachment",
        "response body",
        ("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIQuzVelvet\n-----END PRIVATE KEY-----",),
        _item("<t:FileAttachment><t:Content>{}</t:Content></t:FileAttachment>"),
        (PLAIN, XML, BASE64, UTF_16),
    ),
    Secret(
        "network path in a fault",
        "response fault",
        ("\\\\quartzmx07\\dropbox$",),
        "cannot open {} for reading",
        (PLAIN, XML, UTF_16),
    ),
    Secret(
        "faultactor",
        "response body",
        (_HOST,),
        "<s:Fault><faultcode>s:Server</faultcode><faultstring>No.</faultstring><faultactor>https://{}/ews</faultactor></s:Fault>",
        (PLAIN, MIXED, XML, UTF_16),
    ),
    # What no detector can know: it looks like any other text. Only redaction, which knows the element, takes it out.
    Secret(
        "display name",
        "response body",
        (_WORDS,),
        _item(_MAILBOX.replace("{}", "<t:Name>{}</t:Name>")),
        _NAMES,
        known=False,
    ),
    Secret(
        "subject",
        "response body",
        ("Brambleford severance terms",),
        _item("<t:Subject>{}</t:Subject>"),
        _NAMES,
        known=False,
    ),
    Secret(
        "text of a body",
        "response body",
        ("Heliotrope merger closes Friday",),
        _item('<t:Body BodyType="Text">{}</t:Body>'),
        _NAMES,
        known=False,
    ),
    Secret(
        "attachment name",
        "response body",
        ("Payroll-Heliotrope.xlsx",),
        _item("<t:Attachments><t:FileAttachment><t:Name>{}</t:Name></t:FileAttachment></t:Attachments>"),
        _NAMES,
        known=False,
    ),
    Secret(
        "location",
        "response body",
        ("Larkspur Annexe room 9",),
        _item("<t:Location>{}</t:Location>"),
        _NAMES,
        known=False,
    ),
    Secret(
        "folder name",
        "response body",
        ("Project Heliotrope",),
        '<m:GetFolderResponse><m:ResponseMessages><m:GetFolderResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode><m:Folders><t:Folder><t:DisplayName>{}</t:DisplayName></t:Folder></m:Folders></m:GetFolderResponseMessage></m:ResponseMessages></m:GetFolderResponse>',
        _NAMES,
        known=False,
    ),
    Secret(
        "unresolved entry",
        "request body",
        ("vantreesenquill",),
        "<m:ResolveNames><m:UnresolvedEntry>{}</m:UnresolvedEntry></m:ResolveNames>",
        _NAMES,
        known=False,
    ),
    Secret(
        "TelephoneAccessFolderEmail",
        "request body",
        ("vantreese-voice-box",),
        _um("SetTelephoneAccessFolderEmail", "<base64FolderId>{}</base64FolderId>"),
        (PLAIN, XML, UTF_16),
        known=False,
    ),
)


def values() -> tuple[str, ...]:
    """All values that are planted."""
    return tuple(dict.fromkeys(value for secret in SECRETS for value in secret.values))


def table(found: dict[tuple[str, str], bool]) -> str:
    """The (kind, form) pairs with what became of each: found, missed, or beyond what a detector can know."""
    lines = []
    for secret in SECRETS:
        marks = [
            f"{form}: {'found' if found.get((secret.kind, form)) else 'MISSED' if secret.known else 'not knowable'}"
            for form in secret.forms
        ]
        lines.append(f"{secret.kind:34} {secret.place:44} {'; '.join(marks)}")
    return "\n".join(lines)
