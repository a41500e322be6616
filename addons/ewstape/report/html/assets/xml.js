// XML, coloured and indented for reading. One pass over the text without backtracking, because a body may be hostile;
// what is no markup to it stays text, and after so many parts the rest stays plain.
const MOST_PARTS = 20000;
const SECTIONS = [["\x3c!--", "-->"], ["<![CDATA[", "]]>"], ["<?", "?>"]];

// The index after the tag that begins at `start`, or -1 if it does not end.
function tagEnd(text, start) {
  let quote = "";
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text[at];
    if (quote) {
      if (character === quote) quote = "";
    } else if (character === '"' || character === "'") quote = character;
    else if (character === ">") return at + 1;
  }
  return -1;
}

function* parts(text) {
  let at = 0;
  for (let count = 0; at < text.length && count < MOST_PARTS; count += 1) {
    const open = text.indexOf("<", at);
    if (open < 0) break;
    if (open > at) yield { kind: "text", text: text.slice(at, open) };
    const section = SECTIONS.find(([begin]) => text.startsWith(begin, open));
    const close = section ? text.indexOf(section[1], open + section[0].length) : -1;
    const end = section ? (close < 0 ? -1 : close + section[1].length) : tagEnd(text, open);
    if (end < 0) {
      at = open;
      break;
    }
    const part = text.slice(open, end);
    const kind = section ? "section" : part[1] === "/" ? "close" : part.endsWith("/>") ? "empty" : "open";
    yield { kind, text: part };
    at = end;
  }
  if (at < text.length) yield { kind: "text", text: text.slice(at) };
}

function appendTag(parent, text) {
  const name = /^<\/?[^\s/>]*/.exec(text)[0];
  appendText(parent, name, "x-tag");
  let from = name.length;
  for (const found of text.matchAll(/([^\s=<>"'/]+)(=)("[^"]*"|'[^']*')/g)) {
    appendText(parent, text.slice(from, found.index), "x-tag");
    appendText(parent, found[1], "x-name");
    appendText(parent, found[2], "x-dim");
    appendText(parent, found[3], "x-value");
    from = found.index + found[0].length;
  }
  appendText(parent, text.slice(from), "x-tag");
}

// Fills `parent` with the text. Indented, white space between tags counts for nothing, as in SOAP; what is too wide for
// its line goes on further in. Otherwise all is kept as it is.
function showXml(parent, text, indented) {
  let depth = 0;
  let before = "";
  let line = parent;
  for (const part of parts(text)) {
    if (indented && part.kind === "text" && !part.text.trim()) continue;
    if (part.kind === "close") depth = Math.max(depth - 1, 0);
    const joined = part.kind === "text" || before === "text" || (part.kind === "close" && before === "open");
    if (indented && (!before || !joined)) {
      const indent = 2 * Math.min(depth, 40);
      line = element("div", "");
      line.style.paddingLeft = `${indent + 4}ch`;
      line.style.textIndent = `-${indent + 4}ch`;
      line.append(" ".repeat(indent));
      parent.append(line);
    }
    if (part.kind === "text") appendText(line, part.text);
    else if (part.kind === "section") appendText(line, part.text, "x-dim");
    else appendTag(line, part.text);
    if (part.kind === "open") depth += 1;
    before = part.kind;
  }
}
