"""Every sensitive field that is known has a rule, and the table is one that can be looked up and switched off."""

import pytest

from ewstape.errors import ConfigError
from ewstape.redaction import RULES, Treatment
from ewstape.redaction.patterns import PATTERNS
from ewstape.redaction.rules import fingerprint, switched_off
from ewstape.redaction.table import table_of

TABLE = table_of(RULES)
KEEP, DROP, REDUCE, SCAN, MASK = Treatment.KEEP, Treatment.DROP, Treatment.REDUCE, Treatment.SCAN, Treatment.MASK
REPLACE = Treatment.REPLACE

HEADERS = {
    "credentials": ("Authorization Proxy-Authorization", REDUCE),
    "challenges": ("WWW-Authenticate Proxy-Authenticate", REDUCE),
    "cookies": ("Cookie Set-Cookie", REPLACE),
    "mailboxes": ("X-AnchorMailbox X-OWA-ExplicitLogonUser X-PublicFolderMailbox X-PublicFolderInformation", REPLACE),
    "request ids": ("client-request-id request-id RequestId", REPLACE),
    "servers": ("X-FEServer X-TargetBEServer X-DiagInfo X-BEServer X-CalculatedBETarget Host", REPLACE),
    "diagnostics": ("X-MS-Diagnostics ms-diagnostics-public", REDUCE),
    "error codes": ("X-CasErrorCode User-Agent", SCAN),
    "noise": ("Server X-Powered-By X-AspNet-Version X-OWA-Version Date Content-Length Content-Encoding", KEEP),
}
ELEMENTS = {
    "impersonation": ("PrincipalName SID PrimarySmtpAddress SmtpAddress", REPLACE),
    "security contexts": ("SerializedSecurityContext Security", DROP),
    "locale": ("MailboxCulture PhoneCallState ConnectionFailureCause SIPResponseCode BackOffMilliseconds", KEEP),
    "places in a schema": ("LineNumber LinePosition", KEEP),
    "MAPI ids": ("entryId base64FolderId base64FolderID TelephoneAccessFolderEmail", REPLACE),
    "dial strings": ("DialString dialString PlayOnPhoneDialString TelephoneAccessNumbers", REPLACE),
    "legacy call ids": ("CallId PlayOnPhoneResponse PlayOnPhoneGreetingResponse", REPLACE),
    "free text": ("SIPResponseText MessageText faultstring faultactor MessageXml Message", SCAN),
    "people": ("EmailAddress Name DisplayName LegacyDN SID", REPLACE),
    "notifications": ("SubscriptionId Watermark SyncState", REPLACE),
    "Autodiscover": ("EMailAddress LegacyDN DeploymentId Server ServerDN MdbDN AD ASUrl EwsUrl OABUrl", REPLACE),
    "contents": ("Subject Body TextBody MimeContent Content", REPLACE),
    "free-busy": ("MergedFreeBusy", MASK),
}


@pytest.mark.parametrize(("names", "treatment"), HEADERS.values(), ids=HEADERS)
def test_sensitive_headers_have_a_rule(names: str, treatment: Treatment) -> None:
    assert {name: TABLE.headers[name.lower()].treatment for name in names.split()} == dict.fromkeys(
        names.split(), treatment
    )


@pytest.mark.parametrize(("names", "treatment"), ELEMENTS.values(), ids=ELEMENTS)
def test_sensitive_elements_have_a_rule(names: str, treatment: Treatment) -> None:
    rules = {name: TABLE.elements[name][""] for name in names.split()}
    assert {name: rule and rule.treatment for name, rule in rules.items()} == dict.fromkeys(names.split(), treatment)


@pytest.mark.parametrize(
    ("element", "attribute", "name"),
    [
        ("ItemId", "Id", "item-ids"),
        ("ItemId", "ChangeKey", "change-keys"),
        ("PhoneCallId", "Id", "phone-call-ids"),
        ("AttachmentId", "RootItemId", "item-ids"),
        ("DistinguishedFolderId", "Id", "protocol-values"),
        ("RequestServerVersion", "Version", "protocol-values"),
        ("ServerVersionInfo", "Version", "protocol-values"),
    ],
)
def test_sensitive_attributes_have_a_rule(element: str, attribute: str, name: str) -> None:
    rules = TABLE.attributes[attribute]
    rule = rules.get(element) or rules[""]
    assert rule is not None
    assert rule.name == name


def test_the_parts_of_a_url_have_a_rule() -> None:
    assert {part for rule in RULES for part in rule.url.split()} == {"host", "path", "query"}


def test_cookies_that_carry_an_address_or_a_server_are_covered() -> None:
    assert {
        "exchangecookie",
        "x-backendoverridecookie",
        "x-backendcookie",
        "clientid",
        "outlooksession",
    } <= TABLE.cookies


def test_every_pattern_belongs_to_one_rule() -> None:
    owned = [name for rule in RULES for name in rule.patterns.split()]
    assert len(owned) == len(set(owned))
    assert set(owned) == {pattern.name for pattern in PATTERNS}


def test_no_place_is_named_by_two_rules() -> None:
    places = [place for rule in RULES for place in f"{rule.xml} {rule.soap_headers}".split()]
    places += [f"{name}:" for rule in RULES for name in rule.headers.split()]
    assert sorted({place for place in places if places.count(place) > 1}) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_explains_itself(rule: object) -> None:
    assert getattr(rule, "reason").endswith(".")  # noqa: B009  any rule
    assert getattr(rule, "treatment") in (KEEP, DROP, REDUCE, SCAN, MASK) or getattr(rule, "kind")  # noqa: B009


def test_rules_are_switched_off_by_name() -> None:
    rules = switched_off(RULES, ["subjects"])
    assert [rule.name for rule in rules if rule.treatment is KEEP] == [
        "subjects",
        "protocol-headers",
        "protocol-values",
    ]
    assert fingerprint(rules) != fingerprint(RULES)


@pytest.mark.parametrize(
    ("name", "message"),
    [("subject", "did you mean 'subjects'?"), ("authentication", "cannot be switched off"), ("zzz", "ewstape rules")],
)
def test_a_name_that_cannot_be_switched_off_is_an_error(name: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        switched_off(RULES, [name])
