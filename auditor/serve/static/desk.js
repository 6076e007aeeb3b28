"use strict";
(() => {
  const $ = id => document.getElementById(id);
  const said = JSON.parse(document.body.dataset.said);
  const mark = document.querySelector("meta[name=auditor-mark]").content;
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const UPLOADS = 3, WAIT = 700, REFRESH = 2500;

  function tell(text, wrong = false) {
    $("told").textContent = text;
    $("told").classList.toggle("wrong", wrong);
  }

  async function ask(path, method = "GET", body = undefined, more = {}) {
    let answer;
    try {
      answer = await fetch(path, {method, body, headers: {"x-auditor": mark}, ...more});
    } catch {
      throw new Error(said.gone);
    }
    const data = (answer.headers.get("content-type") || "").startsWith("application/json") ? await answer.json() : {};
    if (!answer.ok) throw Object.assign(new Error(data.why || said.refused), {status: answer.status});
    return data;
  }
  const post = (path, data) => ask(path, "POST", JSON.stringify(data || {}));

  // -- files: dropped or picked, with the folders that they come from ---------------------------------------------

  async function inside(entry, found, folder) {
    if (entry.isFile) {
      const file = await new Promise((done, fail) => entry.file(done, fail)).catch(() => null);
      if (file) found.push({file, label: entry.fullPath.replace(/^\//, ""), folder});
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((done, fail) => reader.readEntries(done, fail)).catch(() => []);
      if (!some.length) return;
      for (const one of some) await inside(one, found, true);
    }
  }

  async function dropped(transfer) {
    const entries = [...transfer.items].filter(item => item.kind === "file")
      .map(item => item.webkitGetAsEntry ? item.webkitGetAsEntry() : null);
    const plain = [...transfer.files], found = [];
    if (entries.length && entries.every(Boolean)) for (const entry of entries) await inside(entry, found, false);
    else for (const file of plain) found.push({file, label: file.name, folder: false});
    return found;
  }

  // -- one drop: announced, sent, watched ------------------------------------------------------------------------------

  let busy = false;

  async function send(found) {
    if (busy) { tell(said.busy, true); return; }
    if (!found.length) { tell(said.nothing, true); return; }
    busy = true;
    if ($("again")) $("again").open = true;
    try {
      const drop = await post("/drops", {files: found.map(one => [one.label, one.folder]), keep: $("keep").checked});
      const files = drop.taken.map(number => found[number].file);
      if (!files.length) { tell(said.nothing, true); return; }
      remember(drop);
      lines(drop.labels);
      let next = 0, sent = 0;
      const one = async () => {
        while (next < files.length) {
          const number = next++;
          await ask(`/drops/${drop.id}/files/${number}`, "PUT", files[number]).catch(error => {
            if (!error.status) throw error;
            show(number, {state: "failed", why: [error.message], filings: []});
          });
          stage(fill(said.sending, {done: ++sent, all: files.length}), sent, files.length);
        }
      };
      await Promise.all(Array.from({length: UPLOADS}, one));
      await post(`/drops/${drop.id}/start`);
      await watch(drop);
    } catch (error) {
      tell(error.message, true);
    } finally {
      busy = false;
    }
  }

  function remember(drop) {
    try { sessionStorage.setItem("drop", JSON.stringify(drop)); } catch { /* then a reload shows no progress */ }
  }

  function lines(labels) {
    $("progress").hidden = false;
    $("stop").hidden = false;
    $("files").replaceChildren(...labels.map(label => {
      const line = document.createElement("li"), name = document.createElement("span");
      const state = document.createElement("span");
      name.textContent = label;
      state.className = "state";
      state.textContent = said.waiting;
      line.append(name, state);
      return line;
    }));
  }

  function show(number, file) {
    const line = $("files").children[number], key = JSON.stringify(file);
    if (line.dataset.shown === key) return;
    line.dataset.shown = key;
    line.className = file.state;
    line.querySelector(".state").textContent = said[file.state];
    line.querySelectorAll(".why,a").forEach(part => part.remove());
    if (file.filings.length) {
      const name = line.firstElementChild, link = document.createElement("a");
      link.href = `/filing/${file.filings[0]}`;
      link.textContent = name.textContent;
      name.replaceChildren(link);
    }
    for (const text of file.why) {
      const why = document.createElement("span");
      why.className = "why";
      why.textContent = text;
      line.append(why);
    }
  }

  function stage(text, done, all) {
    if ($("stage").textContent !== text) $("stage").textContent = text;
    $("bar").max = all || 1;
    if (all) $("bar").value = done; else $("bar").removeAttribute("value");
  }

  async function watch(drop) {
    $("stop").onclick = () => post(`/drops/${drop.id}/stop`).catch(error => tell(error.message, true));
    let refreshed = 0, known = -1;
    for (;;) {
      const now = await ask(`/drops/${drop.id}`);
      now.files.forEach((file, number) => show(number, file));
      const read = now.files.filter(file => !["waiting", "there"].includes(file.state)).length;
      const audited = new Set(now.files.flatMap(file => file.filings));
      if (now.over) stage(now.summary, 1, 1);
      else if (now.stage === "audit") stage(fill(said.auditing, {done: audited.size, all: now.total}), audited.size, now.total);
      else if (now.pages) stage(fill(said.recognising, {done: now.pages[0], all: now.pages[1]}), now.pages[0], now.pages[1]);
      else if (now.stage === "read") stage(fill(said.reading, {done: read, all: now.files.length}), read, now.files.length);
      else stage(said.queue, 0, 0);
      if (audited.size !== known && (now.over || Date.now() - refreshed > REFRESH)) {
        [known, refreshed] = [audited.size, Date.now()];
        await refresh();
      }
      if (now.over) {
        $("stop").hidden = true;
        try { sessionStorage.removeItem("drop"); } catch { /* as above */ }
        const failed = now.files.some(file => file.why.length);
        if (audited.size === 1 && !failed) location.assign(`/filing/${[...audited][0]}`);
        return;
      }
      await new Promise(done => setTimeout(done, WAIT));
    }
  }

  async function refresh() {
    if (!$("filings")) return;
    const answer = await fetch(`/filings${location.search}`);
    if (!answer.ok) return;
    const made = new DOMParser().parseFromString(await answer.text(), "text/html");
    $("filings").replaceChildren(...made.body.childNodes);
  }

  // -- the window: drop anywhere, pick by keyboard -----------------------------------------------------------------------

  let depth = 0;
  const carries = event => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  const over = shown => { $("over").hidden = !shown; if (!shown) depth = 0; };
  const takes = Boolean($("take"));
  addEventListener("dragenter", event => { if (takes && carries(event)) { event.preventDefault(); depth++; over(true); } });
  addEventListener("dragleave", () => { if (--depth <= 0) over(false); });
  addEventListener("dragover", event => { if (carries(event)) event.preventDefault(); });
  addEventListener("drop", async event => {
    if (!carries(event)) return;
    event.preventDefault();
    over(false);
    if (takes) send(await dropped(event.dataTransfer));
  });

  function picked(id, folder) {
    if (!$(id)) return;
    $(id).addEventListener("change", () => {
      const found = [...$(id).files].map(file => ({file, label: folder ? file.webkitRelativePath : file.name, folder}));
      $(id).value = "";
      send(found);
    });
  }
  picked("pick-files", false);
  picked("pick-folder", true);

  document.addEventListener("click", async event => {
    const button = event.target.closest && event.target.closest("button[data-ask]");
    if (!button || !confirm(button.dataset.ask)) return;
    try {
      if (button.id === "end") {
        await post("/end");
        document.body.replaceChildren(Object.assign(document.createElement("p"), {textContent: said.ended, className: "ended"}));
        return;
      }
      await post(button.id === "delete-all" ? "/delete" : `/filing/${button.dataset.filing}/delete`);
      if (button.id === "delete-all" || !$("filings")) { location.assign("/"); return; }
      await refresh();
      tell(said.deleted);
    } catch (error) {
      tell(error.message, true);
    }
  });

  // -- what is decided: kept a moment after the last key, or when the page is left ----------------------------------------

  const waiting = new Map();
  async function keep(path) {
    const {decision, timer} = waiting.get(path);
    clearTimeout(timer);
    waiting.delete(path);
    try {
      await ask(path, "PUT", JSON.stringify(decision), {keepalive: true});
      tell(said.kept);
    } catch (error) {
      tell(error.message, true);
    }
  }
  function decide(path, decision) {
    if (waiting.has(path)) clearTimeout(waiting.get(path).timer);
    waiting.set(path, {decision, timer: setTimeout(() => keep(path), 250)});
  }
  addEventListener("pagehide", () => { for (const path of [...waiting.keys()]) keep(path); });
  document.addEventListener("input", event => {
    const box = event.target.closest && event.target.closest("[data-decide]");
    if (box) decide(box.dataset.decide, Object.fromEntries([...box.querySelectorAll("select,input")].map(one => [one.name, one.value])));
  });

  // -- a report in its frame: it is of no origin, and says what was decided by messages ------------------------------------

  const frame = $("report");
  if (frame) {
    const to = message => frame.contentWindow.postMessage(message, "*");
    const at = frame.dataset.decisions, locked = Boolean(frame.dataset.locked);
    addEventListener("message", async event => {
      if (event.source !== frame.contentWindow || !event.data) return;
      if (event.data.auditor === "ready") {
        try { to({auditor: "decisions", decisions: await ask(at), locked}); } catch (error) { tell(error.message, true); }
      } else if (event.data.auditor === "decided" && /^[0-9a-f-]{1,24}$/.test(event.data.finding)) {
        if (!locked) decide(`${at}/${event.data.finding}`, event.data.decision);
      } else if (event.data.auditor === "carries" && takes) {
        over(true);
      } else if (event.data.auditor === "dropped" && takes) {
        over(false);
        send([...event.data.files].filter(file => file instanceof File).map(file => ({file, label: file.name, folder: false})));
      }
    });
    $("print").addEventListener("click", () => to({auditor: "print-changes"}));
    $("print-all").addEventListener("click", () => to({auditor: "print"}));
    addEventListener("keydown", event => {
      if ((event.ctrlKey || event.metaKey) && event.key === "p") { event.preventDefault(); to({auditor: "print"}); }
    });
  }

  // -- the rule author: what is typed is tried a moment later, one trial at a time ---------------------------------------------

  if ($("rule-text")) {
    let timer = 0, trying = false, again = false;
    const list = (id, lines) => $(id).replaceChildren(...lines.map(([kind, text]) => {
      const line = document.createElement("li");
      line.className = kind;
      line.textContent = text;
      return line;
    }));
    const trial = text => post("/rules/try", {text, filing: $("rule-filing").value});
    const attempt = async () => {
      if (trying) { again = true; return; }
      if (!$("rule-text").value.trim()) return;
      trying = true;
      again = false;
      $("rule-save").disabled = true;
      $("rule-state").textContent = said.trying;
      try {
        const tried = await trial($("rule-text").value);
        list("rule-remarks", tried.remarks.map(([kind, at, text]) => [kind, `${at} ${text}`]));
        list("rule-examples", tried.examples.map(text => ["", text]));
        list("rule-checks", tried.checks.map(text => ["", text]));
        $("rule-state").textContent = tried.good ? fill(said.good, {checks: tried.checks.length}) : said.bad;
        $("rule-save").disabled = !tried.good || again;
      } catch (error) {
        $("rule-state").textContent = error.message;
      } finally {
        trying = false;
        if (again) attempt();
      }
    };
    const soon = () => { $("rule-save").disabled = true; clearTimeout(timer); timer = setTimeout(attempt, 1000); };
    $("rule-text").addEventListener("input", soon);
    $("rule-filing").addEventListener("input", soon);
    const into = text => { $("rule-text").value = text; attempt(); };
    const at = () => `/rules/file/${encodeURIComponent($("rule-name").value)}`;
    const click = (id, action) => $(id).addEventListener("click", () => action().catch(error => tell(error.message, true)));
    click("rule-start", async () => { $("rule-state").textContent = said.trying; into((await trial("")).start); });
    click("rule-open", async () => into((await ask(at())).text));
    click("rule-save", async () => {
      await ask(at(), "PUT", JSON.stringify({text: $("rule-text").value, filing: ""}));
      tell(said.kept);
    });
    click("rule-delete", async () => {
      if (!confirm($("rule-delete").dataset.sure)) return;
      await post(`${at()}/delete`);
      location.reload();
    });
  }

  // A reload shows a drop that is still at work.
  if ($("progress")) {
    let drop = null;
    try { drop = JSON.parse(sessionStorage.getItem("drop")); } catch { /* none then */ }
    if (drop) {
      busy = true;
      lines(drop.labels);
      ask(`/drops/${drop.id}`).then(now => now.stage === "upload" ? post(`/drops/${drop.id}/stop`) : now).then(() => watch(drop))
        .catch(() => { $("progress").hidden = true; try { sessionStorage.removeItem("drop"); } catch { /* gone anyway */ } })
        .finally(() => { busy = false; });
    }
  }
})();
