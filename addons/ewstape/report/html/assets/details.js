// Requests and responses in full. They are in the page in compressed pieces, each unpacked when it is first needed.
const UNPACKED = new Map();
const KEPT = 8;

async function unpack(node) {
  const packed = Uint8Array.from(atob(node.textContent), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

// Piece number `index`; the last few stay in memory.
function piece(index) {
  const known = UNPACKED.get(index) ?? unpack(document.getElementsByClassName("piece")[index]);
  UNPACKED.delete(index);
  UNPACKED.set(index, known);
  if (UNPACKED.size > KEPT) UNPACKED.delete(UNPACKED.keys().next().value);
  return known;
}

async function detailOf(starts, position) {
  let index = starts.length - 1;
  while (starts[index] > position) index -= 1;
  return (await piece(index))[position - starts[index]];
}

function tree(fields) {
  const list = element("dl", "");
  const pairs = Array.isArray(fields) ? fields.map((value, place) => [`${place + 1}`, value]) : Object.entries(fields);
  for (const [key, value] of pairs) {
    const inner = typeof value === "object" && value !== null;
    const name = element("dt", inner ? "inner" : "", Array.isArray(fields) ? key : key.replaceAll("_", " "));
    list.append(name, element("dd", inner ? "inner" : "", inner ? tree(value) : value === "" ? "(empty)" : value));
  }
  return list;
}

function headerLines(message) {
  const list = element("dl", "");
  for (const [name, value] of message.headers) list.append(element("dt", "", name), element("dd", "", value));
  const shown = element("details", "headers", element("summary", "", counted(message.headers.length, "header")));
  shown.append(element("div", "tree", list));
  return shown;
}

function bodyOf(message) {
  const box = element("div", "");
  const cut = message.kept < message.size ? `, the first ${bytes(message.kept)} of it here` : "";
  const title = element("h5", "", `Raw, ${bytes(message.size)}${message.coding ? `, sent as ${message.coding}` : ""}${cut}`);
  box.append(title);
  if (!message.kept) return box;
  const text = message.body ?? message.base64;
  const shown = element("pre", "");
  shown.tabIndex = 0;
  box.append(shown);
  if (message.body === undefined || !text.trimStart().replace("\ufeff", "").startsWith("<")) {
    if (message.body === undefined) title.append(" (no text: in base64)");
    appendText(shown, text);
    return box;
  }
  const ways = element("span", "");
  const show = (indented) => {
    shown.replaceChildren();
    showXml(shown, text, indented);
    [...ways.children].forEach((way, place) => way.setAttribute("aria-pressed", String((place === 0) === indented)));
  };
  for (const [name, indented] of [["Indented", true], ["As sent", false]]) {
    const way = element("button", "", name);
    way.type = "button";
    way.addEventListener("click", () => show(indented));
    ways.append(way);
  }
  title.append(ways);
  show(true);
  return box;
}

function messageColumn(name, line, message) {
  const column = element("div", "message", element("h4", "", name), element("p", "line", line));
  if (!message) return column;
  for (const note of message.notes) column.append(element("p", "note", note));
  const decoded = element("div", "", element("h5", "", "Decoded"));
  const some = Object.keys(message.fields).length > 0;
  decoded.append(element("div", "tree", some ? tree(message.fields) : "Nothing to decode."));
  column.append(decoded, bodyOf(message), headerLines(message));
  return column;
}

function showDetails(target, row, detail) {
  const { request, response } = detail;
  const head = element("div", "chosen", element("h3", "", `#${row.number} ${row.operation}`));
  if (row.documented !== row.operation) head.append(element("span", "", row.documented));
  head.append(element("span", row.ok ? "" : "bad", row.result), element("span", "", `at ${row.at.toFixed(3)} s`));
  head.append(element("span", "", `${Math.round(row.took * 1000).toLocaleString("en")} ms`));
  if (row.call) head.append(element("span", "", `call ${row.call}`));
  if (detail.auth) head.append(element("span", "", `logged on with ${detail.auth}`));
  const answer = response ? `HTTP ${response.status} ${response.reason}`.trim() : "none";
  const pair = element("div", "pair");
  pair.append(messageColumn("Request", `${request.method} ${request.url}`, request), messageColumn("Response", answer, response));
  target.replaceChildren(head);
  if (detail.error) target.append(element("p", "note", detail.error));
  target.append(pair);
}
