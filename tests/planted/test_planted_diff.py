"""Whatever redaction replaces, reduces or drops is no difference between a recording and its redacted copy."""

from planted_secrets import exchanges

from ewstape.interaction import Interaction, Request, Response
from ewstape.recording.recorder import interpret
from ewstape.redaction import RULES, Redactor
from ewstape.redaction.key import Key
from ewstape.redaction.pseudonyms import Pseudonyms
from ewstape.report.diff import Options, compare


def recording(redactor: Redactor | None) -> list[Interaction]:
    """All planted exchanges as one recording."""
    made = []
    for number, planted in enumerate(exchanges(), 1):
        url = f"https://mail.example.com{planted.path}"
        request = Request(method="POST", url=url, headers=planted.headers, body=planted.body)
        response = Response(status=planted.answer_status, headers=planted.answer_headers, body=planted.answer_body)
        operation, asked, answered = interpret(request, response, redactor)
        made.append(Interaction(number=number, operation=operation, request=asked, response=answered))
    return made


def test_a_redacted_copy_does_not_differ() -> None:
    raw, redacted, again = (
        recording(redactor) for redactor in (None, *(Redactor(RULES, Pseudonyms(Key.fresh())) for _ in range(2)))
    )
    apart = Options(redacted_differently=True, polls=True)
    assert compare(raw, redacted, apart).pairs == ()
    assert not compare(redacted, raw, apart)
    assert not compare(redacted, again, apart)
    assert compare(raw, redacted, Options(polls=True))
