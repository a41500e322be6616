// Whatever comes from the cassette gets onto the page here, as text and never as markup. What does not print (control
// characters, marks that turn the direction of a line) is shown as an escape.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/gu;
const UNSEEN_BUT_LINES = /(?![\n\t])[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/gu;

function escaped(character) {
  const code = character.codePointAt(0);
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`;
}

const visible = (text) => String(text).replace(UNSEEN, escaped);

function element(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  for (const child of children) {
    if (child !== null) made.append(typeof child === "string" ? visible(child) : child);
  }
  return made;
}

// Adds a text of several lines to `parent`, its escapes marked.
function appendText(parent, text, className) {
  const target = className ? document.createElement("span") : parent;
  if (className) target.className = className;
  let from = 0;
  for (const found of text.matchAll(UNSEEN_BUT_LINES)) {
    target.append(text.slice(from, found.index), element("span", "esc", found[0]));
    from = found.index + found[0].length;
  }
  target.append(text.slice(from));
  if (target !== parent) parent.append(target);
}

const counted = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

function bytes(count) {
  const units = ["B", "KB", "MB", "GB"];
  let unit = 0;
  for (; count >= 1023.5 && unit < units.length - 1; unit += 1) count /= 1024;
  return `${unit && count < 10 ? count.toFixed(1) : Math.round(count).toLocaleString("en")} ${units[unit]}`;
}
