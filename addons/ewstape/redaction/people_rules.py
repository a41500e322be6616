"""Rules for what names people: numbers, addresses, accounts in the directory, names and places."""

from ewstape.redaction.kinds import Kind
from ewstape.redaction.rule import Rule

__all__ = ["PEOPLE"]

PEOPLE: tuple[Rule, ...] = (
    Rule(
        name="dial-strings",
        reason="They are people's telephone numbers, extensions or SIP addresses.",
        kind=Kind.PHONE_NUMBER,
        xml="DialString dialString PlayOnPhoneDialString TelephoneAccessNumbers TelephoneNumber PhoneNumber Number "
        "NormalizedNumber NormalizedPhoneNumber PhoneNumbers/Entry CallerId CallingNumber OriginalPhoneNumber",
        patterns="tel phone digits",
    ),
    Rule(
        name="sip-addresses",
        reason="They name people and their organisation.",
        kind=Kind.SIP_ADDRESS,
        xml="SIPUri SipUri SipAddress ImAddress ImAddresses/Entry",
        patterns="sip",
    ),
    Rule(
        name="smtp-addresses",
        reason="They name people and their organisation.",
        kind=Kind.SMTP_ADDRESS,
        soap_headers="PrincipalName PrimarySmtpAddress SmtpAddress",
        xml="EmailAddress Address EMailAddress Email Mailbox AutoDiscoverSMTPAddress RedirectAddr UserPrincipalName "
        "OriginalSmtpAddress ForwardingSmtpAddress ExternalEmailAddress EmailAddresses/Entry ProxyAddress "
        "RecipientAddress MailboxIdentity Member Identity @Mailbox @EmailAddress @SmtpAddress",
        patterns="smtp quoted-smtp",
    ),
    Rule(
        name="sids",
        reason="A SID is an account's number in the directory.",
        kind=Kind.SID,
        soap_headers="SID",
        xml="SecurityIdentifier UserSid PrimaryGroupSid",
        patterns="sid",
    ),
    Rule(
        name="legacy-dns",
        reason="Distinguished names spell out the directory.",
        kind=Kind.LEGACY_DN,
        xml="LegacyDN LegacyExchangeDN ServerDN MdbDN ReferenceId",
        patterns="legacy-dn dn quoted-dn",
    ),
    Rule(
        name="guids",
        reason="In a directory a GUID is a mailbox, a database, a tenant or a person.",
        kind=Kind.GUID,
        xml="MailboxGuid RetentionTag ArchiveTag PolicyTag DeploymentId ExchangeGuid ArchiveGuid "
        "TenantId ObjectId ExternalDirectoryObjectId",
        patterns="guid",
    ),
    Rule(
        name="display-names",
        reason="They are people's names, and names that people gave; the well-known folders keep theirs.",
        kind=Kind.DISPLAY_NAME,
        xml="Name DisplayName OriginalDisplayName UserDisplayName @DisplayName Entry/@Name GivenName Surname "
        "MiddleName Initials FullName FirstName LastName Nickname NickName YomiFirstName YomiLastName YomiCompanyName "
        "FileAs DisplayNameFirstLast DisplayNameLastFirst DisplayNamePrefix FileAsId CompanyName Department JobTitle "
        "Title Suffix Generation Profession OfficeLocation Manager AssistantName SpouseName Hobbies Alias UserName "
        "LastModifiedName Owner Delegator DisplayTo DisplayCc DisplayBcc Children/String Contacts/String "
        "Companies/String UniqueRecipients/String GlobalUniqueRecipients/String UniqueSenders/String "
        "GlobalUniqueSenders/String UniqueUnreadSenders/String Organization FolderName UserDn AccountName "
        "User Login Account Person Recipient UnresolvedEntry",
        patterns="account",
    ),
    Rule(
        name="places",
        reason="Where people live, work and meet is personal.",
        kind=Kind.TEXT,
        xml="Location Street City PostalCode CountryOrRegion Entry/State BusinessAddress/State LocationDisplayName "
        "Country PostOfficeBox Annotation LocationUri FormattedAddress Latitude Longitude PhysicalAddresses/Entry",
    ),
)
