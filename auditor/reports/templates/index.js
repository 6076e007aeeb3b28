"use strict";
(() => {
  const table = document.querySelector("table.list"), body = table.tBodies[0], rows = [...body.rows];
  const form = document.getElementById("t-tools").content.firstElementChild.cloneNode(true);
  const status = form.querySelector("[role=status]");
  document.getElementById("tools").append(form);
  const texts = rows.map(row => (row.textContent + " " + row.dataset.rules).toLowerCase());

  function filter() {
    const words = form.elements.q.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const year = form.elements.year.value, bad = form.elements.bad.checked;
    let shown = 0;
    rows.forEach((row, at) => {
      const good = words.every(word => texts[at].includes(word)) && (!year || row.cells[1].textContent === year)
        && (!bad || row.cells[2].textContent !== "0");
      row.hidden = !good;
      shown += good;
    });
    status.textContent = status.dataset.shown.replace("{shown}", shown).replace("{all}", rows.length);
  }
  form.addEventListener("input", filter);
  form.addEventListener("submit", event => event.preventDefault());
  filter();

  // Numbers sort, the largest first; once more gives the order of the page.
  for (const head of table.querySelectorAll("th[data-sort]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const again = head.getAttribute("aria-sort") === "descending";
      table.querySelectorAll("th[aria-sort]").forEach(other => other.removeAttribute("aria-sort"));
      if (!again) head.setAttribute("aria-sort", "descending");
      const at = head.cellIndex, worth = row => parseFloat(row.cells[at].textContent) || 0;
      body.append(...(again ? rows : [...rows].sort((a, b) => worth(b) - worth(a))));
    });
  }
})();
