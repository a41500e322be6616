"""The operations that Exchange servers have, as far as they are known by name only.

The names are the 122 in services.wsdl of Exchange Server Subscription Edition, sorted by the base type of their
response in messages.xsd. The name on the wire is that of the request's root element, which for seven is not the
operation's. An operation that is not here is recorded and replayed all the same.
"""

from collections.abc import Mapping
from enum import StrEnum

from ewstape.interaction import MESSAGES, Operation, Service
from ewstape.wire.namespaces import AUTODISCOVER


class Shape(StrEnum):
    """Where the response of an operation keeps its ResponseClass and ResponseCode."""

    ARRAY = "array"
    """In the elements inside ResponseMessages, one for each thing that was asked for."""
    SINGLE = "single"
    """On the response's root. GetMailTips, GetServiceConfiguration and the delegate operations have an array too."""
    OLDER = "older"
    """In elements named ResponseMessage further down."""


_NAMES: Mapping[Shape, str] = {
    Shape.ARRAY: """
        ApplyConversationAction ArchiveItem ConvertId CopyFolder CopyItem CreateAttachment CreateFolder CreateFolderPath
        CreateItem CreateManagedFolder CreateUserConfiguration DeleteAttachment DeleteFolder DeleteItem
        DeleteUserConfiguration EmptyFolder ExpandDL ExportItems FindFolder FindItem GetAttachment GetClientAccessToken
        GetConversationItems GetEvents GetFolder GetItem GetServerTimeZones GetSpecificUserConfiguration
        GetStreamingEvents GetUserConfiguration MarkAllItemsAsRead MarkAsJunk MoveFolder MoveItem ReportMessage
        ResolveNames SearchMailboxes SendItem SetUserPhoto Subscribe SyncFolderHierarchy SyncFolderItems Unsubscribe
        UpdateFolder UpdateItem UpdateItemInRecoverableItems UpdateUserConfiguration UploadItems
    """,
    Shape.SINGLE: """
        AddDelegate AddDistributionGroupToImList AddImContactToGroup AddImGroup AddNewImContactToGroup
        AddNewTelUriContactToGroup AddTag CreateMeetingInstance CreateMeetingSpace DeleteMeetingInstance
        DeleteMeetingSpace DeleteSearchSuggestion DisableApp DisconnectPhoneCall EndSearchSession ExecuteSearch
        FindAvailableMeetingTimes FindConversation FindMeetingSpaceByJoinUrl FindMeetingTimeCandidates
        FindMessageTrackingReport FindPeople FindTags GetAppManifests GetAppMarketplaceUrl GetDelegate
        GetDiscoverySearchConfiguration GetHoldOnMailboxes GetImItemList GetImItems GetInboxRules
        GetLastPrivateCatalogUpdate GetMailTips GetMeetingInstance GetMeetingSpace GetMessageTrackingReport
        GetNonIndexableItemDetails GetNonIndexableItemStatistics GetPasswordExpirationDate GetPersona
        GetPhoneCallInformation GetPrivateCatalogAddIns GetRoomLists GetRooms GetSearchSuggestions
        GetSearchableMailboxes GetServiceConfiguration GetSharingFolder GetSharingMetadata GetUserPhoto
        GetUserRetentionPolicyTags HideTag InstallApp PlayOnPhone RefreshSharingFolder RemoveContactFromImList
        RemoveDelegate RemoveDistributionGroupFromImList RemoveImContactFromGroup RemoveImGroup SetHoldOnMailboxes
        SetImGroup SetImListMigrationCompleted SetTeamMailbox StartSearchSession UninstallApp UnpinTeamMailbox
        UpdateDelegate UpdateInboxRules UpdateMeetingInstance UpdateMeetingSpace
    """,
    Shape.OLDER: "GetUserAvailability GetUserOofSettings SetUserOofSettings",
}

SHAPES: Mapping[str, Shape] = {name: shape for shape, names in _NAMES.items() for name in names.split()}
"""Every operation of EWS with the shape of its response."""

REQUEST_ROOTS: Mapping[str, str] = {
    f"{name}Request": name
    for name in (
        "GetUserAvailability",
        "GetUserOofSettings",
        "SetUserOofSettings",
        "GetMeetingInstance",
        "CreateMeetingInstance",
        "UpdateMeetingInstance",
        "DeleteMeetingInstance",
    )
}
"""The operations whose request's root is not named as they are, by that root."""

RESPONSE_ROOTS: Mapping[str, str] = {
    name: f"{name}ResponseMessage"
    for name in (
        "GetPersona",
        "GetMeetingSpace",
        "CreateMeetingSpace",
        "UpdateMeetingSpace",
        "DeleteMeetingSpace",
        "FindMeetingSpaceByJoinUrl",
    )
}
"""The operations whose response's root is not their name with `Response` after it."""

_READING_PREFIXES = ("Get", "Find", "Sync", "Resolve", "Expand", "Search", "Convert", "Export")
_READING_BESIDES = {"ExecuteSearch"}

READS: frozenset[str] = frozenset(name for name in SHAPES if name.startswith(_READING_PREFIXES)) | _READING_BESIDES
"""The operations of EWS that change nothing on the server."""

AUTODISCOVER_READS: frozenset[str] = frozenset(
    f"{name}RequestMessage"
    for name in (
        "GetUserSettings",
        "GetDomainSettings",
        "GetFederationInformation",
        "GetOrganizationRelationshipSettings",
    )
)
"""The request roots of Autodiscover, all of whose operations read."""

STREAMING: frozenset[str] = frozenset({"GetStreamingEvents"})
"""The operations that answer with several SOAP envelopes, one after another, over minutes."""


def wsdl_name(operation: Operation) -> str | None:
    """The name of an EWS operation in the service description; `None` if it is not in there."""
    if operation.service is not Service.EWS or operation.namespace != MESSAGES:
        return None
    name = REQUEST_ROOTS.get(operation.name, operation.name)
    return name if name in SHAPES else None


def reads(operation: Operation) -> bool:
    """Whether an operation is known to change nothing. One that nobody has heard of is not."""
    match operation:
        case Operation(namespace=""):  # not SOAP: a GET; only requests without a namespace by mistake can be writes
            return operation.name in READS or operation.name not in SHAPES
        case Operation(service=Service.AUTODISCOVER, namespace=namespace):
            return namespace == AUTODISCOVER and operation.name in AUTODISCOVER_READS
    return wsdl_name(operation) in READS
