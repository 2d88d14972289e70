"use strict";
(() => {
  {% include "language.js" %}
  {% include "search.js" %}
  const box = document.querySelector(".ix-filters");
  const known = JSON.parse(document.getElementById("ix-data")?.textContent || "{}");

  // --- what is listed: tables of lines, and what of them is seen ----------------------------
  const AT_ONCE = {{ at_once }};
  // a line of which only the text is there, until a reader sees it
  const maker = document.createElement("template");
  const made = html => { maker.innerHTML = html; return maker.content.firstElementChild; };
  const plain = { amp: "&", lt: "<", gt: ">", "#34": '"', "#39": "'" };
  function data_of(html) {
    const data = {};
    for (const [, name, said] of html.slice(0, html.indexOf(">")).matchAll(/ data-([\w-]+)="([^"]*)"/g)) {
      data[name.replace(/-(.)/g, (_, letter) => letter.toUpperCase())] = said.replace(/&(#?\w+);/g, (_, one) => plain[one]);
    }
    return data;
  }
  const later = html => ({ html, data: null, get dataset() { return this.data ??= data_of(html); } });
  const element_of = line => line.element ??= made(line.html);
  const tables = [...document.querySelectorAll(".ix-group")].map(group => ({
    group,
    body: group.querySelector("tbody"),
    rest: group.querySelector(".ix-rest"),
    whole: false,
    lines: [
      ...[...group.querySelectorAll("tbody tr")].map(element => ({ dataset: element.dataset, element })),
      ...(group.querySelector("noscript")?.textContent.match(/<tr [^]*?<\/tr>/g) ?? []).map(later),
    ],
  }));
  // reports within a line; the line of a report of no province is the report
  const within = new Map();
  for (const { lines } of tables) for (const line of lines) if (line.element?.dataset.row) within.set(line, [...line.element.querySelectorAll(".ix-entry")]);
  const all = tables.flatMap(table => table.lines);
  const n_entries = all.reduce((sum, line) => sum + (within.get(line)?.length ?? 1), 0);

  // --- filters, kept in the address ---------------------------------------------------------
  const selects = [...document.querySelectorAll("select[data-filter]")];
  const query = document.getElementById("ix-q");
  const count = document.getElementById("ix-count");
  const none = document.getElementById("ix-none");
  const filled = (text, found, n) => text.replace("{found}", found.toLocaleString(root.lang)).replace("{n}", n.toLocaleString(root.lang));
  function show() {
    const hits = search(query.value, all);
    const asked = selects.filter(select => select.value).map(select => [select.dataset.filter, select.value]);
    const fits = entry => asked.every(([name, value]) => {
      if (name === "language") return entry.dataset.languages.split(" ").includes(value);
      return (entry.dataset[name] ?? "") === value;
    });
    let found = 0;
    for (const table of tables) {
      const some = [];
      for (const line of table.lines) {
        const own = within.get(line);
        const hit = hits.has(line);
        const fitting = hit ? (own ?? [line]).filter(fits) : [];
        found += fitting.length;
        if (fitting.length) some.push(line);
        if (hit && own) {
          for (const entry of own) entry.hidden = !fitting.includes(entry);
          for (const kind of line.element.querySelectorAll(".ix-kind")) kind.hidden = !kind.querySelector(".ix-entry:not([hidden])");
        }
        if (!table.rest) line.element.hidden = !fitting.length;
      }
      table.group.hidden = !some.length;
      if (table.rest) {
        const seen = (table.whole ? some : some.slice(0, AT_ONCE)).map(element_of);
        const { rows } = table.body;
        if (seen.length !== rows.length || seen.some((row, i) => row !== rows[i])) table.body.replaceChildren(...seen);
        table.rest.hidden = seen.length === some.length;
        const button = table.rest.firstElementChild;
        button.textContent = filled(button.dataset[root.lang], 0, some.length);
      }
    }
    none.hidden = found > 0;
    count.value = filled(count.dataset[root.lang], found, n_entries);
  }
  for (const table of tables) table.rest?.firstElementChild.addEventListener("click", () => {
    const before = table.body.rows.length;
    table.whole = true;
    show();
    [...table.body.rows[before].querySelectorAll("a")].find(visible).focus();
  });
  function remember() {
    const state = new URLSearchParams();
    if (query.value) state.set("q", query.value);
    for (const select of selects) if (select.value) state.set(select.dataset.filter, select.value);
    const text = state.toString();
    history.replaceState(null, "", "#" + root.lang + (text ? "&" + text : ""));
  }
  function recall(state) {
    query.value = state.get("q") ?? "";
    for (const select of selects) {
      const value = state.get(select.dataset.filter) ?? "";
      select.value = [...select.options].some(option => option.value === value) ? value : "";
    }
  }
  const visible = link => link.getClientRects().length > 0;

  // --- sorting: a button in each head, so that the keyboard reaches it ------------------------
  function value({ dataset }, name) {
    if (name === "name") return dataset.sortName;
    const capital = word => word[0].toUpperCase() + word.slice(1);
    if (dataset.row) return Number(dataset["sort" + capital(name.toLowerCase())] ?? NaN);
    return dataset[name === "title" ? "title" + capital(root.lang) : name] ?? "";
  }
  function sortBy(head) {
    const down = head.getAttribute("aria-sort") === "ascending";
    const table = tables.find(one => one.group.contains(head));
    for (const other of head.parentNode.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const keys = new Map(table.lines.map(line => [line, value(line, head.dataset.sort)]));
    const order = (a, b) => (keys.get(a) < keys.get(b) ? -1 : keys.get(a) > keys.get(b) ? 1 : 0);
    const told = table.lines.filter(line => !Number.isNaN(keys.get(line)));
    told.sort(down ? (a, b) => order(b, a) : order);
    // what is not known stands last, whichever way the rest is sorted
    table.lines = [...told, ...table.lines.filter(line => Number.isNaN(keys.get(line)))];
    if (!table.rest) table.body.append(...table.lines.map(element_of));
    show();
  }
  for (const head of document.querySelectorAll("th[data-sort]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sortBy(head));
  }

  // --- the map: coloured by rank in the index and year that are chosen ------------------------
  const tools = document.querySelector(".ix-map-tools");
  const maps = [...document.querySelectorAll(".ix-map")];
  const report_of = new Map([...within.values()].flat().filter(entry => entry.dataset.kind === "province_report").map(entry => [entry.dataset.province + " " + entry.dataset.year, entry]));
  const fifth = (rank, n) => Math.min(5, 1 + Math.floor((5 * (rank - 1)) / n));
  function paint() {
    const index = known.indices.find(one => one.code === pick.value);
    const year = index.years[Number(slider.value)];
    const shown = document.getElementById("ix-map-year");
    shown.value = year;
    slider.setAttribute("aria-valuetext", year);
    for (const tile of document.querySelectorAll(".ix-map li")) {
      const [score, decimals, low, high, n] = (known.standings[index.code][tile.dataset.province] ?? {})[year] ?? [];
      const level = low && low === high && n ? fifth(low, n) : 0;
      tile.className = "ix-l" + level;
      const said = low ? (low === high ? low : low + "–" + high) : score == null ? "" : score.toLocaleString(root.lang, { minimumFractionDigits: decimals, maximumFractionDigits: decimals }) + (index.percent ? "%" : "");
      for (const link of tile.querySelectorAll("a, .ix-empty .t")) {
        link.querySelector(".ix-value")?.remove();
        if (said !== "") {
          const mark = document.createElement("small");
          mark.className = "ix-value";
          mark.textContent = said;
          link.append(mark);
        }
        const own = link.matches("a") && report_of.get(tile.dataset.province + " " + year)?.querySelector('.t[lang="' + link.lang + '"] a');
        if (link.matches("a")) {
          link.dataset.newest ??= link.getAttribute("href");
          link.setAttribute("href", own ? own.getAttribute("href") : link.dataset.newest);
        }
      }
    }
  }
  const pick = document.getElementById("ix-map-index");
  const slider = document.getElementById("ix-map-slider");
  function tune() {
    const index = known.indices.find(one => one.code === pick.value);
    const found = year => Object.values(known.standings[index.code]).filter(years => years[year] && years[year][2] && years[year][2] === years[year][3]).length;
    const best = index.years.reduce((a, b) => (found(b) >= found(a) ? b : a));
    slider.min = 0;
    slider.max = index.years.length - 1;
    slider.value = index.years.indexOf(best);
    paint();
  }
  if (tools && maps.length && known.indices?.length) {
    pick.addEventListener("change", tune);
    slider.addEventListener("input", paint);
    tools.hidden = false;
    tune();
  }
  // on a phone the list comes first; the map is one touch away
  if (matchMedia("(max-width: 40rem)").matches) for (const map of document.querySelectorAll(".ix-maps")) map.open = false;

  if (box) {
    // what is asked for anew begins with its first lines again
    const ask = () => { for (const table of tables) table.whole = false; show(); remember(); };
    for (const select of selects) select.addEventListener("change", ask);
    query.addEventListener("input", ask);
    query.addEventListener("keydown", event => {
      if (event.key !== "Enter") return;
      const first = [...document.querySelectorAll(".ix-list .ix-entry:not([hidden]) a")].find(visible);
      if (first) first.click();
    });
    document.getElementById("ix-clear").addEventListener("click", () => {
      recall(new URLSearchParams());
      ask();
      query.focus();
    });
    box.hidden = false;
    recall(asked_state);
    // before the first key is pressed
    (globalThis.requestIdleCallback ?? setTimeout)(() => all.forEach(text_of));
  }
  on_speak = () => { if (box) show(); if (tools && !tools.hidden) paint(); };
  on_choose = () => { if (box) remember(); };
  speak(asked_language);
})();
