"""Rules for what steers the protocol and stays, because it is what one debugs; headers not on the list go."""

from ewstape.redaction.rule import Rule, Treatment

__all__ = ["PROTOCOL"]

PROTOCOL: tuple[Rule, ...] = (
    Rule(
        name="other-headers",
        reason="Headers nobody has judged are not let through.",
        treatment=Treatment.DROP,
    ),
    Rule(
        name="protocol-headers",
        reason="They steer the protocol or name products, and are the same everywhere.",
        treatment=Treatment.KEEP,
        headers="Accept Accept-Charset Accept-Encoding Accept-Language Age Allow Cache-Control Connection "
        "Content-Encoding Content-Language Content-Length Content-Type Date Expect Expires Keep-Alive Last-Modified "
        "Persistent-Auth Pragma Prefer Preference-Applied Proxy-Connection Proxy-Support Retry-After "
        "return-client-request-id Server SOAPAction Strict-Transport-Security TE Trailer Transfer-Encoding Upgrade "
        "Vary X-AspNet-Version X-Content-Type-Options X-Frame-Options X-OWA-Version X-Powered-By "
        "X-PreferServerAffinity X-UA-Compatible",
    ),
    Rule(
        name="protocol-values",
        reason="Call states, codes, versions, cultures, time zones and well-known names are what is being debugged.",
        treatment=Treatment.KEEP,
        soap_headers="RequestServerVersion/@Version ServerVersionInfo/@Version MailboxCulture",
        xml="PhoneCallState CallState ConnectionFailureCause EventCause SIPResponseCode ResponseCode "
        "BackOffMilliseconds LineNumber LinePosition DistinguishedFolderId/@Id @FieldURI @PropertySetId "
        "@DistinguishedPropertySetId @PropertyName Value/@Name TimeZoneDefinition/@Id @TimeZoneName @TimeZone "
        "Period/@Id Period/@Name TimeZoneDefinition/@Name StartTimeZone/@Id StartTimeZone/@Name EndTimeZone/@Id "
        "EndTimeZone/@Name MeetingTimeZone/@Id MeetingTimeZone/@Name TransitionsGroup/@Id DaysOfWeek TimeZone "
        "TransitionsGroup/@Name Transition/To AbsoluteDateTransition/To RecurringDayTransition/To "
        "RecurringDateTransition/To "
        "UserSetting/Name DomainSetting/Name UserSettingError/SettingName RequestedSettings/Setting ItemClasses/String "
        "ServerVersionInfo/@MajorVersion @schemaLocation UserConfigurationName/@Name Action RoutingType MailboxType",
    ),
)
