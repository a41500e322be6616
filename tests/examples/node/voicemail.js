// A small voicemail app: it plays a voice mail on a phone. Nothing but what Node.js has.

const MESSAGES = "http://schemas.microsoft.com/exchange/services/2006/messages";

export class Phone {
  constructor(url, user, password) {
    this.url = url;
    this.logon = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  }

  // Has the server call a number and play a voice mail there; gives the id of the call.
  async play(item, number) {
    const content = `<m:ItemId Id="${escape(item)}"/><m:DialString>${escape(number)}</m:DialString>`;
    return find(await this.send("PlayOnPhone", content), /PhoneCallId Id="([^"]*)"/);
  }

  // Connecting, Alerted, Connected or Disconnected.
  async state(call) {
    return find(await this.send("GetPhoneCallInformation", callId(call)), /PhoneCallState[^>]*>([^<]+)</);
  }

  async hangUp(call) {
    await this.send("DisconnectPhoneCall", callId(call));
  }

  async send(operation, content) {
    const response = await fetch(this.url, {
      method: "POST",
      headers: { "Content-Type": "text/xml; charset=utf-8", Authorization: this.logon },
      body:
        `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:m="${MESSAGES}">` +
        `<s:Body><m:${operation}>${content}</m:${operation}></s:Body></s:Envelope>`,
    });
    const text = await response.text();
    if (!response.ok) throw new Error(find(text, /<faultstring[^>]*>([^<]*)</));
    if (text.includes('ResponseClass="Error"')) throw new Error(find(text, /MessageText[^>]*>([^<]+)</));
    return text;
  }
}

function callId(call) {
  return `<m:PhoneCallId Id="${escape(call)}"/>`;
}

function escape(text) {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function find(text, pattern) {
  return pattern.exec(text)?.[1];
}
