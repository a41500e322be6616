"""Whether a cassette may be shown, and whether it is sound: secrets that are left, and what does not fit together."""

from ewstape.check.cassette import cassettes, check
from ewstape.check.finding import Finding

__all__ = ["Finding", "cassettes", "check"]
