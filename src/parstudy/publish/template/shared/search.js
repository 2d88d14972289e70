// a word fits a text if it stands in it, written with or without marks and spaces, or nearly so
const bare = text => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();
const letters = text => bare(text).replace(/[^a-z0-9]+/g, "");
function distance(a, b, most) {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let before = null;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (before && i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) next[j] = Math.min(next[j], before[j - 2] + 1);
    }
    before = row;
    row = next;
  }
  return row[b.length];
}
const texts = new WeakMap();
function text_of(line) {
  if (!texts.has(line)) {
    const plain = bare(line.dataset.search + " " + line.textContent);
    const words = bare(line.dataset.search).split(/[^a-z0-9]+/).filter(Boolean);
    const pairs = words.flatMap((word, i) => [word, word + (words[i + 1] ?? ""), word + (words[i + 1] ?? "") + (words[i + 2] ?? "")]);
    texts.set(line, { plain, run: letters(plain), words: [...new Set(pairs)] });
  }
  return texts.get(line);
}
function search(query, lines) {
  const words = bare(query).split(/\s+/).filter(Boolean);
  if (!words.length) return new Set(lines);
  const run = letters(query);
  const exact = lines.filter(line => {
    const text = text_of(line);
    return words.every(word => text.plain.includes(word)) || (run && text.run.includes(run));
  });
  if (exact.length || run.length < 4) return new Set(exact);
  const most = run.length < 8 ? 1 : 2;
  return new Set(lines.filter(line => text_of(line).words.some(word => distance(run, word, most) <= most)));
}
