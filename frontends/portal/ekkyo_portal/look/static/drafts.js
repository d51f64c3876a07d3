// What is typed into an anonymous survey is kept in this tab of the browser alone, until it is answered, until somebody
// signs out, or until the tab is closed. Without script nothing is kept.
"use strict";

(() => {
  let store;
  try { store = sessionStorage; store.getItem("ekkyo.draft."); } catch { return; } // forbidden by the browser's settings
  const name = (key) => `ekkyo.draft.${key}`;
  document.querySelectorAll("[data-drop-draft]").forEach((done) => store.removeItem(name(done.dataset.dropDraft)));
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const key = name(form.dataset.draft);
  const keep = () => {
    const typed = [...new FormData(form)].filter(([field, value]) => !["at", "do"].includes(field) && value !== "");
    try { store.setItem(key, JSON.stringify(typed)); } catch { /* no room: nothing is kept */ }
  };
  const restore = (typed) => {
    const left = new Map();
    typed.forEach(([field, value]) => left.set(field, [...(left.get(field) ?? []), value]));
    for (const field of form.elements) {
      if (!left.has(field.name) || field.type === "hidden") continue;
      const values = left.get(field.name);
      if (["radio", "checkbox"].includes(field.type)) field.checked = values.includes(field.value);
      else field.value = values.shift() ?? "";
    }
    const here = new Set([...form.elements].map((field) => field.name));
    typed.filter(([field]) => !here.has(field)).forEach(([field, value]) => { // of the other steps
      const hidden = document.createElement("input");
      Object.assign(hidden, { type: "hidden", name: field, value });
      form.append(hidden);
    });
    form.dispatchEvent(new Event("change"));
    form.querySelector("[data-restored]")?.removeAttribute("hidden");
  };
  if ("fresh" in form.dataset) {
    let typed = [];
    try { typed = JSON.parse(store.getItem(key) ?? "[]"); } catch { /* not ours: it is written over */ }
    if (Array.isArray(typed) && typed.length) restore(typed);
  } else keep();
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
})();
