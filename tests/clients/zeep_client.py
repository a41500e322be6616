"""A call through zeep, from the WSDL and schemas beside this file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests
import zeep
from driver import PASSWORD, USER, Item, Options, main
from requests_ntlm import HttpNtlmAuth

WSDL = Path(__file__).parent / "calls.wsdl"
BINDING = "{http://schemas.microsoft.com/exchange/services/2006/messages}CallsBinding"
AUTH = {"none": None, "basic": (USER, PASSWORD), "ntlm": HttpNtlmAuth(USER, PASSWORD)}


class Client:
    def __init__(self, options: Options) -> None:
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.proxies = {"http": options.proxy, "https": options.proxy} if options.proxy else {}
        self._session.verify = options.ca or True
        self._session.auth = AUTH[options.auth]
        client = zeep.Client(str(WSDL), transport=zeep.Transport(session=self._session))
        version = client.get_element("{http://schemas.microsoft.com/exchange/services/2006/types}RequestServerVersion")
        client.set_default_soapheaders([version(Version="Exchange2013_SP1")])
        self._service = client.create_service(BINDING, options.url)

    def before(self) -> Iterator[dict[str, Any]]:
        yield from ()

    def play_on_phone(self, item: Item, dial_string: str) -> dict[str, Any]:
        item_id = {"Id": item.id, "ChangeKey": item.changekey}
        answer = self._service.PlayOnPhone(ItemId=item_id, DialString=dial_string).body
        return {"ResponseCode": answer.ResponseCode, "PhoneCallId": answer.PhoneCallId.Id}

    def call_information(self, call_id: str) -> dict[str, Any]:
        answer = self._service.GetPhoneCallInformation(PhoneCallId={"Id": call_id}).body
        information = zeep.helpers.serialize_object(answer.PhoneCallInformation, dict)
        said = {name: value for name, value in information.items() if value is not None}
        return {"ResponseCode": answer.ResponseCode, **said}

    def disconnect(self, call_id: str) -> dict[str, Any]:
        answer = self._service.DisconnectPhoneCall(PhoneCallId={"Id": call_id}).body
        return {"ResponseCode": answer.ResponseCode}

    def close(self) -> None:
        self._session.close()


if __name__ == "__main__":
    main(Client)
