// What every page has: the choice of language and of colours, kept for the next page where the browser keeps things.
"use strict";
(() => {
  const root = document.documentElement;
  const kept = (name) => {
    try { return localStorage.getItem(`klangkhao.${name}`); } catch { return null; } // storage is switched off
  };
  const keep = (name, value) => {
    try { localStorage.setItem(`klangkhao.${name}`, value); } catch { return; } // then it holds for this page
  };
  const title = document.querySelector("title");
  const titles = { en: title.textContent, th: title.dataset.th };

  const speak = (language) => {
    root.lang = language;
    document.title = titles[language];
    for (const button of document.querySelectorAll("[data-set-lang]")) {
      button.setAttribute("aria-pressed", String(button.dataset.setLang === language));
    }
  };
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
  const toggle = document.querySelector("[data-toggle-theme]");
  const colour = (theme) => {
    if (theme === "dark" || theme === "light") root.dataset.theme = theme;
    toggle.setAttribute("aria-pressed", String(isDark()));
  };

  for (const button of document.querySelectorAll("[data-set-lang]")) {
    button.addEventListener("click", () => { speak(button.dataset.setLang); keep("language", button.dataset.setLang); });
  }
  toggle.addEventListener("click", () => { colour(isDark() ? "light" : "dark"); keep("theme", root.dataset.theme); });
  dark.addEventListener("change", () => colour(null));

  const language = kept("language") ?? navigator.language.slice(0, 2);
  speak(language === "th" ? "th" : "en");
  colour(kept("theme"));
  for (const part of document.querySelectorAll("[data-needs-script]")) part.hidden = false;
})();
