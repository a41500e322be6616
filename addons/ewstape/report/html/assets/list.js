// The list: only the rows in sight are elements, so that its length costs nothing. It is a listbox to assistive
// technology: one stop of the tab key, the chosen row named by aria-activedescendant.
const MARGIN = 6;

class List {
  #box = document.getElementById("list");
  #sizer = document.getElementById("sizer");
  #rows = [];
  #chosen = -1; // place in #rows
  #drawn = "";

  constructor(onChoose) {
    this.onChoose = onChoose;
    this.#box.addEventListener("scroll", () => this.#draw(), { passive: true });
    new ResizeObserver(() => this.#draw(true)).observe(this.#box);
    this.#box.addEventListener("keydown", (event) => this.#key(event));
    this.#sizer.addEventListener("click", (event) => {
      const row = event.target.closest(".row");
      if (row) this.choose(Number(row.dataset.place));
    });
  }

  get chosen() {
    return this.#rows[this.#chosen];
  }

  // Shows these rows; the chosen one stays so if it is among them.
  show(rows) {
    const chosen = this.chosen;
    this.#rows = rows;
    this.#chosen = chosen ? rows.indexOf(chosen) : -1;
    this.#draw(true);
    if (this.#chosen >= 0) this.#reveal();
    else this.#box.scrollTop = 0;
  }

  choose(place, { tell = true } = {}) {
    if (!this.#rows.length) return;
    this.#chosen = Math.min(Math.max(place, 0), this.#rows.length - 1);
    this.#reveal();
    this.#draw(true);
    if (tell) this.onChoose(this.chosen);
  }

  chooseRow(row) {
    const place = this.#rows.indexOf(row);
    if (place >= 0) this.choose(place);
    return place >= 0;
  }

  move(step) {
    this.choose(this.#chosen < 0 ? 0 : this.#chosen + step);
  }

  focus() {
    this.#box.focus({ preventScroll: true });
  }

  get #height() {
    return parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--row"));
  }

  #reveal() {
    const top = this.#chosen * this.#height;
    if (top < this.#box.scrollTop) this.#box.scrollTop = top;
    const bottom = top + this.#height - this.#box.clientHeight;
    if (bottom > this.#box.scrollTop) this.#box.scrollTop = bottom;
  }

  #key(event) {
    const page = Math.max(Math.floor(this.#box.clientHeight / this.#height) - 1, 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in steps)) return;
    event.preventDefault();
    const step = steps[event.key];
    if (Number.isFinite(step)) this.move(step);
    else this.choose(step < 0 ? 0 : this.#rows.length - 1);
  }

  #draw(anew = false) {
    const height = this.#height;
    const first = Math.max(Math.floor(this.#box.scrollTop / height) - MARGIN, 0);
    const last = Math.min(Math.ceil((this.#box.scrollTop + this.#box.clientHeight) / height) + MARGIN, this.#rows.length);
    const drawn = `${first}-${last}`;
    if (!anew && drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#box.classList.toggle("short", this.#rows.length * height < 384);
    this.#sizer.style.height = `${this.#rows.length * height}px`;
    const made = [];
    for (let place = first; place < last; place += 1) made.push(this.#row(place, height));
    this.#sizer.replaceChildren(...made);
    if (this.#chosen >= first && this.#chosen < last) this.#box.setAttribute("aria-activedescendant", `row-${this.#chosen}`);
    else this.#box.removeAttribute("aria-activedescendant");
  }

  #row(place, height) {
    const row = this.#rows[place];
    const made = element(
      "div", "row",
      element("span", "n num", `${row.number}`),
      element("span", "at num", row.at.toFixed(3)),
      element("span", "op", row.operation),
      element("span", "call", row.call),
      element("span", row.ok ? "res" : "res failed", row.result,
        row.detail ? element("span", row.failedCall ? "cause" : "soft", ` · ${row.detail}`) : null),
      element("span", "ms num", Math.round(row.took * 1000).toLocaleString("en")),
      element("span", "size num", row.received < 0 ? "–" : row.received.toLocaleString("en")),
    );
    made.id = `row-${place}`;
    made.dataset.place = place;
    made.setAttribute("role", "option");
    made.setAttribute("aria-selected", String(place === this.#chosen));
    made.setAttribute("aria-setsize", this.#rows.length);
    made.setAttribute("aria-posinset", place + 1);
    made.style.transform = `translateY(${place * height}px)`;
    return made;
  }
}

// What the page's data say of each interaction, as objects.
function readRows({ operations, results, calls, rows }) {
  return rows.map(([number, at, took, operation, result, call, sent, received, position]) => {
    const [wire, documented] = operations[operation];
    const [text, ok, detail, failedCall] = results[result];
    const [name, dial] = calls[call] ?? ["", ""];
    const searched = `#${number} ${wire} ${documented} ${text} ${detail} ${name} ${dial}`.toLowerCase();
    return {
      number, at, took, operation: wire, operationIndex: operation, documented, result: text, ok, detail, failedCall, callIndex: call,
      call: name, sent, received, position, searched,
    };
  });
}

// The positions of the interactions whose URL, headers or bodies hold the text; `goOn` says whether it is still wanted.
async function searchBodies(starts, text, goOn) {
  const found = new Set();
  const nodes = document.getElementsByClassName("piece");
  const holds = (message) =>
    message !== null &&
    ((message.body ?? "").toLowerCase().includes(text) ||
      (message.url ?? "").toLowerCase().includes(text) ||
      message.headers.some(([name, value]) => `${name}: ${value}`.toLowerCase().includes(text)));
  for (let index = 0; index < starts.length && goOn(); index += 1) {
    const details = await unpack(nodes[index]);
    details.forEach(({ request, response }, place) => {
      if (holds(request) || holds(response)) found.add(starts[index] + place);
    });
  }
  return found;
}
