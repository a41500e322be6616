"""Rules for what HTTP carries: credentials and tokens, cookies, request ids, names of servers, URLs."""

from ewstape.redaction.kinds import Kind
from ewstape.redaction.rule import Rule, Treatment

__all__ = ["HTTP"]

HTTP: tuple[Rule, ...] = (
    Rule(
        name="authentication",
        reason="Basic is name and password, a Bearer token names tenant and person, NTLM holds domain, user, "
        "workstation and server in clear; only the scheme stays.",
        treatment=Treatment.REDUCE,
        headers="Authorization Proxy-Authorization WWW-Authenticate Proxy-Authenticate Authentication-Info "
        "Proxy-Authentication-Info",
        always=True,
    ),
    Rule(
        name="cookies",
        reason="Cookies are sessions, tell servers apart, and may be keyed by the mailbox address; names outside the "
        "list are left out with their values.",
        kind=Kind.COOKIE,
        headers="Cookie Set-Cookie",
        cookies="exchangecookie X-BackEndOverrideCookie X-BackEndCookie ClientId OutlookSession UC cadata cadataKey "
        "cadataIV cadataSig cadataTTL PrivateComputer OIDC UserContext sessionid ASP.NET_SessionId",
    ),
    Rule(
        name="tokens",
        reason="Whoever holds a token or password is let in.",
        kind=Kind.TOKEN,
        xml="TokenValue AccessToken Token UserToken AppToken Password OldPassword NewPassword CipherValue "
        "BinarySecurityToken",
        patterns="pem jwt ntlm credentials secrets",
        always=True,
    ),
    Rule(
        name="security-contexts",
        reason="They hold SIDs, tokens and signatures; no replay needs them.",
        treatment=Treatment.DROP,
        soap_headers="Security SerializedSecurityContext",
        xml="EncryptedSharedFolderData EncryptedData",
    ),
    Rule(
        name="mailbox-headers",
        reason="They route a request by a person's address or mailbox.",
        kind=Kind.SMTP_ADDRESS,
        headers="X-AnchorMailbox X-OWA-ExplicitLogonUser X-PublicFolderMailbox X-PublicFolderInformation "
        "X-User-Identity X-PreferServerAffinity-Mailbox From",
    ),
    Rule(
        name="request-ids",
        reason="They lead to the lines of server logs that name everything else.",
        kind=Kind.GUID,
        headers="client-request-id request-id RequestId x-ms-client-request-id x-ms-request-id X-RequestId",
    ),
    Rule(
        name="server-names",
        reason="Internal host names are a map of the network.",
        kind=Kind.HOST,
        headers="Host X-FEServer X-BEServer X-TargetBEServer X-TargetServer X-CalculatedBETarget X-CalculatedFETarget "
        "X-BackEndServer X-DiagInfo X-ServerName X-BackEnd-Server Via",
        url="host",
        xml="Server AD ServerName MailboxServer PublicFolderServer CertPrincipalName Domain DomainName "
        "ServerFqdn ExchangeRpcUrl",
        patterns="unc ipv4 ipv6 host",
    ),
    Rule(
        name="diagnostics",
        reason="They say in words why a logon failed, and which server says so; the number stays.",
        treatment=Treatment.REDUCE,
        headers="X-MS-Diagnostics ms-diagnostics-public ms-diagnostics",
    ),
    Rule(
        name="urls",
        reason="A URL names a server, and its query a person.",
        kind=Kind.URL,
        headers="Location Referer Origin Content-Location",
        url="path query",
        xml="RedirectUrl RedirectTarget RedirectURL ASUrl EwsUrl OOFUrl UMUrl OABUrl OWAUrl ECPUrl EcpUrl EmwsUrl "
        "SharingUrl EwsPartnerUrl GroupingInformation NetShowUrl MeetingWorkspaceUrl JoinOnlineMeetingUrl "
        "WebClientReadFormQueryString WebClientEditFormQueryString BusinessHomePage ContentLocation "
        "PhotoUrl ReferenceAttachmentUrl AttachLongPathName AttachmentThumbnailUrl AttachmentPreviewUrl "
        "SiteMailboxCreationURL @ServerUrl",
        patterns="url",
    ),
)
