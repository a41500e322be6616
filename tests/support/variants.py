"""What was recorded, what a client does otherwise when it is replayed, and what it must then be told.

This table is the specification of phases and instances: a call of five polls on tape answers clients that poll less or
more, that have another voice mail and another number, that take turns in another order, and that begin again; it does
not answer what would have changed something on the server and is not on tape.
"""

from dataclasses import dataclass

RECORDED = {
    "one call": ("--polls", "5"),
    "two calls": ("--polls", "5", "--interleave", "AB", "--dial", "+1 555 0181", "--dial", "+1 555 0101"),
    "twins": ("--polls", "5", "--interleave", "AB", "--dial", "+1 555 0182", "--dial", "+1 555 0182"),
}
"""What the tape holds: three runs of the driver, with its arguments. The second of the two calls is busy; the twins
have the same number and the same item."""

OTHER_ITEM = ("AAgAYW5vdGhlciBtYWlsYm94IGFuZCBhbm90aGVyIHZvaWNlIG1haWw=", "FgAAAGFub3RoZXIgdmVyc2lvbg==")


def answered(polls: int, *end: str) -> list[str]:
    """What a call that is answered shows: placed, so many polls, and what came then."""
    states = ["Connecting", "Alerted", *["Connected"] * 48]
    return ["placed", *states[:polls], *(end or ("hung up", "Disconnected"))]


BUSY = ["placed", "Connecting", *["Disconnected"] * 4, "ErrorInvalidPhoneCallId", "Disconnected"]


@dataclass(frozen=True)
class Variant:
    """The driver's arguments, and what each call must show (see `outcome`)."""

    arguments: tuple[str, ...]
    calls: tuple[list[str], ...]
    same_as: str = ""
    """The recording that it must equal letter for letter, ids and all."""
    only: tuple[str, ...] = ()
    """The clients that can do it; empty for all."""
    rewind: bool = True
    """Whether the tape is rewound first."""


def _one(*arguments: str) -> tuple[str, ...]:
    return ("--polls", "5", *arguments)


def _two(order: str) -> tuple[str, ...]:
    return (*RECORDED["two calls"], "--interleave", order)


VARIANTS = {
    "identical": Variant(_one(), (answered(5),), same_as="one call", rewind=False),
    "ten times": Variant(_one("--runs", "10"), (answered(5),) * 10, same_as="one call", rewind=False),
    "one poll": Variant(("--polls", "1"), (answered(1),)),
    "fifty polls": Variant(("--polls", "50"), (answered(50),)),
    "no poll": Variant(("--polls", "0"), (answered(0),)),
    "another number": Variant(_one("--dial", "+1 555 0199"), (answered(5),)),
    "another number and item": Variant(_one("--dial", "+1 555 0199", "--item", *OTHER_ITEM), (answered(5),)),
    "another number and item, thrice": Variant(
        _one("--dial", "+1 555 0199", "--item", *OTHER_ITEM, "--runs", "3"), (answered(5),) * 3
    ),
    "two calls, the other first": Variant(_two("BA"), (answered(5), BUSY), same_as="two calls"),
    "two calls, one after the other": Variant(_two("A" * 20 + "B"), (answered(5), BUSY), same_as="two calls"),
    "two calls, one within the other": Variant(_two("AAAA" + "B" * 20), (answered(5), BUSY), same_as="two calls"),
    "twins, one faster": Variant(
        (*RECORDED["twins"], "--interleave", "AAB"), (answered(5), answered(5)), same_as="twins"
    ),
    "again while the first is up": Variant(
        _one("--interleave", "AAB", "--dial", "+1 555 0110", "--dial", "+1 555 0110"), (answered(5), answered(5))
    ),
    "wrong id": Variant(_one("--wrong-id"), (answered(5, "miss", "hung up", "Disconnected"),)),
    "hung up twice": Variant(_one("--disconnect-twice"), (answered(5, "hung up", "miss", "Disconnected"),)),
    "other spelling": Variant(
        _one("--soap", "soap_rewritten"), (answered(5),), same_as="one call", only=("curl", "requests_ntlm")
    ),
}

FORWARD = ("identical", "ten times")
FORWARD_RECORDED = ("one call",)
"""Those that are also played through an ordinary proxy, and what they take."""
MISS = "no answer on tape"


def outcome(answer: dict[str, str]) -> str:
    """An answer in a word: the state of the call, what was done, the error code, or `miss`."""
    reason = answer.get("reason", "")
    if MISS in reason:
        assert answer["operation"] in reason, reason
        return "miss"
    if "ErrorInvalidPhoneCallId" in {answer.get("raised"), answer.get("ResponseCode"), reason.partition(":")[0]}:
        return "ErrorInvalidPhoneCallId"
    assert answer.get("ResponseCode") == "NoError", answer
    done = {"PlayOnPhone": "placed", "DisconnectPhoneCall": "hung up"}
    return done.get(answer["operation"]) or answer["PhoneCallState"]
