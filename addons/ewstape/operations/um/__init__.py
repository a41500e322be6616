"""The operations of the Unified Messaging service that Exchange 2007 introduced (`/EWS/UM2007Legacy.asmx`).

MS-OXWUMS 3.1.4; Microsoft's page "Unified Messaging web service reference for Exchange". They share a namespace with
EWS, have no SOAP headers, and fail by SOAP fault only.
"""

from ewstape.operations._spec import OperationSpec
from ewstape.operations.um import (
    disconnect,
    get_call_info,
    get_um_properties,
    is_um_enabled,
    play_on_phone,
    play_on_phone_greeting,
    reset_pin,
    set_missed_call_notification_enabled,
    set_oof_status,
    set_play_on_phone_dial_string,
    set_telephone_access_folder_email,
)

__all__ = ["SPECS"]

SPECS: tuple[OperationSpec, ...] = (
    play_on_phone.SPEC,
    play_on_phone_greeting.SPEC,
    get_call_info.SPEC,
    disconnect.SPEC,
    is_um_enabled.SPEC,
    get_um_properties.SPEC,
    set_oof_status.SPEC,
    set_missed_call_notification_enabled.SPEC,
    set_play_on_phone_dial_string.SPEC,
    set_telephone_access_folder_email.SPEC,
    reset_pin.SPEC,
)
