"""Disconnect: hang up a call that this service placed.

MS-OXWUMS 3.1.4.1; Microsoft's page "Disconnect operation (UM web service)".
"""

from ewstape.interaction import Service
from ewstape.operations._spec import OperationSpec
from ewstape.operations.um._answers import read_empty
from ewstape.operations.um._call import read_call_request

SPEC = OperationSpec(
    name="Disconnect",
    service=Service.UM,
    read_request=read_call_request,
    read_response=read_empty,
    writes=True,
    call_id_field="call_id",
)
