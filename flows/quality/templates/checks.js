// The filter of the checks: by outcome and by words. A link to a check shows and opens it, whatever the filter.
(() => {
  const bar = document.querySelector(".filter");
  if (!bar) return;
  const checks = [...document.querySelectorAll(".check")];
  const words = bar.querySelector("input");
  const shown = bar.querySelector("[data-shown]");
  let outcome = "all";
  const matches = {
    all: () => true,
    open: (check) => check.dataset.verdict !== "pass",
    found: (check) => check.dataset.failing !== "0",
  };
  const apply = () => {
    const asked = words.value.trim().toLowerCase();
    let count = 0;
    for (const check of checks) {
      const fits = matches[outcome](check) && check.dataset.words.toLowerCase().includes(asked);
      check.hidden = !fits;
      count += Number(fits);
    }
    for (const group of document.querySelectorAll(".dimension")) {
      group.hidden = !group.querySelector(".check:not([hidden])");
    }
    shown.textContent = String(count);
  };
  const choose = (wanted) => {
    outcome = wanted;
    for (const button of bar.querySelectorAll("[data-outcome]")) {
      button.setAttribute("aria-pressed", String(button.dataset.outcome === wanted));
    }
    apply();
  };
  for (const button of bar.querySelectorAll("[data-outcome]")) {
    button.addEventListener("click", () => choose(button.dataset.outcome));
  }
  words.addEventListener("input", apply);

  const go = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const check = target?.closest(".check");
    if (!check) return;
    if (check.hidden) { words.value = ""; choose("all"); }
    check.querySelector("details").open = true;
    check.scrollIntoView();
  };
  addEventListener("hashchange", go);
  choose(bar.dataset.first);
  go();
})();
