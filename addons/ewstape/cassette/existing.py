"""What a recording does to a cassette that is there: a setting, so it is apart from the writer that obeys it."""

from enum import StrEnum


class Existing(StrEnum):
    """What to do with a cassette that is there and not empty."""

    REFUSE = "refuse"
    """Raise `CassetteError`."""
    APPEND = "append"
    """Go on after its last whole interaction; upstream and redaction must be the same."""
    OVERWRITE = "overwrite"
    """Replace it when the writer is closed without an error; until then it stays."""
