"""GetServerTimeZones (MS-OXWSGTZ): two zones that never change their clocks."""

from typing import Final

from ewstape.sandbox.markup import find_all, leaf, response_messages, tag
from ewstape.wire.namespaces import Element

_ZONES: Final = (
    ("UTC", "(UTC) Coordinated Universal Time", "PT0S"),
    ("Tokyo Standard Time", "(UTC+09:00) Osaka, Sapporo, Tokyo", "-PT9H"),
)


def get_server_time_zones(request: Element) -> str:
    """The zones asked for by id, or all; with their rules if ReturnFullTimeZoneData says so."""
    ids = [asked.text for asked in find_all(request, "m:Ids/t:Id")]
    full = request.get("ReturnFullTimeZoneData", "false").lower() in {"true", "1"}
    zones = (_zone(*zone, full=full) for zone in _ZONES if not ids or zone[0] in ids)
    return response_messages("GetServerTimeZones", [tag("m:TimeZoneDefinitions", *zones)])


def _zone(zone: str, name: str, bias: str, *, full: bool) -> str:
    if not full:
        return tag("t:TimeZoneDefinition", Name=name, Id=zone)
    return tag(
        "t:TimeZoneDefinition",
        tag("t:Periods", tag("t:Period", Bias=bias, Name="Standard", Id="std")),
        tag("t:TransitionsGroups", tag("t:TransitionsGroup", _transition("std", "Period"), Id="0")),
        tag("t:Transitions", _transition("0", "Group")),
        Name=name,
        Id=zone,
    )


def _transition(target: str, kind: str) -> str:
    return tag("t:Transition", leaf("t:To", target, Kind=kind))
