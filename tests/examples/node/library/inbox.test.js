import assert from "node:assert/strict";
import { test } from "node:test";
import ews from "ews-javascript-api";

test("the inbox is listed with ews-javascript-api", async () => {
  const service = new ews.ExchangeService(ews.ExchangeVersion.Exchange2013_SP1);
  service.Url = new ews.Uri(process.env.EWSTAPE_URL);
  service.Credentials = new ews.WebCredentials("alex", "secret");
  const found = await service.FindItems(ews.WellKnownFolderName.Inbox, new ews.ItemView(10));
  assert.equal(found.TotalCount, 3);
  assert.equal(found.Items.filter((item) => item.ItemClass.startsWith("IPM.Note.Microsoft.Voicemail")).length, 2);
});
