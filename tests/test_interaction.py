"""The values that everything passes about."""

import dataclasses

import pytest

from ewstape.interaction import Chunk, Interaction, Operation, Request, Response, Service

REQUEST = Request(method="POST", url="https://mail.example.com/EWS/Exchange.asmx")


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        (Operation("PlayOnPhone"), "PlayOnPhone"),
        (Operation("PlayOnPhone", Service.UM), "um:PlayOnPhone"),
        (Operation("Autodiscover", Service.AUTODISCOVER), "autodiscover:Autodiscover"),
    ],
)
def test_an_operation_names_its_service_unless_it_is_the_usual_one(operation: Operation, said: str) -> None:
    assert str(operation) == said


@pytest.mark.parametrize(
    "value",
    [
        REQUEST,
        Response(status=200),
        Chunk(0.0, 1),
        Operation("GetFolder"),
        Interaction(number=1, operation=Operation("GetFolder"), request=REQUEST),
    ],
    ids=lambda value: type(value).__name__,
)
def test_it_cannot_be_changed(value: object) -> None:
    field = dataclasses.fields(value)[0].name  # type: ignore[arg-type]  each is a dataclass
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(value, field, None)
