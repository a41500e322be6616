// A mailbox and a call through ews-javascript-api: a JSON request a line on stdin, a JSON answer a line on stdout.
//
//     node client.js URL none|basic|ntlm PROXY|-
//
// The library has classes for the call operations, every method of which throws "not implemented"; here they are as
// requests of its own kind, so that it writes, sends and reads them as it does its others.
"use strict";

const readline = require("node:readline");
const ews = require("ews-javascript-api");
const { SimpleServiceRequestBase } = require("ews-javascript-api/js/Core/Requests/SimpleServiceRequestBase");
const { ServiceResponse } = require("ews-javascript-api/js/Core/Responses/ServiceResponse");
const { XmlNamespace } = require("ews-javascript-api/js/Enumerations/XmlNamespace");
const { XhrApi } = require("@ewsjs/xhr");

const USER = "alex";
const PASSWORD = "secret";

class CallRequest extends SimpleServiceRequestBase {
  constructor(service, operation, write) {
    super(service);
    this.operation = operation;
    this.WriteElementsToXml = write;
  }
  GetXmlElementName() { return this.operation; }
  GetResponseXmlElementName() { return `${this.operation}Response`; }
  GetMinimumRequiredServerVersion() { return ews.ExchangeVersion.Exchange2010; }
  ParseResponse(body) {
    this.response = new ServiceResponse();
    this.response.LoadFromXmlJsObject(body, this.Service);
    return body;
  }
  async Execute() {
    const body = await this.InternalExecute();
    this.response.ThrowIfNecessary();
    return body;
  }
}

function writeId(writer, name, id, changeKey) {
  writer.WriteStartElement(XmlNamespace.Messages, name);
  writer.WriteAttributeValue("Id", id);
  if (changeKey) writer.WriteAttributeValue("ChangeKey", changeKey);
  writer.WriteEndElement();
}

function makeService([url, auth, proxy]) {
  const xhr = new XhrApi();
  if (proxy !== "-") xhr.useProxy(proxy);
  if (auth === "ntlm") xhr.useNtlmAuthentication(USER, PASSWORD);
  ews.ConfigurationApi.ConfigureXHR(xhr);
  const service = new ews.ExchangeService(ews.ExchangeVersion.Exchange2013_SP1);
  service.Url = new ews.Uri(url);
  service.Credentials = new ews.WebCredentials(USER, PASSWORD);
  return service;
}

const OPERATIONS = {
  async inbox(service) {
    const folder = await ews.Folder.Bind(service, ews.WellKnownFolderName.Inbox);
    return { name: folder.DisplayName, items: folder.TotalCount };
  },
  async list(service) {
    const found = await service.FindItems(ews.WellKnownFolderName.Inbox, new ews.ItemView(10));
    return { subjects: found.Items.map((item) => item.Subject), first: found.Items[0].Id.UniqueId };
  },
  async load(service, { item }) {
    const properties = new ews.PropertySet(ews.BasePropertySet.FirstClassProperties);
    const message = await ews.Item.Bind(service, new ews.ItemId(item), properties);
    return { subject: message.Subject, body: message.Body.Text };
  },
  async play(service, { item, changeKey, number }) {
    const answer = await new CallRequest(service, "PlayOnPhone", (writer) => {
      writeId(writer, "ItemId", item, changeKey);
      writer.WriteElementValue(XmlNamespace.Messages, "DialString", number);
    }).Execute();
    return { ResponseCode: answer.ResponseCode, PhoneCallId: answer.PhoneCallId.Id };
  },
  async ask(service, { call }) {
    const answer = await new CallRequest(service, "GetPhoneCallInformation", (writer) => {
      writeId(writer, "PhoneCallId", call);
    }).Execute();
    const { PhoneCallState, ConnectionFailureCause } = answer.PhoneCallInformation;
    return { ResponseCode: answer.ResponseCode, PhoneCallState, ConnectionFailureCause };
  },
  async hangUp(service, { call }) {
    const answer = await new CallRequest(service, "DisconnectPhoneCall", (writer) => {
      writeId(writer, "PhoneCallId", call);
    }).Execute();
    return { ResponseCode: answer.ResponseCode };
  },
  async close(service, { client }) {
    services.delete(client);
    return {};
  },
};

const services = new Map(); // one for each client that the requests come from

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { operation, ...parameters } = JSON.parse(line);
    if (!services.has(parameters.client)) services.set(parameters.client, makeService(process.argv.slice(2)));
    let answer;
    try {
      answer = await OPERATIONS[operation](services.get(parameters.client), parameters);
    } catch (error) {
      const code = ews.ServiceError[error.ErrorCode ?? error.ResponseCode];
      answer = { raised: error.constructor.name, reason: `${code}: ${error.message ?? error.Message}` };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

main();
