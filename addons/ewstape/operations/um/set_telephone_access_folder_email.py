"""SetTelephoneAccessFolderEmail: the folder that is read out over the telephone.

MS-OXWUMS 3.1.4.14; Microsoft's page "SetTelephoneAccessFolderEmail operation (UM web service)".
"""

from dataclasses import dataclass

from ewstape.interaction import Service
from ewstape.operations._elements import Children, Notes, text
from ewstape.operations._spec import OperationSpec
from ewstape.operations.um._answers import read_empty
from ewstape.wire.namespaces import Element

_REQUEST = Children("base64FolderID", "base64FolderId")  # Microsoft's pages disagree about the last letter


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTelephoneAccessFolderEmailRequest:
    """The folder, by its id in base64."""

    base64_folder_id: str | None


def read_request(payload: Element, notes: Notes) -> SetTelephoneAccessFolderEmailRequest:
    """Decode m:SetTelephoneAccessFolderEmail."""
    children = _REQUEST.of(payload, notes)
    folder = next(iter(children.values()), None)
    if folder is None:
        notes.add("SetTelephoneAccessFolderEmail: no base64FolderID")
    return SetTelephoneAccessFolderEmailRequest(base64_folder_id=text(folder))


SPEC = OperationSpec(
    name="SetTelephoneAccessFolderEmail",
    service=Service.UM,
    read_request=read_request,
    read_response=read_empty,
    writes=True,
)
