"""What a check reports."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or should not be seen by everybody. Never holds a secret, only what kind it is of."""

    document: int
    """From 1; the header of the cassette is a document too. 0: the file as a whole."""
    path: str
    """Where in the document, such as `$.request.headers.Authorization`."""
    rule: str
    """A stable name."""
    words: str

    def __str__(self) -> str:
        """`document 3: $.request.body: guid: a GUID (36 characters, in base64)`."""
        place = f"document {self.document}: " if self.document else ""
        return f"{place}{self.path}: {self.rule}: {self.words}"
