"""SetMissedCallNotificationEnabled: whether the mailbox owner is told of missed calls.

MS-OXWUMS 3.1.4.11; Microsoft's page "SetMissedCallNotificationEnabled operation (UM web service)".
"""

from ewstape.interaction import Service
from ewstape.operations._spec import OperationSpec
from ewstape.operations.um._answers import read_empty, read_status

SPEC = OperationSpec(
    name="SetMissedCallNotificationEnabled",
    service=Service.UM,
    read_request=read_status,
    read_response=read_empty,
    writes=True,
)
