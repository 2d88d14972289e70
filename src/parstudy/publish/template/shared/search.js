// a word fits a text if it stands in it, written with or without marks and spaces, or nearly so
const bare = text => (/^[\x20-\x7e]*$/.test(text) ? text : text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d")).toLowerCase();
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
const texts = new Map();
function text_of(line) {
  let text = texts.get(line);
  if (!text) {
    const plain = bare(line.dataset.search + " " + (line.dataset.said ?? ""));
    texts.set(line, text = { plain, run: letters(plain) });
  }
  return text;
}
// names by which a line may be meant: each word, and with the one or two that follow it
function names_of(line) {
  const text = text_of(line);
  if (!text.names) {
    const words = bare(line.dataset.search).split(/[^a-z0-9]+/).filter(Boolean);
    text.names = words.flatMap((word, i) => [word, word + (words[i + 1] ?? ""), word + (words[i + 1] ?? "") + (words[i + 2] ?? "")]);
  }
  return text.names;
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
  const far = new Map(); // many lines have their names in common
  const near = name => {
    if (!far.has(name)) far.set(name, distance(run, name, most));
    return far.get(name) <= most;
  };
  return new Set(lines.filter(line => names_of(line).some(near)));
}
