"""What must not be written, and what is written in its place."""

from ewstape.redaction.headers import RULES, redact_headers, redact_url

__all__ = ["RULES", "redact_headers", "redact_url"]
