"""Two messages of a pair, field by field, in the terms of EWS.

Fields of operations that are decoded in full go by the names of their decoded fields, `response.response_code`; those
of all others by the path of their element without the wrappings, `response/RootFolder/@TotalItemsInView`.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ewstape.report.diff.align import align
from ewstape.report.diff.difference import Change
from ewstape.report.diff.identities import Identities
from ewstape.report.diff.node import PAYLOAD, Node, Value, blanked, traits
from ewstape.wire.namespaces import snake_case

__all__ = ["Fields"]

_AROUND = frozenset({"http", "auth", "headers", "soap_header", "error", "none", "body", PAYLOAD})
"""Parts of a message that are no EWS elements: where one side lacks them, each field in them is told."""
_WORDS = re.compile(r"[A-Za-z0-9+/=_@.-]+")
_MOST_LISTED = 200  # characters of what an element holds that only one side has


@dataclass(frozen=True, slots=True)
class Fields:
    """The comparison of one pair."""

    identities: Identities
    where: str
    """The pair, for people."""
    by_name: bool
    """Its operation is decoded in full."""

    def changes(self, left: Node, right: Node) -> Iterator[Change]:
        """What differs between two nodes of the same name."""
        yield from self._nodes(left, right, (left.name,))

    def _nodes(self, left: Node, right: Node, path: tuple[str, ...]) -> Iterator[Change]:
        lefts = {value.name: value for value in left.values}
        rights = {value.name: value for value in right.values}
        for name in dict.fromkeys((*lefts, *rights)):
            yield from self._values(lefts.get(name), rights.get(name), (*path, f"@{name}") if name else path)
        matches = align(left.children, right.children, (_form, _name), (_traits, _traits))
        steps = _steps(left.children, right.children)
        partners = dict(matches)
        taken = set(partners.values())
        extra = [j for j in range(len(right.children)) if j not in taken]
        for i, child in enumerate(left.children):
            step = (*path, steps[0][i])
            if i not in partners:
                yield from self._lone(child, step, on_left=True)
            else:
                yield from self._nodes(child, right.children[partners[i]], step)
        for j in extra:
            yield from self._lone(right.children[j], (*path, steps[1][j]), on_left=False)

    def _values(self, left: Value | None, right: Value | None, path: tuple[str, ...]) -> Iterator[Change]:
        if left is not None and right is not None and blanked(left) == blanked(right):
            if not left.identifier:
                return
            domain, one, other = left.domain, left.identifier, right.identifier
            if self.identities.agree(domain, one, other, self.where) or not self.identities.is_news(domain, one, other):
                return
            yield Change(self._named(path), left.text, right.text, self.identities.contradiction(domain, one, other))
            return
        before, after = left.text if left else None, right.text if right else None
        if before is None or after is None or not self._same_words(before, after):
            yield Change(self._named(path), before, after)

    def _same_words(self, left: str, right: str) -> bool:
        """Whether two texts differ only in identifiers that stand for each other."""
        lefts, rights = _WORDS.findall(left), _WORDS.findall(right)
        return (
            len(lefts) == len(rights)
            and _WORDS.split(left) == _WORDS.split(right)
            and all(map(self.identities.have_met, lefts, rights))
        )

    def _lone(self, node: Node, path: tuple[str, ...], *, on_left: bool) -> Iterator[Change]:
        """What only one side has: around the content each field, in the content a short summary of an element."""
        if node.name in _AROUND:
            if node.name == "none":
                yield self._one_sided(path[:-1], "no response", on_left=on_left)
            for value in node.values:
                yield self._one_sided(_at(path, value), value.text, on_left=on_left)
            for child in node.children:
                yield from self._lone(child, (*path, child.name), on_left=on_left)
        elif node.children or any(value.name for value in node.values):
            yield self._one_sided(path, _summary(node), on_left=on_left)
        else:
            yield self._one_sided(path, "".join(value.text for value in node.values), on_left=on_left)

    def _one_sided(self, path: tuple[str, ...], text: str, *, on_left: bool) -> Change:
        return Change(self._named(path), text if on_left else None, None if on_left else text)

    def _named(self, path: tuple[str, ...]) -> str:
        message, *steps = path
        part = steps[0] if steps else ""
        if part.startswith(PAYLOAD):
            steps = list(_told(steps[2:])) or steps[1:]  # the root's name says what the operation says
            if not self.by_name:
                return "/".join((message, *steps))
        elif part == "http":
            steps = steps[1:]
        if steps[-2:] == ["PhoneCallId", "@Id"]:
            steps.pop()
        return ".".join((message, *(snake_case(step.removeprefix("@")) for step in steps)))


def _told(steps: list[str]) -> Iterator[str]:
    """The steps without the two that every answer of the mailbox has around its content."""
    for place, step in enumerate(steps):
        if step != "ResponseMessages" and not (place == 1 and step.endswith("ResponseMessage")):
            yield step


def _at(path: tuple[str, ...], value: Value) -> tuple[str, ...]:
    return (*path, f"@{value.name}") if value.name else path


def _form(node: Node) -> object:
    return node.form


def _name(node: Node) -> str:
    return node.name


def _traits(node: Node) -> frozenset[int]:
    return frozenset(traits(node))


def _steps(left: tuple[Node, ...], right: tuple[Node, ...]) -> tuple[list[str], list[str]]:
    """What the elements are called on either side: by their place where there are several of a name."""
    several = {
        name for side in (left, right) for name, count in Counter(node.name for node in side).items() if count > 1
    }
    return _numbered(left, several), _numbered(right, several)


def _numbered(nodes: tuple[Node, ...], several: set[str]) -> list[str]:
    seen: Counter[str] = Counter()
    steps = []
    for node in nodes:
        seen[node.name] += 1
        steps.append(f"{node.name}[{seen[node.name]}]" if node.name in several else node.name)
    return steps


def _summary(node: Node) -> str:
    """`Subject=Hello, Size=12`: the first texts in an element."""
    text = ", ".join(_texts(node))
    return text if len(text) <= _MOST_LISTED else f"{text[:_MOST_LISTED]}..."


def _texts(node: Node) -> Iterator[str]:
    for value in node.values:
        yield f"{value.name or node.name}={value.text}"
    for child in node.children:
        yield from _texts(child)
