import pytest

from ewstape.interaction import Service
from ewstape.wire.endpoints import service_of


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/EWS/Exchange.asmx", Service.EWS),
        ("/ews/exchange.asmx", Service.EWS),
        ("/EWS/Exchange.asmx?wsdl", Service.EWS),
        ("/EWS/Exchange.asmx/wssecurity/x509cert", Service.EWS),
        ("/ews/Exchange.asmx/s/GetUserPhoto", Service.EWS),
        ("/EWS/Services.wsdl", Service.EWS),
        ("/ews/messages.xsd", Service.EWS),
        ("/ews/types.xsd", Service.EWS),
        ("/ews/xml.xsd", Service.EWS),
        ("/EWS/UM2007Legacy.asmx", Service.UM),
        ("/UnifiedMessaging/Service.asmx", Service.UM),
        ("/autodiscover/autodiscover.svc", Service.AUTODISCOVER),
        ("/Autodiscover/Autodiscover.svc/wssecurity", Service.AUTODISCOVER),
        ("/autodiscover/autodiscover.xml", Service.AUTODISCOVER),
    ],
)
def test_exchange_paths_are_known_in_any_case(path: str, service: Service) -> None:
    assert service_of(path) is service


@pytest.mark.parametrize(
    "path",
    ["", "/", "/owa/", "/EWS/", "/EWS/Exchange.asmxx", "/EWS/ExchangeXasmx", "/x/EWS/Exchange.asmx", "/EWS/other.xsd"],
)
def test_other_paths_belong_to_no_service(path: str) -> None:
    assert service_of(path) is None
