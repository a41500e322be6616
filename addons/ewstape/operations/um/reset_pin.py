"""ResetPIN: the mailbox owner gets a new telephone PIN by mail; the answer does not hold it.

MS-OXWUMS 3.1.4.10; Microsoft's page "ResetPIN operation (UM web service)".
"""

from ewstape.interaction import Service
from ewstape.operations._spec import OperationSpec
from ewstape.operations.um._answers import read_empty

SPEC = OperationSpec(
    name="ResetPIN",
    service=Service.UM,
    read_request=read_empty,
    read_response=read_empty,
    writes=True,
)
