// Puts the parts together once the document is there.
const PRINTED = 1000;

function start() {
  startTheme();
  startAxisSwitch();
  document.querySelectorAll("table.sortable").forEach(startSorting);
  startBrowser(JSON.parse(document.getElementById("list-data").textContent));
}

function startAxisSwitch() {
  const section = document.getElementById("calls");
  if (!section) return;
  const control = section.querySelector(".switch");
  control.hidden = false;
  control.addEventListener("change", (event) => { section.dataset.axis = event.target.value; });
}

function startSorting(table) {
  const body = table.tBodies[0];
  [...table.tHead.rows[0].cells].forEach((cell, column) => {
    if (!cell.dataset.sort) return;
    const button = element("button", "", cell.textContent);
    button.type = "button";
    cell.replaceChildren(button);
    button.addEventListener("click", () => {
      const number = cell.dataset.sort === "number";
      const descending = cell.ariaSort ? cell.ariaSort === "ascending" : number;
      const key = (row) => (number ? Number(row.cells[column].dataset.value) : row.cells[column].textContent);
      const compare = number ? (a, b) => key(a) - key(b) : (a, b) => key(a).localeCompare(key(b));
      body.append(...[...body.rows].sort((a, b) => (descending ? -compare(a, b) : compare(a, b))));
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      cell.setAttribute("aria-sort", descending ? "descending" : "ascending");
    });
  });
}

function startBrowser(data) {
  const rows = readRows(data);
  const [query, byOperation, byCall, onlyErrors, inBodies, status, details, section] = [
    "query", "by-operation", "by-call", "only-errors", "in-bodies", "status", "details", "interactions",
  ].map((id) => document.getElementById(id));
  let matching = rows;
  let asked = 0;
  document.getElementById("browser").hidden = false;

  const list = new List(async (row) => {
    try {
      history.replaceState(null, "", `#i${row.number}`);
    } catch { /* a page that is no file of its own has no address */ }
    const detail = await detailOf(data.starts, row.position);
    if (list.chosen === row) showDetails(details, row, detail);
  });

  data.operations.forEach(([wire], index) => byOperation.append(new Option(visible(wire), index)));
  data.calls.forEach(([name, dial], index) => byCall.append(new Option(visible(`${name || "no id"}  ${dial}`), index)));
  byCall.parentElement.hidden = !data.calls.length;
  inBodies.parentElement.hidden = !data.starts.length;

  const filter = async () => {
    const turn = (asked += 1);
    const text = query.value.trim().toLowerCase();
    const [operation, call] = [byOperation.value, byCall.value];
    let inside = null;
    if (text && inBodies.checked) {
      status.textContent = "Searching …";
      inside = await searchBodies(data.starts, text, () => turn === asked);
      if (turn !== asked) return;
    }
    matching = rows.filter(
      (row) =>
        (!operation || row.operationIndex === Number(operation)) &&
        (!call || row.callIndex === Number(call)) &&
        (!onlyErrors.checked || !row.ok || row.failedCall) &&
        (!text || row.searched.includes(text) || inside?.has(row.position)),
    );
    list.show(matching);
    const failed = matching.filter((row) => !row.ok).length;
    const of = matching.length < rows.length ? ` of ${rows.length.toLocaleString("en")}` : "";
    status.textContent = `${matching.length.toLocaleString("en")}${of} interactions${failed ? `, ${failed.toLocaleString("en")} went wrong` : ""}`;
  };
  const clear = () => {
    query.form.reset();
    filter();
  };
  query.form.addEventListener("submit", (event) => event.preventDefault());
  query.form.addEventListener("reset", () => setTimeout(filter));
  query.form.addEventListener("input", filter);

  const open = (row) => {
    if (!matching.includes(row)) {
      query.form.reset();
      matching = rows;
      filter();
    }
    list.chooseRow(row);
    section.scrollIntoView();
    list.focus();
  };
  const narrow = (field, value) => {
    query.form.reset();
    field.value = value;
    filter();
    section.scrollIntoView();
    list.focus();
  };
  document.addEventListener("click", ({ target }) => {
    const { call, operation, number } = target.closest("button")?.dataset ?? {};
    if (call !== undefined) narrow(byCall, call);
    else if (operation !== undefined) narrow(byOperation, operation);
    else if (number !== undefined) open(rows.find((row) => row.number === Number(number)));
  });
  startKeys(query, list, clear);
  startPlot(rows, open);
  startPrinting(() => matching);
  filter();
  const linked = /^#i(\d+)$/.exec(location.hash);
  const row = linked && rows.find((one) => one.number === Number(linked[1]));
  if (row) open(row);
}

function startKeys(query, list, clear) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      clear();
      query.blur();
      list.focus();
      return;
    }
    if (event.target.closest("input:not([type=checkbox], [type=radio]), select")) return;
    const act = {
      "/": () => query.focus(),
      j: () => list.move(1),
      k: () => list.move(-1),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
    if (event.key !== "/") list.focus();
  });
}

// A click opens the interaction that is nearest; moving over the plane names it.
function startPlot(rows, open) {
  const area = document.getElementById("plot");
  const hint = document.getElementById("plot-hint");
  const [end, low, high] = [area.dataset.end, area.dataset.low, area.dataset.high].map(Number);
  const nearest = (event) => {
    const box = area.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let best = null;
    let least = 20 ** 2;
    for (const row of rows) {
      const dx = (row.at / (end || 1)) * box.width - x;
      const power = Math.min(Math.max(Math.log10(row.took || 1e-9), low), high);
      const dy = (1 - (power - low) / (high - low)) * box.height - y;
      if (dx * dx + dy * dy < least) [best, least] = [row, dx * dx + dy * dy];
    }
    return best;
  };
  const idle = hint.textContent;
  area.addEventListener("pointermove", (event) => {
    const row = nearest(event);
    hint.textContent = row
      ? visible(`#${row.number} ${row.operation}, ${Math.round(row.took * 1000).toLocaleString("en")} ms at ${row.at.toFixed(3)} s, ${row.result}`)
      : idle;
  });
  area.addEventListener("pointerleave", () => { hint.textContent = idle; });
  area.addEventListener("click", (event) => {
    const row = nearest(event);
    if (row) open(row);
  });
}

// On paper there is no scrolling: what matches the filter is printed as a table, up to a limit that it states.
function startPrinting(matching) {
  const holder = document.getElementById("printed");
  addEventListener("beforeprint", () => {
    const rows = matching();
    const head = element("tr", "");
    const side = (column) => ([0, 1, 5, 6].includes(column) ? "num" : "");
    ["#", "at, s", "Operation", "Call", "Result", "ms", "Bytes"].forEach((name, column) => head.append(element("th", side(column), name)));
    const body = element("tbody", "");
    for (const row of rows.slice(0, PRINTED)) {
      const size = row.received < 0 ? "–" : row.received.toLocaleString("en");
      const cells = [`${row.number}`, row.at.toFixed(3), row.operation, row.call, row.result, `${Math.round(row.took * 1000)}`, size];
      body.append(element("tr", "", ...cells.map((text, column) => element("td", side(column), text))));
    }
    const table = element("table", "printed", element("thead", "", head), body);
    const left = rows.length - PRINTED;
    holder.replaceChildren(table);
    if (left > 0) holder.append(element("p", "sub", `and ${counted(left, "more interaction")}, which are not printed`));
  });
  addEventListener("afterprint", () => holder.replaceChildren());
}

document.addEventListener("DOMContentLoaded", start);
