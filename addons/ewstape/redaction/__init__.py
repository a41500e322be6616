"""What must not be written, and what is written in its place. Imported by the piece: replaying needs little of it."""

from typing import TYPE_CHECKING

from ewstape._lazily import lazily

if TYPE_CHECKING:
    from ewstape.redaction.headers import RAW, redact_headers, redact_url
    from ewstape.redaction.redactor import Redactor
    from ewstape.redaction.rules import RULES, Rule, Treatment
    from ewstape.redaction.undecodable import Undecodable
    from ewstape.redaction.user_rules import rules_in_force

__all__ = [
    "RAW",
    "RULES",
    "Redactor",
    "Rule",
    "Treatment",
    "Undecodable",
    "redact_headers",
    "redact_url",
    "rules_in_force",
]

if not TYPE_CHECKING:  # to a type checker, any name would be one of ours
    __getattr__ = lazily(
        __name__,
        {
            "RAW": "ewstape.redaction.headers",
            "RULES": "ewstape.redaction.rules",
            "Redactor": "ewstape.redaction.redactor",
            "Rule": "ewstape.redaction.rules",
            "Treatment": "ewstape.redaction.rules",
            "Undecodable": "ewstape.redaction.undecodable",
            "redact_headers": "ewstape.redaction.headers",
            "redact_url": "ewstape.redaction.headers",
            "rules_in_force": "ewstape.redaction.user_rules",
        },
    )
