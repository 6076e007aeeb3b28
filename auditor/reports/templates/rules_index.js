const box = document.getElementById("q");
box.addEventListener("input", () => {
  const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const group of document.querySelectorAll(".group")) {
    let any = false;
    for (const item of group.querySelectorAll("li")) {
      item.hidden = !words.every((word) => item.dataset.sought.includes(word));
      any = any || !item.hidden;
    }
    group.hidden = !any;
  }
});
