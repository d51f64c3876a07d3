// What a desk scanned while the network was away: kept on this device, sent in its order when the network is back.
// A scan is kept under a key of its own, so that two tabs take nothing from each other: what its code says or whose
// button was pressed, and when. No name is kept. One that needs a look stays until somebody has looked.
"use strict";
const Kept = (() => {
  const box = document.getElementById("kept"), rows = box.querySelector("ul"), said = box.querySelector("[role=status]");
  const words = box.dataset, prefix = `ekkyo.scan.${words.event}.`;
  const told = new Map(); // by the scan's id: what came of it. It names people, so it is in memory alone
  let find = () => {}, sent = () => {}, sending = false, soon = 0, wait = 2000;

  let store = null;
  try { store = localStorage; } catch { /* the browser's settings forbid it: nothing is kept, and keep() says so */ }

  const read = (key) => { try { return JSON.parse(store.getItem(key)); } catch { return null; } };
  const all = () => Object.keys(store || {}).filter((key) => key.startsWith(prefix)).map(read).filter(Boolean)
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const drop = (id) => { store?.removeItem(prefix + id); told.delete(id); };
  const id = () => [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");

  const show = () => {
    const scans = all(), waiting = scans.filter((scan) => !told.has(scan.id));
    const focused = rows.contains(document.activeElement) && document.activeElement.closest("li").dataset.id;
    box.hidden = scans.length === 0;
    box.querySelector(".badge").textContent = scans.length;
    const says = waiting.length ? words.waiting.replace("{n}", waiting.length) : scans.length ? words.lookedAt.replace("{n}", scans.length) : "";
    if (said.textContent !== says) said.textContent = says;
    rows.replaceChildren(...scans.map((scan) => {
      const row = box.querySelector("template").content.cloneNode(true).firstElementChild, came = told.get(scan.id);
      const at = new Date(scan.at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: words.zone });
      const what = scan.code ? words.code.replace("{code}", scan.code.slice(-6).toUpperCase()) : words.pressed;
      const [looks, drops] = row.querySelectorAll("button");
      row.dataset.id = scan.id;
      row.querySelector("b").textContent = `${at} · ${what}`;
      row.querySelector("small").textContent = came ? came.text : words.later;
      row.classList.toggle("told", Boolean(came));
      looks.hidden = !came?.find;
      looks.addEventListener("click", () => find(came.find));
      drops.textContent = came ? words.done : words.drop;
      drops.addEventListener("click", () => { if (came || confirm(words.sure)) { drop(scan.id); show(); } });
      return row;
    }));
    if (focused) rows.querySelector(`li[data-id="${focused}"] button:last-child`)?.focus({ preventScroll: true });
  };

  // What came of a scan; null: the network or the portal is away.
  const tell = async (scan) => {
    const { id, ...fields } = scan;
    try {
      const got = await fetch(words.sendTo, { method: "POST", headers: { "x-part": "desk" }, signal: AbortSignal.timeout(20000), body: new URLSearchParams({ ...fields, scan: id }) });
      if (got.redirected || got.status === 401 || got.status === 403 || got.status === 404) { location.reload(); return null; } // the session is over, or the event is gone
      if (got.status >= 500 || got.status === 429) return null;
      return got.ok ? await got.json() : { state: "conflict", text: words.broken, find: "" };
    } catch { return null; }
  };
  const send = async () => {
    clearTimeout(soon);
    if (sending || document.hidden || !navigator.onLine) return;
    sending = true;
    let some = false;
    try {
      for (const scan of all().filter((one) => !told.has(one.id))) {
        const came = await tell(scan);
        if (came === null) {
          soon = setTimeout(send, wait);
          wait = Math.min(wait * 2, 30000);
          return;
        }
        wait = 2000;
        some = true;
        if (came.state === "done") drop(scan.id); else told.set(scan.id, came);
        show();
      }
    } finally {
      sending = false;
      if (some) sent();
    }
  };
  addEventListener("online", () => { wait = 2000; send(); });
  addEventListener("storage", show);
  document.addEventListener("visibilitychange", send);
  show();
  return {
    id, send, words,
    /** Keep a scan; whether that was possible. */
    keep: (scan) => {
      try { store.setItem(prefix + scan.id, JSON.stringify(scan)); } catch { return false; }
      show();
      clearTimeout(soon);
      soon = setTimeout(send, wait);
      return true;
    },
    /** find: shows somebody on the roster; sent: the roster has changed. */
    begin: (handlers) => { ({ find, sent } = handlers); send(); },
  };
})();
