"""What must not be written, and what is written in its place."""

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
