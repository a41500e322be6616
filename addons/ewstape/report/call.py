"""A phone call as reports tell it: what it went through, how it ended and why."""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from ewstape.interaction import Service
from ewstape.redaction.shapes import id_tag


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a poll found the call to be in, where it is not what the poll before it found."""

    at: float
    """Seconds from the beginning of the recording to the poll."""
    state: str
    """`Connecting`, `Alerted`, `Connected`, `Disconnected`, ... (t:PhoneCallStateType)."""
    cause: str = ""
    """Why it ended (t:ConnectionFailureCauseType); empty for `None`."""
    sip_code: str = ""
    sip_text: str = ""

    def __str__(self) -> str:
        """In words: `Disconnected UserBusy (486 Busy Here)`."""
        return " ".join(filter(None, (self.state, self.cause, self.sip and f"({self.sip})")))

    @property
    def sip(self) -> str:
        """The SIP response in words: `486 Busy Here`; empty if the server told none."""
        return " ".join(filter(None, (self.sip_code, self.sip_text)))


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a call. Its ends are when polls saw it, so the truth lies up to a poll earlier."""

    name: str
    """The state, or `DIALLED` for the time from PlayOnPhone to the first poll."""
    begins: float
    """Seconds from the beginning of the recording."""
    ends: float

    @property
    def lasts(self) -> float:
        """Seconds."""
        return self.ends - self.begins


DIALLED = "dialled"

ENDED = "Disconnected"
"""The state of a call that is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One phone call, or an attempt at one."""

    id: str
    """The PhoneCallId; empty if none was given out."""
    service: Service
    dial_string: str = ""
    item_id: str = ""
    started_at: float
    """Seconds from the beginning of the recording to PlayOnPhone, or to the first that was seen of the call."""
    states: tuple[State, ...] = ()
    ended: str
    """How it ended, in words."""
    ended_at: float | None = None
    """Seconds from the beginning of the recording to its end; `None` if it was not seen to end, or never began."""
    last_at: float = 0.0
    """The same to the last that was seen of it."""
    placed: bool = True
    """Whether the server accepted it."""
    interactions: tuple[int, ...] = ()
    """The numbers of all that belongs to it."""

    @property
    def name(self) -> str:
        """A short name for people, the same in every report; empty if the call has no id."""
        return short_name(self.id) if self.id else ""

    @property
    def failure(self) -> State | None:
        """The first state with a failure cause: what `cause` and `sip` say of it is why the call failed."""
        return next((state for state in self.states if state.cause), None)

    @property
    def failed(self) -> bool:
        """Whether it was not placed, or ended for a failure cause. One that was hung up did not fail."""
        return not self.placed or self.failure is not None

    def spans(self) -> tuple[Span, ...]:
        """What it went through until it ended, or was last seen, one stretch after another without gaps."""
        if not self.placed:
            return ()
        until = self.last_at if self.ended_at is None else self.ended_at
        begun = [(DIALLED, self.started_at), *((state.state, state.at) for state in self.states)]
        ends = [*(at for _, at in begun[1:]), until]
        going_on = begun[-1] if self.states and self.ended_at is None else None  # which may just have begun
        spans = (Span(name, at, min(end, until)) for (name, at), end in zip(begun, ends, strict=True))
        return tuple(
            span for span in spans if span.name != ENDED and (span.lasts > 0 or (span.name, span.begins) == going_on)
        )


@lru_cache(maxsize=1024)
def short_name(phone_call_id: str) -> str:
    """Four hexadecimal digits that stand for a PhoneCallId: those of a pseudonym, else of a hash."""
    return (
        id_tag(phone_call_id)[:4] or blake2b(phone_call_id.encode("utf-8", "surrogatepass"), digest_size=2).hexdigest()
    )
