"""How many pseudonyms of which kind stand in a cassette. They are recognised by their shape, without the key."""

import re
from collections import Counter
from collections.abc import Iterator

from ewstape.interaction import Interaction
from ewstape.redaction.kinds import Kind
from ewstape.redaction.shapes import SHAPES, holds_id
from ewstape.report.html.values import KindCount

_ALIKE = frozenset({Kind.SIP_ADDRESS, Kind.COOKIE})
"""Their pseudonyms look like those of mail addresses and tokens, and are counted with them."""
_SEARCHES = tuple(
    (kind, shape.literals, re.compile(rf"(?<!\w)(?:{shape.pattern})(?!\w)"))
    for kind, shape in SHAPES.items()
    if kind not in _ALIKE
)


class PseudonymCount:
    """Takes interactions and counts."""

    def __init__(self) -> None:
        self._distinct: dict[Kind, set[str]] = {}
        self._occurrences: Counter[Kind] = Counter()

    def add(self, interaction: Interaction) -> None:
        """Searches the next one: bodies, headers and URL."""
        for text in _texts(interaction):
            for kind, literals, pattern in _SEARCHES:
                if any(literal in text for literal in literals):
                    found = [hit[0] for hit in pattern.finditer(text) if kind is not Kind.ID or holds_id(hit[0])]
                    if found:
                        self._distinct.setdefault(kind, set()).update(found)
                        self._occurrences[kind] += len(found)

    def counts(self) -> tuple[KindCount, ...]:
        """What there is, the most frequent kind first."""
        return tuple(
            KindCount(kind=kind.replace("_", " "), distinct=len(self._distinct[kind]), occurrences=occurrences)
            for kind, occurrences in self._occurrences.most_common()
        )


def _texts(interaction: Interaction) -> Iterator[str]:
    yield interaction.request.url
    for message in (interaction.request, interaction.response):
        if message is not None:
            yield "\n".join(value for _, value in message.headers)
            yield message.body.decode("utf-8", "replace")
