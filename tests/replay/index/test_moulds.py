"""What was cast in one mould is known by what lies between its values."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ewstape.replay.index import moulds as module
from ewstape.replay.index.moulds import CLASSES, Cut, Learned, Moulds

CUT = re.compile(rb"(?<=>)(\w[\w ]*)(?=<)")


def cut(text: bytes) -> Cut:
    pieces = CUT.split(text)
    return Cut(tuple(pieces[::2]), tuple(pieces[1::2]), "t" * (len(pieces) // 2))


def learn(found: Cut, varying: tuple[int, ...]) -> Learned[tuple[int, ...]]:
    return Learned(varying, "".join([found.classes[at] for at in varying]))


def met(*texts: bytes) -> Moulds[tuple[int, ...]]:
    moulds = Moulds(cut, learn)
    for text in texts:
        if moulds.find(b"key", text) is None:
            moulds.meet(b"key", text)
    return moulds


FAMILIAR = [b"<a>1</a><b>x</b>", b"<a>2</a><b>x</b>", b"<a>3</a><b>x</b>"]


def test_texts_are_known_once_some_were_met() -> None:
    assert met(*FAMILIAR[:2]).find(b"key", FAMILIAR[2]) is None
    assert met(*FAMILIAR).find(b"key", b"<a>4 and more</a><b>x</b>") == ((0,), (b"4 and more",))
    assert met(*FAMILIAR).find(b"other", FAMILIAR[0]) is None


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"<a>4</a><b>y</b>",
        b"<a>4</a><b>x</b> ",
        b" <a>4</a><b>x</b>",
        b"<a></a><b>x</b>",
        b"<a> 4</a><b>x</b>",
        b"<a>4 </a><b>x</b>",
        b"<a>4&amp;</a><b>x</b>",
        b"<a>4>5</a><b>x</b>",
        b"<a><c/></a><b>x</b>",
        b"<a>4\n5</a><b>x</b>",
        b"<a>4\05</a><b>x</b>",
        b"<a>\xc3\xa9</a><b>x</b>",
        b"<a>4</a",
        b"<a>4",
    ],
)
def test_a_text_is_of_a_mould_if_its_values_are_and_nothing_else_differs(text: bytes) -> None:
    assert met(*FAMILIAR).find(b"key", text) is None


def test_a_place_that_varies_later_widens_the_mould() -> None:
    moulds = met(*FAMILIAR, b"<a>4</a><b>y</b>")
    assert moulds.find(b"key", b"<a>5</a><b>z</b>") == ((0, 1), (b"5", b"z"))


def test_texts_of_several_moulds_are_told_apart() -> None:
    moulds = met(*FAMILIAR, *(text.replace(b"b>", b"c>") for text in FAMILIAR))
    for name in (b"b", b"c", b"b"):
        assert moulds.find(b"key", b"<a>4</a><%b>x</%b>" % (name, name)) == ((0,), (b"4",))
    moulds.clear()
    assert moulds.find(b"key", FAMILIAR[0]) is None


def test_what_is_never_familiar_is_looked_at_now_and_then_only() -> None:
    looked_at: list[bytes] = []
    moulds = Moulds(lambda text: looked_at.append(text) or cut(text), learn)
    for number in range(200):
        moulds.meet(b"key", b"<a>1</a>" + b"<b/>" * number)
    assert len(looked_at) == 64 + (200 - 64) // 16
    moulds.meet(b"other", b"<a>1</a>" + b"<b/>" * 256)
    moulds.meet(b"other", b"<a>1</a>" + b"b" * 64 * 1024)
    assert len(looked_at) == 72


@pytest.mark.parametrize(
    ("letter", "values", "others"),
    [
        ("n", ["1", "123456789012345"], ["0", "01", "1" * 16, "1.0"]),
        ("s", ["0", "1.5", "0.123456789"], ["", "1.", ".5", "1e3", "-1"]),
        ("h", ["a", "a:b c", '"1"', '""', '"a: b"'], ["1", "a: b", "a ", "a #b", '"\\n"', '"a"b', "a:", '"\xe9"', "-"]),
        ("f", ["a", '"\\n\\""', '"\xe9"', '""'], ["\xe9", '"\\q"', '"a', '"\\"', '"\u2028"', '"\x85"', "{}"]),
        ("v", ["a", "a b", "a/b=", ";"], ["", " a", "a ", "a'", 'a"', "a&", "a<", "a>", "\xe9", "a\tb"]),
        ("t", ["a", "a b", "it's", '"'], ["", " a", "a ", "a&b", "a<b", "a>b", "\xe9", "a\nb"]),
        ("w", ["a ", " ", "a&b", "\xe9", "\u3000"], ["", "a'", 'a"', "a<", "a\tb", "\ufffe", "\u2028"]),
        ("x", ["a ", "a&b", "\xe9", "a\n    b", "a\n\n    b", "a\tb", "a\n    "], ["", " a", "a\nb", "a\n    \nb"]),
    ],
)  # fmt: skip
def test_values_are_of_their_class(letter: str, values: list[str], others: list[str]) -> None:
    quoted = "'" if letter in "vw" else "<"
    pieces = (b"<a>", f"{quoted}</a>".encode())
    moulds = Moulds(
        lambda text: Cut(pieces, (text.removeprefix(pieces[0]).removesuffix(pieces[1]),), letter),
        learn,
    )
    for value in (values * 3)[:3]:
        moulds.meet(b"key", pieces[0] + value.encode() + pieces[1])
    moulds.meet(b"key", b"<a>other%b" % pieces[1])
    for value, is_one in [*((value, True) for value in values), *((value, False) for value in others)]:
        found = moulds.find(b"key", pieces[0] + value.encode() + pieces[1])
        assert (value, found is not None) == (value, is_one)


@given(st.lists(st.tuples(st.sampled_from(sorted(CLASSES)), st.integers(0, 9)), min_size=1, max_size=6))
def test_other_values_are_of_the_same_class_and_unlike_any(places: list[tuple[str, int]]) -> None:
    samples = {"n": "7", "s": "0.5", "h": "abc", "f": '"1"', "v": "id", "t": "text", "w": " ", "x": "\xe9 a"}
    values = tuple(samples[letter].encode() for letter, _ in places)
    found = Cut((b"<",) * (len(places) + 1), values, "".join(letter for letter, _ in places))
    others = [found.other(at) for at in range(len(places))]
    assert len({*values, *others}) == len({*values}) + len(others)
    for (letter, _), other in zip(places, others, strict=True):
        assert re.fullmatch(CLASSES[letter].encode(), other)
    assert found.put_together({}) == b"<" + b"".join(value + b"<" for value in values)
    assert found.put_together({0: b"new"}).startswith(b"<new<")


def test_counting_begins_anew_when_there_are_too_many_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_KINDS", 2)
    moulds = met(*FAMILIAR[:2], *(b"<%b>1</a>" % (b"b" * size) for size in range(1, 4)), FAMILIAR[2])
    assert moulds.find(b"key", FAMILIAR[0]) is None
