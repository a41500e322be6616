import assert from "node:assert/strict";
import { test } from "node:test";
import { Phone } from "../voicemail.js";

const VOICE_MAIL = "AAMkAGVtYWlsIHRoYXQgb25seSB0aGlzIHRlc3Qga25vd3M="; // any will do: identifiers are bound, not compared

const phone = new Phone(process.env.EWSTAPE_URL, "alex", "secret");

test("a voice mail is played until somebody hangs up", async () => {
  const call = await phone.play(VOICE_MAIL, "+1 555 0142");
  assert.equal(await phone.state(call), "Connecting");
  assert.equal(await phone.state(call), "Alerted");
  assert.equal(await phone.state(call), "Connected");
  await phone.hangUp(call);
  assert.equal(await phone.state(call), "Disconnected");
});

test("a number that cannot be dialled is refused", async () => {
  await assert.rejects(phone.play(VOICE_MAIL, ""), /phone number/);
});
