"""Which identifier of one recording stands for which of the other: one to one, kind by kind.

The first place where two meet decides; whoever contradicts it later is a difference, told once.
"""

from urllib.parse import unquote

from ewstape.report.diff.node import REDACTED, is_redacted

__all__ = ["Identities"]

type _Met = tuple[str, str]
"""The other side's identifier, and where the two met."""


class Identities:
    """What has been learnt so far."""

    __slots__ = ("_lefts", "_met", "_rights", "_told")

    def __init__(self) -> None:
        self._rights: dict[tuple[str, str], _Met] = {}
        self._lefts: dict[tuple[str, str], _Met] = {}
        self._met: set[tuple[str, str]] = set()
        self._told: set[tuple[str, str, str]] = set()

    def agree(self, domain: str, left: str, right: str, where: str) -> bool:
        """Whether the two may stand for each other; if nothing is known of them, from now on they do."""
        if _are_plain(domain, left, right):
            return left == right
        if self._contradicting(domain, left, right):
            return False
        self._rights.setdefault((domain, left), (right, where))
        self._lefts.setdefault((domain, right), (left, where))
        self._met.add((left, right))
        return True

    def _contradicting(self, domain: str, left: str, right: str) -> dict[str, str]:
        """Which of the two met another before, and where."""
        alike = _spelt_alike if domain.startswith(REDACTED) else str
        met = {
            "left": (self._rights.get((domain, left)), right),
            "right": (self._lefts.get((domain, right)), left),
        }
        return {side: known[1] for side, (known, now) in met.items() if known and alike(known[0]) != alike(now)}

    def have_met(self, left: str, right: str) -> bool:
        """Whether two words are the same, or identifiers of which one stands for the other."""
        return left == right or (left, right) in self._met

    def is_news(self, domain: str, left: str, right: str) -> bool:
        """Whether this contradiction was not told yet; it counts as told from now on. Two plain values always are."""
        if _are_plain(domain, left, right):
            return True
        found = (domain, left, right)
        news = found not in self._told
        self._told.add(found)
        return news

    def contradiction(self, domain: str, left: str, right: str) -> str:
        """In words, why the two do not agree."""
        if _are_plain(domain, left, right):
            return ""
        found = self._contradicting(domain, left, right)
        return "; ".join(f"the {side} one met another in {where}" for side, where in found.items())


def _are_plain(domain: str, left: str, right: str) -> bool:
    """Whether they stand where a value counts as it is, and both are values."""
    return domain.startswith(REDACTED) and not (is_redacted(left) or is_redacted(right))


def _spelt_alike(text: str) -> str:
    """Redaction gives all spellings of a number or address one pseudonym, dressed as each was spelt."""
    return "".join(character for character in unquote(text).casefold() if character.isalnum())
