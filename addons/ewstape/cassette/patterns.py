"""What reaches HTTP from a cassette, as patterns: whoever reads, writes or describes cassettes means the same."""

TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - the token of RFC 9110 5.6.2
HEADER_VALUE = r"[\t\x20-\x7e\x80-\xff]*"  # RFC 9110 5.5, and blanks at the ends
URL = r"[hH][tT][tT][pP][sS]?://[^\s/?#\\\x00-\x1f\x7f-\x9f\ud800-\udfff]+[^\s\\\x00-\x1f\x7f-\x9f\ud800-\udfff]*"
HTTP = f"({TOKEN}) ({URL})"
CODING = f"{TOKEN}(?:, ?{TOKEN})*"
SECONDS = r"[0-9]{1,12}(?:\.[0-9]{1,9})?"
CHUNK = f"({SECONDS}) ([0-9]{{1,15}})"
