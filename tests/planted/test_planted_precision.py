"""Ordinary traffic, once redacted, gives the check nothing to find."""

from pathlib import Path

import pytest

from ewstape.check.secrets import secrets
from ewstape.interaction import Interaction, Request, Response
from ewstape.recording.recorder import interpret
from ewstape.redaction import RULES, Redactor
from ewstape.redaction.key import Key
from ewstape.redaction.pseudonyms import Pseudonyms

SAMPLES = Path(__file__).parents[1] / "wire_samples"


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.request.xml")), ids=lambda path: path.name.partition(".")[0])
def test_a_redacted_sample_gives_no_finding(sample: Path) -> None:
    service = "UM2007Legacy" if sample.name.startswith("um-") else "Exchange"
    answer = sample.with_name(sample.name.replace(".request.", ".response."))
    request = Request(method="POST", url=f"https://mail.example.com/EWS/{service}.asmx", body=sample.read_bytes())
    response = Response(status=200, body=answer.read_bytes()) if answer.exists() else None
    operation, request, response = interpret(request, response, Redactor(RULES, Pseudonyms(Key.fresh())))
    interaction = Interaction(number=1, operation=operation, request=request, response=response)
    assert [str(finding) for finding in secrets(interaction, 2)] == []
