"use strict";
(() => {
  const all = (what, within = document) => [...within.querySelectorAll(what)];
  const made = name => document.getElementById(name).content.firstElementChild.cloneNode(true);
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const articles = all("article");
  // In the page of `auditor serve` the report is a frame without an origin: that page keeps what is decided.
  const door = parent === window ? null : parent;
  const tell = message => { if (door) door.postMessage(message, "*"); };

  // A link may lead into something folded or filtered out: it is opened and shown before the reader gets there.
  function arrive() {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let up = target; up; up = up.parentElement) {
      if (up.tagName === "DETAILS") up.open = true;
      if (up.hidden) up.hidden = false;
    }
    if (!target.hasAttribute("tabindex") && !target.matches("a,summary")) target.tabIndex = -1;
    target.focus({preventScroll: true});
    target.scrollIntoView({block: target.tagName === "ARTICLE" ? "start" : "center", inline: "center"});
  }
  addEventListener("hashchange", arrive);
  document.addEventListener("click", event => {
    const link = event.target.closest && event.target.closest("a[href^='#']");
    if (link && link.hash === location.hash) arrive();
  });

  // In a narrow window the framed figure is what is seen first of a picture.
  for (const box of all(".spot .scroll")) {
    const frame = box.querySelector("i.suspect") || box.querySelector("i");
    if (frame) box.scrollLeft = frame.offsetLeft - (box.clientWidth - frame.offsetWidth) / 2;
  }

  if (articles.length) deal();
  mapped();
  arrive();
  if (door) framed();

  function framed() {
    addEventListener("message", event => {
      if (event.source !== door || !event.data) return;
      if (event.data.auditor === "print") print();
      if (event.data.auditor === "print-changes") printChanges();
    });
    addEventListener("keydown", event => {
      if ((event.ctrlKey || event.metaKey) && event.key === "p") { event.preventDefault(); print(); }
    });
    // A file that is dragged over the frame is for the page around it.
    addEventListener("dragenter", event => { event.preventDefault(); tell({auditor: "carries"}); });
    addEventListener("dragover", event => event.preventDefault());
    addEventListener("drop", event => {
      event.preventDefault();
      tell({auditor: "dropped", files: [...event.dataTransfer.files]});
    });
    // The page around it says whose report it is; what is to be changed comes first, the counts behind it.
    const changes = document.getElementById("changes");
    document.documentElement.classList.add("framed");
    for (const part of all(".ledger, .split, header > .note").reverse()) changes.after(part);
    tell({auditor: "ready"});
  }

  function printChanges() {
    document.documentElement.classList.add("only-changes");
    print();
    document.documentElement.classList.remove("only-changes");
  }

  function deal() {
    const form = made("t-tools"), status = form.querySelector("[role=status]");
    const store = "auditor:" + document.title;
    let kept = {};
    try { kept = JSON.parse(localStorage.getItem(store) || "{}"); } catch { kept = {}; }
    document.getElementById("tools").append(form);

    for (const article of articles) {
      const box = made("t-review"), own = kept[article.dataset.id] || {
        state: article.dataset.state || "", remark: article.dataset.reason || "",
        who: article.dataset.who || "", until: article.dataset.until || ""};
      for (const name of ["state", "remark", "who", "until"]) field(box, name).value = own[name] || "";
      const show = () => all(".waive", box).forEach(part => { part.hidden = field(box, "state").value !== "waived"; });
      box.addEventListener("input", () => {
        show();
        keep();
        tell({auditor: "decided", finding: article.dataset.id, decision: said(article)});
      });
      box.show = show;
      show();
      article.querySelector(".review").append(box);
    }

    addEventListener("message", event => {
      if (!door || event.source !== door || !event.data || event.data.auditor !== "decisions") return;
      for (const article of articles) {
        const own = event.data.decisions[article.dataset.id], box = article.querySelector(".deal");
        for (const name of ["state", "remark", "who", "until"]) field(box, name).disabled = Boolean(event.data.locked);
        if (!own) continue;
        for (const name of ["state", "remark", "who", "until"]) field(box, name).value = own[name] || "";
        box.show();
      }
      filter();
    });

    function field(box, name) { return box.querySelector(`[name=${name}]`); }
    function said(article) {
      const box = article.querySelector(".deal");
      return Object.fromEntries(["state", "remark", "who", "until"].map(name => [name, field(box, name).value.trim()]));
    }
    function keep() {
      const now = {};
      for (const article of articles) {
        const own = said(article);
        if (own.state || own.remark) now[article.dataset.id] = own;
      }
      try { localStorage.setItem(store, JSON.stringify(now)); } catch { /* a browser that keeps nothing: exporting still works */ }
    }

    function filter() {
      const words = form.elements.q.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
      const severities = all("[name=severity]:checked", form).map(box => box.value);
      const since = form.elements.since ? form.elements.since.value : "", state = form.elements.state.value;
      const shown = new Set();
      for (const article of articles) {
        const text = article.textContent.toLowerCase(), mine = said(article).state || "none";
        const good = severities.includes(article.dataset.severity) && (!since || article.dataset.since === since)
          && (!state || state === mine) && words.every(word => text.includes(word));
        article.hidden = !good;
        if (good) shown.add(article.dataset.id);
      }
      for (const row of all("tr[data-f]")) row.hidden = !shown.has(row.dataset.f);
      status.textContent = filled(status.dataset.shown, {shown: shown.size, all: articles.length});
    }
    form.addEventListener("input", filter);
    form.addEventListener("submit", event => event.preventDefault());
    form.elements.clear.addEventListener("click", () => { form.reset(); filter(); });
    form.elements.print.addEventListener("click", printChanges);
    form.elements.export.addEventListener("click", () => {
      const entries = articles.map(article => [article, said(article)]).filter(([, own]) => own.state);
      if (!entries.length) { status.textContent = status.dataset.nothing; return; }
      for (const [article, own] of entries) {
        const missing = own.state === "waived" && ["remark", "who", "until"].find(name => !own[name]);
        if (missing) {
          status.textContent = filled(status.dataset.missing, {number: article.dataset.number});
          article.hidden = false;
          field(article, missing).focus();
          return;
        }
      }
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([entries.map(entry => written(...entry)).join("")], {type: "text/yaml"}));
      link.download = "waivers.yaml";
      link.click();
      status.textContent = filled(status.dataset.exported, {count: entries.length});
    });
    filter();

    // One entry of waivers.yaml; every text in double quotes, in which JSON and YAML agree.
    function written(article, own) {
      const state = all("option", field(article, "state")).find(option => option.value === own.state).dataset.yaml;
      const lines = {finding: article.dataset.id, entity: document.body.dataset.entity, year: document.body.dataset.year,
        state, reason: own.state === "waived" ? own.remark : "", remark: own.state === "waived" ? "" : own.remark,
        who: own.who, until: own.until};
      return Object.entries(lines).filter(([, text]) => text).map(([name, text], at) =>
        `${at ? "  " : "- "}${name}: ${quoted(text)}\n`).join("");
    }
    function quoted(text) {
      return JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
        mark => "\\u" + mark.charCodeAt(0).toString(16).padStart(4, "0"));
    }
  }

  function mapped() {
    const place = document.getElementById("map-tools");
    if (!document.querySelector(".map td.n, .map .num")) return;
    place.append(made("t-map"));
    const select = place.querySelector("select"), status = place.querySelector("[role=status]");
    select.addEventListener("input", () => {
      const mark = select.value;
      let count = 0;
      for (const part of all(".map details.table, .map details.prose")) {
        let found = 0;
        for (const row of all("tr, p:not(.note):not(.more)", part)) {
          const figures = row.querySelectorAll("td.n, .num").length;
          const hit = mark ? row.querySelectorAll("td." + mark + ", .num." + mark).length : figures;
          row.hidden = Boolean(mark && figures && !hit);
          found += hit;
        }
        part.hidden = Boolean(mark && !found);
        if (mark && found) part.open = true;
        count += found;
      }
      status.textContent = mark ? filled(status.dataset.shown, {count}) : "";
    });
  }
})();
