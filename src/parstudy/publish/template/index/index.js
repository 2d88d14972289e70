
"use strict";
(() => {
  const root = document.documentElement;
  const rows = [...document.querySelectorAll("tr[data-kind]")];
  const box = document.querySelector(".ix-filters");
  const bare = text => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();
  root.dataset.script = "yes";

  // language: the address says it, else what was chosen last time
  const known = {{ languages | tojson }};
  const remembered = () => { try { return localStorage.getItem("parstudy-lang"); } catch { return null; } };
  const titles = document.title.split(" · ");
  function speak(lang) {
    root.lang = root.dataset.lang = lang;
    document.title = titles[known.indexOf(lang)] || document.title;
    try { localStorage.setItem("parstudy-lang", lang); } catch { /* a browser may refuse */ }
    for (const option of document.querySelectorAll("option[data-{{ languages[0] }}]")) option.textContent = option.dataset[lang];
    for (const link of document.querySelectorAll(".ix-lang")) {
      if (link.lang === lang) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
    }
    if (box) show();
  }
  for (const link of document.querySelectorAll(".ix-lang")) {
    link.addEventListener("click", event => {
      event.preventDefault();
      history.replaceState(null, "", "#" + link.lang);
      speak(link.lang);
    });
  }

  // filters
  const selects = [...document.querySelectorAll("select[data-filter]")];
  const query = document.getElementById("ix-q");
  const count = document.getElementById("ix-count");
  const none = document.getElementById("ix-none");
  const texts = new Map();
  function fill(select, options) {
    for (const [value, {{ languages | join(", ") }}] of options) {
      const option = document.createElement("option");
      option.value = value;
      {% for lang in languages %}
      option.dataset.{{ lang }} = {{ lang }};
      {% endfor %}
      select.append(option);
    }
    select.closest("label").hidden = options.length < 2;
  }
  function options(name) {
    const found = new Map();
    for (const row of rows) {
      const data = row.dataset;
      if (name === "kind") found.set(data.kind, [data.kind{% for lang in languages %}, data.kind{{ lang | capitalize }}{% endfor %}]);
      else if (name === "province" && data.province) found.set(data.province, [data.province{% for lang in languages %}, data.province{{ lang | capitalize }}{% endfor %}, data.provinceSort]);
      else if (name === "year" && data.year) found.set(data.year, [data.year{{ ", data.year" * (languages | length) }}]);
      else if (name === "language") for (const lang of data.languages.split(" ")) {
        const label = document.querySelector('.ix-lang[lang="' + lang + '"]').textContent;
        found.set(lang, [lang{{ ", label" * (languages | length) }}]);
      }
    }
    const all = [...found.values()];
    if (name === "province") all.sort((a, b) => (a[{{ languages | length + 1 }}] < b[{{ languages | length + 1 }}] ? -1 : a[{{ languages | length + 1 }}] > b[{{ languages | length + 1 }}] ? 1 : 0));
    if (name === "year") all.sort((a, b) => b[0] - a[0]);
    return all;
  }
  function fits(row) {
    for (const select of selects) {
      if (!select.value) continue;
      const name = select.dataset.filter;
      if (name === "language" ? !row.dataset.languages.split(" ").includes(select.value) : row.dataset[name] !== select.value) return false;
    }
    return bare(query.value).split(/\s+/).every(word => texts.get(row).includes(word));
  }
  function show() {
    let found = 0;
    for (const row of rows) {
      row.hidden = !fits(row);
      if (!row.hidden) found += 1;
    }
    for (const group of document.querySelectorAll(".ix-group")) group.hidden = !group.querySelector("tr[data-kind]:not([hidden])");
    none.hidden = found > 0;
    count.value = count.dataset[root.lang].replace("{found}", found).replace("{n}", rows.length);
  }

  // sorting: a button in each head, so that the keyboard reaches it
  function sortBy(head) {
    const down = head.getAttribute("aria-sort") === "ascending";
    const body = head.closest("table").tBodies[0];
    for (const other of head.parentNode.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const value = row => ({
      title: row.dataset[{% for lang in languages[:-1] %}root.lang === "{{ lang }}" ? "title{{ lang | capitalize }}" : {% endfor %}"title{{ languages[-1] | capitalize }}"],
      province: row.dataset.provinceSort,
      index: row.dataset.index,
      year: row.dataset.year,
    })[head.dataset.sort];
    const sorted = [...body.rows].sort((a, b) => (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0));
    body.append(...(down ? sorted.reverse() : sorted));
  }
  for (const head of document.querySelectorAll("th[data-sort]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sortBy(head));
  }

  // on a phone the list comes first; the map is one touch away
  if (matchMedia("(max-width: 40rem)").matches) for (const map of document.querySelectorAll(".ix-maps")) map.open = false;

  if (box) {
    for (const row of rows) texts.set(row, bare(row.textContent));
    for (const select of selects) {
      fill(select, options(select.dataset.filter));
      select.addEventListener("change", show);
    }
    query.addEventListener("input", show);
    document.getElementById("ix-clear").addEventListener("click", () => {
      query.value = "";
      for (const select of selects) select.value = "";
      show();
      query.focus();
    });
    box.hidden = false;
  }
  const asked = location.hash.slice(1);
  const chosen = known.includes(asked) ? asked : remembered();
  speak(known.includes(chosen) ? chosen : "{{ languages[0] }}");
})();
