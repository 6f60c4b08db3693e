// The release page: a card with what is known of the mark under the pointer or the focus, the kinds that are marked,
// and the place that the address names (#char=START,END in code points, RFC 5147).
(() => {
  const text = document.querySelector(".text");
  const card = document.getElementById("card");
  let owner = null;
  let leaving = 0;

  const entry = (label, value) => {
    const term = document.createElement("dt");
    const detail = document.createElement("dd");
    term.append(...label);
    detail.append(...value);
    return [term, detail];
  };
  const copies = (element) => [...element.cloneNode(true).childNodes];
  const fill = (row) => {
    const list = document.createElement("dl");
    if (row instanceof HTMLTableRowElement) {
      const heads = row.closest("table").tHead.rows[0].cells;
      for (const cell of row.cells) {
        const skipped = cell.hasAttribute("data-not-in-card") || !cell.textContent.trim();
        if (!skipped) list.append(...entry(copies(heads[cell.cellIndex]), copies(cell)));
      }
    } else {
      list.append(...entry(copies(document.getElementById("places-name")), copies(row)));
    }
    card.replaceChildren(list);
  };
  const place = (mark) => {
    if (matchMedia("(max-width: 40rem)").matches) { card.style.left = card.style.top = ""; return; }
    const around = mark.getClientRects()[0];
    const width = card.offsetWidth;
    const height = card.offsetHeight;
    const left = Math.max(8, Math.min(around.left, innerWidth - width - 8));
    const below = around.bottom + 8;
    card.style.left = `${left}px`;
    card.style.top = `${below + height > innerHeight && around.top > height + 8 ? around.top - height - 8 : below}px`;
  };
  const show = (mark) => {
    clearTimeout(leaving);
    const row = document.getElementById(mark.dataset.row);
    if (!row || owner === mark) return;
    owner = mark;
    fill(row);
    card.className = `card ${mark.dataset.kind}`;
    card.hidden = false;
    place(mark);
  };
  const hide = () => { owner = null; card.hidden = true; };
  const later = () => { clearTimeout(leaving); leaving = setTimeout(hide, 200); };
  const marked = (event) => event.target.closest?.("[data-row]");

  text.addEventListener("pointerover", (event) => { const mark = marked(event); if (mark) show(mark); });
  text.addEventListener("pointerout", (event) => { if (marked(event)) later(); });
  text.addEventListener("focusin", (event) => { const mark = marked(event); if (mark) show(mark); });
  text.addEventListener("focusout", later);
  card.addEventListener("pointerenter", () => clearTimeout(leaving));
  card.addEventListener("pointerleave", later);
  addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  addEventListener("scroll", () => { if (owner) place(owner); }, { passive: true });

  for (const button of document.querySelectorAll("[data-mark]")) {
    button.addEventListener("click", () => {
      const on = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(on));
      text.classList.toggle(`no-${button.dataset.mark}`, !on);
      if (!on) hide();
    });
  }

  const pointAt = (paragraph, offset) => {
    const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
    let left = offset;
    let node = walker.nextNode();
    for (; node; node = walker.nextNode()) {
      const letters = [...node.data];
      if (left <= letters.length) return [node, letters.slice(0, left).join("").length];
      left -= letters.length;
    }
    return null;
  };
  const rangeOf = (start, end) => {
    const lines = [...text.querySelectorAll("[data-at]")];
    const lineOf = (at) => lines.findLast((line) => Number(line.dataset.at) <= at);
    const first = lineOf(start);
    const last = lineOf(Math.max(start, end - 1));
    if (!first || !last) return null;
    const from = pointAt(first, start - Number(first.dataset.at));
    const to = pointAt(last, end - Number(last.dataset.at));
    if (!from || !to) return null;
    const range = document.createRange();
    range.setStart(...from);
    range.setEnd(...to);
    return range;
  };
  const go = () => {
    const asked = /^#char=(\d+),(\d+)$/.exec(decodeURIComponent(location.hash));
    CSS.highlights?.delete("asked");
    if (!asked) return;
    const range = rangeOf(Number(asked[1]), Number(asked[2]));
    if (!range) return;
    CSS.highlights?.set("asked", new Highlight(range));
    range.startContainer.parentElement.scrollIntoView({ block: "center" });
    text.dataset.asked = range.toString();
  };
  addEventListener("hashchange", go);
  go();
})();
