"use strict";
(() => {
  const rows = [...document.querySelector("table.list").tBodies[0].rows];
  const texts = rows.map(row => row.textContent.toLowerCase());
  const search = document.getElementById("q");
  search.addEventListener("input", () => {
    const words = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    rows.forEach((row, at) => { row.hidden = !words.every(word => texts[at].includes(word)); });
  });
})();
