"use strict";
// Takes tables and pictures along, folds the code, and keeps the way short for who has no mouse.
// Everything is read without it.
(() => {
  {% include "fold.js" %}
  const words = document.currentScript.dataset;
  const page = decodeURIComponent(location.pathname.split("/").pop() || "page").replace(/\.html$/, "");
  const shown = cell => {
    const copy = cell.cloneNode(true);
    for (const gone of copy.querySelectorAll(".ps-cite, .ps-missing")) gone.remove();
    // a source in brackets leaves none behind
    return copy.textContent.replace(/\s+/g, " ").replace(/ ?\( ?\)/g, "").trim();
  };
  // a cell that a spreadsheet would take for a formula is text
  const number = /^[-+−]?[\d.,\u00a0]+%?$/;
  const inert = text => (number.test(text) ? text.replace("−", "-") : /^[=+\-@\t\r]/.test(text) ? "'" + text : text);
  const separator = document.documentElement.lang === "vi" ? ";" : ",";
  const quoted = text => (/["\n;,]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text);
  const csv = table => "\ufeff" + [...table.rows].map(row => [...row.cells].map(cell => quoted(inert(shown(cell)))).join(separator)).join("\r\n") + "\r\n";
  function save(name, address) {
    const link = document.createElement("a");
    link.download = page + "-" + name;
    link.href = address;
    link.click();
  }
  function button_of(text, about, action) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "ps-take";
    button.textContent = text;
    button.title = about;
    button.addEventListener("click", action);
    return button;
  }
  function offer(after, text, about, action) {
    const button = button_of(text, about, action);
    button.setAttribute("aria-label", text + ": " + about);
    after.after(button);
  }
  const short = text => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 40).replace(/^-|-$/g, "");
  for (const table of document.querySelectorAll(".ps-body table")) {
    const caption = table.caption ? shown(table.caption) : "";
    const name = table.id || short(caption) || "table";
    offer(table.closest(".ps-scroll") ?? table, "CSV", (words.table ?? "") + " " + caption, () => {
      const address = URL.createObjectURL(new Blob([csv(table)], { type: "text/csv" }));
      save(name + ".csv", address);
      setTimeout(() => URL.revokeObjectURL(address), 1000);
    });
  }
  const told = figure => (words.picture ?? "") + " " + shown(figure.querySelector("figcaption") ?? figure).slice(0, 80);
  for (const picture of document.querySelectorAll(".ps-body figure img")) {
    const kind = /^data:image\/(svg|png|jpeg)/.exec(picture.src)?.[1];
    if (!kind) continue;
    const figure = picture.closest("figure");
    offer(figure.lastElementChild, kind.toUpperCase(), told(figure), () => save((figure.id || "picture") + "." + kind, picture.src));
  }
  // a drawing goes with its letters
  function alone(drawing) {
    const copy = drawing.cloneNode(true);
    const [, , width, height] = copy.getAttribute("viewBox").split(" ");
    for (const [name, value] of [["xmlns", "http://www.w3.org/2000/svg"], ["width", width * 4 / 3], ["height", height * 4 / 3]]) copy.setAttribute(name, value);
    const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
    style.textContent = document.getElementById("ps-font").textContent;
    copy.prepend(style);
    return "data:image/svg+xml;charset=utf-8," + encodeURIComponent(new XMLSerializer().serializeToString(copy));
  }
  for (const drawing of document.querySelectorAll(".ps-body .ps-drawn > svg")) {
    const figure = drawing.parentElement;
    offer(figure.lastElementChild, "PNG", told(figure), () => {
      const image = new Image();
      image.onload = () => {
        const canvas = document.createElement("canvas");
        // 300 dots an inch across a page of A4
        canvas.width = image.width * 4;
        canvas.height = image.height * 4;
        canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
        save(figure.id + ".png", canvas.toDataURL("image/png"));
      };
      image.src = alone(drawing);
    });
    offer(drawing.nextElementSibling ?? drawing, "SVG", told(figure), () => save(figure.id + ".svg", alone(drawing)));
  }
  // one button for all code: sections without it are shorter to read and to walk through
  const codes = [...document.querySelectorAll("details.ps-code")];
  const bar = document.querySelector(".ps-bar");
  if (bar && codes.length > 1) {
    const fold = folded => {
      document.documentElement.dataset.code = folded ? "folded" : "shown";
      button.setAttribute("aria-pressed", String(!folded));
      for (const code of codes) code.open = !folded;
    };
    const button = button_of(words.code, words.codes, () => fold(button.getAttribute("aria-pressed") === "true"));
    bar.append(button);
    fold(true);
  }
  // in a table and in a section's sources and buttons the tab key stops once; ← and → go along
  function along(stops) {
    if (stops.length < 2) return;
    const stop = chosen => { for (const one of stops) one.tabIndex = one === chosen ? 0 : -1; };
    stops.forEach((one, i) => {
      one.setAttribute("aria-describedby", "ps-along");
      one.addEventListener("focus", () => stop(one));
      one.addEventListener("keydown", event => {
        const next = stops[i + ({ ArrowLeft: -1, ArrowRight: 1 }[event.key] ?? stops.length)];
        if (!next || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        next.focus();
      });
    });
    stop(stops[0]);
  }
  const hint = document.createElement("p");
  hint.id = "ps-along";
  hint.textContent = words.along;
  document.querySelector(".ps-body").append(hint);
  const links = new Map();
  const buttons = new Map();
  let section = null;
  for (const one of document.querySelectorAll(".ps-body :is(h2, h3, a[href], .ps-take)")) {
    if (one.matches("h2, h3")) section = one;
    else if (!one.closest(".ps-sources, .ps-colophon")) {
      const groups = one.matches("a") ? links : buttons;
      const whole = groups === links ? one.closest("table") ?? (one.closest(".ps-cite") && section) : section;
      if (whole) groups.set(whole, [...(groups.get(whole) ?? []), one]);
    }
  }
  for (const stops of [...links.values(), ...buttons.values()]) along(stops);
  function reach() {
    fit_tables(document);
    for (const box of document.querySelectorAll(".ps-scroll, .ps-wide")) {
      box.dataset.label ??= box.getAttribute("aria-label") ?? "";
      if (box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1) {
        box.tabIndex = 0;
        if (box.dataset.label) { box.setAttribute("role", "region"); box.setAttribute("aria-label", box.dataset.label); }
      } else for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
    }
  }
  reach();
  addEventListener("resize", reach);
})();
