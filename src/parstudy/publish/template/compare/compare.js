"use strict";
(() => {
  {% include "language.js" %}
  {% include "search.js" %}
  const data = JSON.parse(document.getElementById("cp-data").textContent);
  const words = JSON.parse(document.getElementById("cp-words").textContent);
  const say = key => words[key][root.lang];
  const provinces = new Map(data.provinces.map(one => [one.id, one]));
  const name = id => provinces.get(id).names[root.lang];
  const query = document.getElementById("cp-q");
  const pick = document.getElementById("cp-index");
  const hits = document.getElementById("cp-hits");
  const chips = document.getElementById("cp-chosen");
  const result = document.getElementById("cp-result");
  const lines = data.provinces.map(one => ({ dataset: { search: one.search }, id: one.id }));
  const MOST = 8;
  let chosen = (asked_state.get("p") ?? "").split(",").filter(id => provinces.has(id)).slice(0, MOST);
  let area_year = asked_state.get("y");
  if (data.indices.some(one => one.code === asked_state.get("i"))) pick.value = asked_state.get("i");

  function make(tag, attributes = {}, ...inside) {
    const drawn = ["svg", "line", "polyline", "circle", "text", "g", "title"].includes(tag);
    const element = drawn ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...inside);
    return element;
  }
  const number = (value, decimals) => value.toLocaleString(root.lang, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  const standing = (id, year) => (data.standings[pick.value][id] ?? {})[year];
  const mark = { i: "†", c: "‡" };
  function cell(found, percent) {
    if (!found) return "–";
    const [score, decimals, low, high, n, flag] = found;
    const rank = low === null ? "" : (low === high ? String(low) : low + "–" + high) + (n ? "/" + n : "");
    const points = score === null ? "" : number(score, decimals) + (percent ? "%" : "");
    return [rank, points].filter(Boolean).join(" · ") + (mark[flag] ?? "");
  }

  // --- the ranks of the chosen provinces as lines --------------------------------------------
  const pen = document.createElement("canvas").getContext("2d");
  function widest(names) {
    pen.font = "600 13px " + getComputedStyle(document.body).fontFamily;
    return Math.ceil(Math.max(...names.map(one => pen.measureText(one).width)));
  }
  function path(index, years) {
    // as wide as there is room for, so that the letters keep their size
    const width = Math.max(320, Math.min(960, result.clientWidth)), narrow = width < 640;
    const height = 380, left = 30, right = widest(chosen.map(name)) + 20, top = 16, bottom = 34;
    const most = Math.max(2, ...chosen.flatMap(id => years.map(year => standing(id, year)?.[4] ?? 0)));
    const x = year => left + ((width - left - right) * (year - years[0])) / Math.max(1, years.at(-1) - years[0]);
    const y = rank => top + ((height - top - bottom) * (rank - 1)) / (most - 1);
    const svg = make("svg", { class: narrow ? "cp-path cp-narrow" : "cp-path", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": say("path") + ": " + chosen.map(name).join(", ") });
    for (const rank of [1, ...[10, 20, 30, 40, 50].filter(r => r < most), most]) svg.append(make("line", { class: "cp-grid", x1: left, x2: width - right, y1: y(rank), y2: y(rank) }), make("text", { x: left - 8, y: y(rank) + 4, "text-anchor": "end" }, String(rank)));
    for (const year of years.filter(year => !narrow || (years.at(-1) - year) % 3 === 0)) svg.append(make("text", { x: x(year), y: height - 10, "text-anchor": "middle" }, String(year)));
    for (const year of Object.keys(index.breaks).map(Number).filter(year => year > years[0] && year <= years.at(-1))) svg.append(make("line", { class: "cp-break", x1: (x(year) + x(year - 1)) / 2, x2: (x(year) + x(year - 1)) / 2, y1: top, y2: height - bottom }));
    const ends = [];
    chosen.forEach((id, i) => {
      const group = make("g", { class: "cp-c" + i });
      let before = null;
      for (const year of years) {
        const found = standing(id, year);
        if (!found || found[2] === null) continue;
        const [, , low, high] = found;
        if (low !== high) {
          group.append(make("line", { class: "cp-range", x1: x(year), x2: x(year), y1: y(low), y2: y(high) }));
          continue;
        }
        if (before && before[0] === year - 1 && !index.breaks[year]) group.append(make("line", { class: "cp-line", x1: x(before[0]), y1: y(before[1]), x2: x(year), y2: y(low) }));
        group.append(make("circle", { class: "cp-dot", cx: x(year), cy: y(low), r: 4 }, make("title", {}, name(id) + " " + year + ": " + low)));
        before = [year, low];
      }
      if (before) ends.push([y(before[1]), id, group, x(before[0])]);
      svg.append(group);
    });
    // names at the right, apart from one another
    ends.sort((a, b) => a[0] - b[0]);
    let lowest = 0;
    for (const [at, id, group, from] of ends) {
      lowest = Math.max(lowest + 17, at + 4);
      // a name that does not stand beside its last mark is led to it
      if (from < x(years.at(-1)) || lowest > at + 6) group.append(make("line", { class: "cp-lead", x1: from + 6, y1: at, x2: width - right + 9, y2: lowest - 4 }));
      group.append(make("text", { class: "cp-name", x: width - right + 12, y: lowest }, name(id)));
    }
    return svg;
  }

  function heads(first) {
    const row = make("tr", { role: "row" }, make("th", { scope: "col", role: "columnheader" }, first));
    chosen.forEach((id, i) => {
      const newest = (data.reports[root.lang][id] ?? []).at(-1);
      const inside = newest ? make("a", { href: root.lang + "/province_report/" + id + "-" + newest + ".html" }, name(id)) : name(id);
      row.append(make("th", { scope: "col", role: "columnheader", class: "ps-num" }, make("span", { class: "cp-key cp-c" + i }, inside)));
    });
    return make("thead", { role: "rowgroup" }, row);
  }
  function table(caption, head, rows) {
    // on a phone a row's name stands above its figures: the roles keep it a table there
    const body = make("tbody", { role: "rowgroup" });
    for (const [first, ...cells] of rows) body.append(make("tr", { role: "row" }, make("th", { scope: "row", role: "rowheader" }, first), ...cells.map(text => make("td", { class: "ps-num", role: "cell" }, text))));
    return make("div", { class: "ps-scroll" }, make("table", { role: "table", class: "cp-side", style: "--n:" + chosen.length }, make("caption", {}, caption), head, body));
  }
  function totals(index, years) {
    return table(say("totals") + ", " + index.short, heads(say("year")), [...years].reverse().map(year => [
      index.breaks[year] ? make("span", {}, year + " ", make("small", {}, index.breaks[year][known_languages.indexOf(root.lang)])) : String(year),
      ...chosen.map(id => cell(standing(id, year), index.percent)),
    ]));
  }
  function areas(index) {
    const scores = data.areas.scores[index.code] ?? {};
    const years = [...new Set(chosen.flatMap(id => Object.keys(scores[id] ?? {})))].sort();
    if (!years.length) return [make("p", { class: "cp-note" }, say("no_areas"))];
    const year = years.includes(area_year) ? area_year : years.at(-1);
    const select = make("select", { "aria-label": say("year") }, ...years.map(one => make("option", one === year ? { value: one, selected: "" } : { value: one }, one)));
    select.addEventListener("change", () => { area_year = select.value; show(); document.querySelector("#cp-result select")?.focus(); });
    const rows = Object.entries(data.areas.names[index.code][year]).map(([code, said]) => [
      code + " " + said[known_languages.indexOf(root.lang)],
      ...chosen.map(id => {
        const found = scores[id]?.[year]?.[code];
        return found ? number(found[0], 2) + (found[1] === null ? "" : " / " + found[1].toLocaleString(root.lang)) : "–";
      }),
    ]);
    return [make("p", {}, make("label", {}, say("year") + " ", select)), table(say("areas").replace("{year}", year), heads(say("area")), rows)];
  }

  function show() {
    const index = data.indices.find(one => one.code === pick.value);
    chips.setAttribute("aria-label", say("chosen"));
    chips.replaceChildren(...chosen.map((id, i) => {
      const button = make("button", { type: "button", class: "cp-c" + i, "aria-label": say("remove").replace("{province}", name(id)) }, name(id));
      button.addEventListener("click", () => { chosen = chosen.filter(one => one !== id); show(); query.focus(); });
      return make("li", {}, button);
    }));
    document.getElementById("cp-all").hidden = chosen.length > 0;
    if (chosen.length) {
      const years = index.years.filter(year => chosen.some(id => standing(id, year)));
      const notes = ["implied", "conflict"].filter(key => chosen.some(id => years.some(year => standing(id, year)?.[5] === key[0])));
      result.replaceChildren(
        make("h2", {}, say("path") + ", " + index.short),
        ...(years.length ? [path(index, years), make("p", { class: "cp-note" }, say("path_note")), totals(index, years)] : [make("p", {}, say("missing"))]),
        ...notes.map(key => make("p", { class: "cp-note" }, say(key))),
        ...areas(index));
    } else result.replaceChildren(make("p", {}, say("nothing")));
    const state = new URLSearchParams();
    if (chosen.length) state.set("p", chosen.join(","));
    state.set("i", pick.value);
    if (area_year) state.set("y", area_year);
    history.replaceState(null, "", "#" + root.lang + "&" + state.toString().replaceAll("%2C", ","));
  }
  function offer() {
    const found = query.value.trim() ? [...search(query.value, lines)].filter(line => !chosen.includes(line.id)).slice(0, 12) : [];
    hits.hidden = !found.length;
    hits.replaceChildren(...found.map(line => {
      const button = make("button", { type: "button" }, name(line.id));
      button.addEventListener("click", () => add(line.id));
      return make("li", {}, button);
    }));
  }
  function add(id) {
    if (!chosen.includes(id)) chosen = [...chosen, id].slice(-MOST);
    query.value = "";
    offer();
    show();
    query.focus();
  }
  query.addEventListener("input", offer);
  query.addEventListener("keydown", event => { if (event.key === "Enter") hits.querySelector("button")?.click(); });
  pick.addEventListener("change", show);
  addEventListener("resize", () => { if (chosen.length) show(); });
  document.querySelector(".cp-tools").hidden = false;
  on_speak = show;
  on_choose = show;
  speak(asked_language);
})();
