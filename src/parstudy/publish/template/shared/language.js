const root = document.documentElement;
root.dataset.script = "yes";
// language: the address says it, else what was chosen last time
const known_languages = {{ languages | tojson }};
const titles = document.title.split(" · ");
let on_speak = () => {};
let on_choose = () => {};
const [first_word, ...other_words] = location.hash.slice(1).split("&");
const says_language = known_languages.includes(first_word);
const asked_state = new URLSearchParams((says_language ? other_words : [first_word, ...other_words]).join("&"));
const remembered = () => { try { return localStorage.getItem("parstudy-lang"); } catch { return null; } };
const asked_language = [first_word, remembered(), known_languages[0]].find(lang => known_languages.includes(lang));
function speak(lang) {
  root.lang = root.dataset.lang = lang;
  document.title = titles[known_languages.indexOf(lang)] || document.title;
  try { localStorage.setItem("parstudy-lang", lang); } catch { /* a browser may refuse */ }
  for (const option of document.querySelectorAll("option[data-{{ languages[0] }}]")) option.textContent = option.dataset[lang];
  for (const link of document.querySelectorAll(".ix-lang")) {
    if (link.lang === lang) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
  }
  on_speak();
}
for (const link of document.querySelectorAll(".ix-lang")) {
  link.addEventListener("click", event => {
    event.preventDefault();
    history.replaceState(null, "", "#" + link.lang);
    speak(link.lang);
    on_choose();
  });
}
// an address that is pasted or gone back to says another state
addEventListener("hashchange", () => { if (known_languages.includes(location.hash.slice(1).split("&")[0])) location.reload(); });
