"use strict";
(() => {
  {% include "language.js" %}
  {% include "search.js" %}
  const entries = [...document.querySelectorAll(".ix-entry")];
  const lines = [...document.querySelectorAll("tr[data-row], tr.ix-entry")];
  const box = document.querySelector(".ix-filters");
  const known = JSON.parse(document.getElementById("ix-data")?.textContent || "{}");

  // --- filters, kept in the address ---------------------------------------------------------
  const selects = [...document.querySelectorAll("select[data-filter]")];
  const query = document.getElementById("ix-q");
  const count = document.getElementById("ix-count");
  const none = document.getElementById("ix-none");
  const values = entry => ({ ...entry.dataset, language: entry.dataset.languages });
  function labels(entry, name) {
    const data = entry.dataset;
    if (name === "language") return data.languages.split(" ").map(lang => [lang, known_languages.map(() => document.querySelector('.ix-lang[lang="' + lang + '"]').textContent), lang]);
    if (!data[name]) return [];
    const said = known_languages.map(lang => data[name + lang[0].toUpperCase() + lang.slice(1)] ?? data[name]);
    return [[data[name], said, data[name + "Sort"] ?? data[name]]];
  }
  function fill(select) {
    const name = select.dataset.filter;
    const found = new Map();
    for (const entry of entries) for (const [value, said, key] of labels(entry, name)) found.set(value, [said, key]);
    const sorted = [...found].sort(([, [, a]], [, [, b]]) => (a < b ? -1 : a > b ? 1 : 0));
    if (name === "year") sorted.reverse();
    if (name === "kind") sorted.length = 0, sorted.push(...found);
    for (const [value, [said]] of sorted) {
      const option = document.createElement("option");
      option.value = value;
      known_languages.forEach((lang, i) => { option.dataset[lang] = said[i]; });
      select.append(option);
    }
    select.closest("label").hidden = found.size < 2;
  }
  const chosen = entry => selects.every(select => {
    if (!select.value) return true;
    const value = values(entry)[select.dataset.filter] ?? "";
    return select.dataset.filter === "language" ? value.split(" ").includes(select.value) : value === select.value;
  });
  function show() {
    const hits = search(query.value, lines);
    let found = 0;
    for (const line of lines) {
      const own = line.classList.contains("ix-entry") ? [line] : [...line.querySelectorAll(".ix-entry")];
      let some = false;
      for (const entry of own) {
        entry.hidden = !hits.has(line) || !chosen(entry);
        if (!entry.hidden) { found += 1; some = true; }
      }
      for (const kind of line.querySelectorAll(".ix-kind")) kind.hidden = !kind.querySelector(".ix-entry:not([hidden])");
      line.hidden = !some;
    }
    for (const group of document.querySelectorAll(".ix-group")) group.hidden = !group.querySelector("tbody tr:not([hidden])");
    none.hidden = found > 0;
    count.value = count.dataset[root.lang].replace("{found}", found).replace("{n}", entries.length);
  }
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
  function value(row, name) {
    if (row.dataset.kind) return { title: row.dataset["title" + root.lang[0].toUpperCase() + root.lang.slice(1)], index: row.dataset.index, year: row.dataset.year }[name] ?? "";
    if (name === "name") return row.dataset.sortName;
    return Number(row.getAttribute("data-sort-" + name.toLowerCase()) ?? 1e9);
  }
  function sortBy(head) {
    const down = head.getAttribute("aria-sort") === "ascending";
    const body = head.closest("table").tBodies[0];
    for (const other of head.parentNode.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = row => value(row, head.dataset.sort);
    const sorted = [...body.rows].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
    body.append(...(down ? sorted.reverse() : sorted));
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
        const own = link.matches("a") && document.querySelector('.ix-entry[data-kind="province_report"][data-province="' + tile.dataset.province + '"][data-year="' + year + '"] .t[lang="' + link.lang + '"] a');
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
    for (const select of selects) {
      fill(select);
      select.addEventListener("change", () => { show(); remember(); });
    }
    query.addEventListener("input", () => { show(); remember(); });
    query.addEventListener("keydown", event => {
      if (event.key !== "Enter") return;
      const first = [...document.querySelectorAll(".ix-list .ix-entry:not([hidden]) a")].find(visible);
      if (first) first.click();
    });
    document.getElementById("ix-clear").addEventListener("click", () => {
      recall(new URLSearchParams());
      show();
      remember();
      query.focus();
    });
    box.hidden = false;
    recall(asked_state);
  }
  on_speak = () => { if (box) show(); if (tools && !tools.hidden) paint(); };
  on_choose = () => { if (box) remember(); };
  speak(asked_language);
})();
