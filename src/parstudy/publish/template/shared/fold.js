  // On a phone what does not fit beside the first columns of a table goes below them, each cell
  // behind its heading. Without script such a table scrolls sideways.
  const phone = matchMedia("(max-width: 40rem)");
  const COMFORT = 112; // px for words that stand beside figures
  const overflows = box => box.scrollWidth > box.clientWidth + 1;
  function foldable(table) {
    const heads = table.tHead ? table.tHead.rows : [];
    const rows = [...table.tBodies].flatMap(body => [...body.rows]);
    return heads.length === 1 && rows.length > 0 && !table.querySelector("[colspan], [rowspan], table")
      && rows.every(row => row.cells.length === heads[0].cells.length);
  }
  function fold(table, room) {
    const heads = [...table.tHead.rows[0].cells];
    const rows = [...table.tBodies].flatMap(body => [...body.rows]);
    const name = Math.max(0, [...rows[0].cells].findIndex(cell => cell.tagName === "TH"));
    const long = heads.map((_, i) => Math.max(...rows.map(row => row.cells[i].textContent.trim().length)));
    const wordy = heads.map((_, i) => i !== name && rows.some(row => row.cells[i].matches(".ps-prose, .ps-text")));
    const words = heads.map((_, i) => i === name || !rows.some(row => row.cells[i].matches(".ps-num, .ps-center")));
    const widths = heads.map((head, i) => Math.max(Math.ceil(head.offsetWidth) + 1, words[i] ? Math.min(7.6 * long[i] + 14, COMFORT) : 0));
    let beside = 0, taken = 0;
    while (beside < heads.length && !wordy[beside] && beside < 6 && taken + widths[beside] <= room) taken += widths[beside++];
    // the name of a row heads it by itself where little stands beside it
    const cards = beside < name + 2;
    if (cards) beside = name + 1;
    table.classList.toggle("ps-cards", cards);
    table.classList.add("ps-folded");
    if (!cards) widths[name] += room - taken - 1; // no room is left for what goes below
    for (let i = 0; i < 6; i++) table.style.setProperty("--c" + (i + 1), i >= beside ? "" : cards ? (i === name ? "1 1 70%" : "0 0 auto") : "0 0 " + widths[i] + "px");
    const below = i => i >= beside || (cards && wordy[i]);
    // another display must not take the meaning of rows and cells away
    const roles = [[[table], "table"], [[table.tHead, ...table.tBodies], "rowgroup"], [table.rows, "row"], [heads, "columnheader"]];
    for (const [elements, role] of roles) for (const one of elements) one.setAttribute("role", role);
    heads.forEach((head, i) => head.classList.toggle("ps-below", below(i)));
    for (const row of rows) for (const [i, cell] of [...row.cells].entries()) {
      cell.setAttribute("role", cell.tagName === "TH" ? "rowheader" : "cell");
      cell.classList.toggle("ps-below", below(i));
      if (below(i)) cell.dataset.label = heads[i].textContent.trim();
    }
  }
  function fit_tables(within) {
    for (const box of within.querySelectorAll(".ps-scroll")) {
      const table = box.querySelector(":scope > table");
      if (!table) continue;
      table.classList.remove("ps-tight", "ps-folded", "ps-cards");
      for (const cell of table.querySelectorAll(".ps-below")) cell.classList.remove("ps-below");
      if (!phone.matches || !overflows(box)) continue;
      table.classList.add("ps-tight");
      if (overflows(box) && foldable(table)) fold(table, box.clientWidth);
    }
  }
