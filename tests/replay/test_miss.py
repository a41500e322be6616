import pytest

from ewstape.interaction import Operation, Service
from ewstape.replay.canonical import Node
from ewstape.replay.miss import Miss, Reason, differences


@pytest.mark.parametrize(
    ("miss", "said"),
    [
        (
            Miss(operation=Operation("PlayOnPhone"), reason=Reason.NOTHING_RECORDED),
            "no answer on tape for PlayOnPhone2: the tape is empty",
        ),
        (
            Miss(operation=Operation("GetItem"), reason=Reason.NOT_ON_TAPE),
            "no answer on tape for GetItem: the tape has no such operation",
        ),
        (
            Miss(operation=Operation("CreateItem"), reason=Reason.USED_UP, nearest=7),
            (
                "no answer on tape for CreateItem: every recorded answer was given, and what changes something is "
                "not answered twice; the nearest is interaction 7"
            ),
        ),
        (
            Miss(
                operation=Operation("Disconnect", Service.UM),
                reason=Reason.DIFFERENT_CONTENT,
                nearest=3,
                path="Body/Disconnect/CallId",
            ),
            (
                "no answer on tape for Disconnect: recorded, but with other content; the nearest is interaction 3, "
                "and Body/Disconnect/CallId differs"
            ),
        ),
    ],
)
def test_a_miss_is_said_in_one_line(miss: Miss, said: str) -> None:
    assert str(miss) == said


def node(tag: str, *children: Node, text: str = "", **attributes: str) -> Node:
    return tag, tuple(attributes.items()), text, children


RECORDED = node("request", node("Header"), node("Body", node("{urn:m}Play", node("{urn:m}Id", Id="a"), text="")))


@pytest.mark.parametrize(
    ("live", "paths"),
    [
        (node("Play", node("{urn:m}Id", Id="a")), ["Body/Play"]),
        (node("{urn:m}Play", node("{urn:m}Id", Id="secret")), ["Body/Play/Id/@Id"]),
        (node("{urn:m}Play", node("{urn:m}Id", Id="a", Key="secret")), ["Body/Play/Id/@Key"]),
        (node("{urn:m}Play", node("{urn:m}Id")), ["Body/Play/Id/@Id"]),
        (node("{urn:m}Play", node("{urn:m}Id", Id="a", text="secret")), ["Body/Play/Id"]),
        (node("{urn:m}Play"), ["Body/Play/Id"]),
        (node("{urn:m}Play", node("{urn:m}Id", Id="a"), node("{urn:m}More")), ["Body/Play/More"]),
        (node("{urn:m}Play", node("{urn:m}Id", Id="b"), node("More")), ["Body/Play/Id/@Id", "Body/Play/More"]),
        (node("{urn:m}Play", node("{urn:m}Id", Id="a")), []),
    ],
)
def test_differences_are_given_by_path_and_never_by_value(live: Node, paths: list[str]) -> None:
    assert list(differences(RECORDED, node("request", node("Header"), node("Body", live)))) == paths
