"""SetOofStatus: whether callers hear the out-of-office greeting.

MS-OXWUMS 3.1.4.12; Microsoft's page "SetOofStatus operation (UM web service)".
"""

from ewstape.interaction import Service
from ewstape.operations._spec import OperationSpec
from ewstape.operations.um._answers import read_empty, read_status

SPEC = OperationSpec(
    name="SetOofStatus",
    service=Service.UM,
    read_request=read_status,
    read_response=read_empty,
    writes=True,
)
