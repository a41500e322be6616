"""The demo's client: it finds a voice mail and plays it on a phone, with exchangelib, as a user's own program would.

exchangelib keeps one protocol object for each server and user for the life of the process; here each client has its
own, so that every run logs on anew and two runs can be compared. It is imported when a client is made.
"""

from collections.abc import Callable
from typing import Any, Final, Literal, Self

type AuthType = Literal["none", "basic", "ntlm"]

ADDRESS: Final = "alex@example.com"
NUMBER: Final = "+1 555 0100"

_VOICE_MAIL: Final = "IPM.Note.Microsoft.Voicemail"
_MOST_POLLS: Final = 10


class VoicemailClient:
    """A logged-on user with a voice mailbox; a context manager that closes its connections.

    Args:
        url: The EWS endpoint, such as `http://127.0.0.1:8080/EWS/Exchange.asmx`.
        user: The user name, with its domain if the server wants one.
        password: The password.
        auth_type: The scheme to log on with.
        address: The primary address of the mailbox.
        proxy: The URL of a proxy to go through; without one the connection is direct, whatever the environment says.
        ca: A file of the certificates to trust instead of the usual ones.
    """

    def __init__(  # noqa: PLR0913  the four that locate and admit a user, and named ones for the connection
        self,
        url: str,
        user: str = "alex",
        password: str = "secret",  # noqa: S107  nobody's: the sandbox checks none
        auth_type: AuthType = "none",
        *,
        address: str = ADDRESS,
        proxy: str | None = None,
        ca: str | None = None,
    ) -> None:
        import exchangelib
        from exchangelib.protocol import Protocol
        from exchangelib.transport import NOAUTH
        from exchangelib.version import Build, Version

        config = exchangelib.Configuration(
            service_endpoint=url,
            credentials=exchangelib.Credentials(user, password),
            auth_type={"none": NOAUTH, "basic": exchangelib.BASIC, "ntlm": exchangelib.NTLM}[auth_type],
            version=Version(Build(15, 1, 2507, 6)),  # else it asks for the version with requests of its own
            retry_policy=exchangelib.FailFast(),
        )
        self._account = exchangelib.Account(
            address,
            config=config,
            autodiscover=False,
            access_type=exchangelib.DELEGATE,
            default_timezone=exchangelib.UTC,
        )
        # The metaclass of Protocol caches its instances; this is its class call without the cache.
        self._protocol = self._account.protocol = type.__call__(Protocol, config=config)
        self._protocol.raw_session = _session_maker(self._protocol.raw_session, proxy, ca)
        del Protocol[config]

    def __enter__(self) -> Self:
        """The client itself; the first request logs on."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._protocol.close()

    def inbox(self) -> list[Any]:
        """The messages of the inbox, newest first, as exchangelib's own objects with their subject and class."""
        return self._list(self._account.inbox.all())

    def find_voice_mail(self) -> Any:  # noqa: ANN401  exchangelib ships no types
        """The newest voice mail, read in full; raises `LookupError` if there is none."""
        found = self._list(self._account.inbox.filter(item_class__startswith=_VOICE_MAIL))
        if not found:
            raise LookupError("there is no voice mail in the inbox")
        return self._account.inbox.get(id=found[0].id, changekey=found[0].changekey)

    def _list(self, query: Any) -> list[Any]:  # noqa: ANN401  exchangelib ships no types
        return list(query.order_by("-datetime_received").only("subject", "item_class", "datetime_received"))

    def play_on_phone(self, item: Any, dial_string: str) -> str:  # noqa: ANN401  exchangelib ships no types
        """Have the server call `dial_string` and play the voice mail; gives the id of the call."""
        from ewstape.sandbox.phone_services import PlayOnPhone

        answer = PlayOnPhone(self._protocol).get(item_id=item.id, change_key=item.changekey, dial_string=dial_string)
        return str(answer.find("{*}PhoneCallId").get("Id"))

    def call_information(self, call_id: str) -> dict[str, str]:
        """The state of a call by element name: `PhoneCallState`, `ConnectionFailureCause`, and SIP's words if any."""
        from ewstape.sandbox.phone_services import GetPhoneCallInformation

        answer = GetPhoneCallInformation(self._protocol).get(call_id=call_id)
        return {fact.tag.rpartition("}")[2]: fact.text for fact in answer.find("{*}PhoneCallInformation")}

    def disconnect(self, call_id: str) -> None:
        """Hang up."""
        from ewstape.sandbox.phone_services import DisconnectPhoneCall

        DisconnectPhoneCall(self._protocol).get(call_id=call_id)


def run_voice_mail(  # noqa: PLR0913  what `VoicemailClient` takes, and what to do with it
    url: str,
    user: str = "alex",
    password: str = "secret",  # noqa: S107  nobody's: the sandbox checks none
    auth_type: AuthType = "none",
    *,
    dial_string: str = NUMBER,
    proxy: str | None = None,
    ca: str | None = None,
    say: Callable[[str], object] = print,
) -> list[str]:
    """Log in, list the inbox, read the newest voice mail, play it on a phone until it is answered, and hang up.

    Each answer of the server becomes a line, told to `say` at once and given back at the end: two runs against the same
    server, or against a recording of it, give equal lines.
    """
    transcript: list[str] = []

    def tell(operation: str, answer: str) -> None:
        transcript.append(f"{operation}: {answer}")
        say(transcript[-1])

    with VoicemailClient(url, user, password, auth_type, proxy=proxy, ca=ca) as client:
        tell("FindItem", ", ".join(repr(item.subject) for item in client.inbox()))
        item = client.find_voice_mail()
        tell("GetItem", f"{item.subject!r} from {item.sender.name} at {item.datetime_received}: {item.body!r}")
        call_id = client.play_on_phone(item, dial_string)
        tell("PlayOnPhone", f"{dial_string}, call {call_id}")
        for _ in range(_MOST_POLLS):
            facts = client.call_information(call_id)
            tell("GetPhoneCallInformation", ", ".join(facts.values()))
            if facts["PhoneCallState"] in {"Connected", "Disconnected"}:
                break
        if facts["PhoneCallState"] != "Disconnected":
            client.disconnect(call_id)
            tell("DisconnectPhoneCall", "done")
            tell("GetPhoneCallInformation", ", ".join(client.call_information(call_id).values()))
    return transcript


def _session_maker(make: Callable[..., Any], proxy: str | None, ca: str | None) -> Callable[..., Any]:
    """Exchangelib's maker of sessions, so wrapped that they use this proxy and trust this authority and no other."""

    def make_session(*args: object, **kwargs: object) -> Any:  # noqa: ANN401  requests' Session, by way of exchangelib
        session = make(*args, **kwargs)
        session.trust_env = False
        session.proxies = {"http": proxy, "https": proxy} if proxy else {}
        session.verify = ca or True
        return session

    return make_session
