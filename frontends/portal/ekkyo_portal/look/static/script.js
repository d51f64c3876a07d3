// What makes pages live. Everything works without it.
"use strict";

// A form is sent once: a double press is one wish.
document.addEventListener("submit", (e) => {
  const form = e.target;
  if (form.dataset.sent) return e.preventDefault();
  const button = e.submitter;
  const question = button?.dataset.confirm || form.dataset.confirm;
  if (question && !window.confirm(question)) return e.preventDefault();
  if ("unsent" in form.dataset) { // signing out takes along what a desk kept on this device
    let store = {};
    try { store = localStorage; } catch { /* forbidden by the browser's settings: then it holds nothing */ }
    const kept = Object.keys(store).filter((key) => key.startsWith("ekkyo.scan."));
    if (kept.length && !window.confirm(form.dataset.unsent)) return e.preventDefault();
    kept.forEach((key) => store.removeItem(key));
    try { // and what was typed into surveys in this tab
      Object.keys(sessionStorage).filter((key) => key.startsWith("ekkyo.draft.")).forEach((key) => sessionStorage.removeItem(key));
    } catch { /* forbidden as well */ }
  }
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 4000);
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((f) => delete f.dataset.sent));

// <input data-filter="#list"> hides what does not match while one types; focus stays where it is.
document.querySelectorAll("input[data-filter]").forEach((box) => {
  const plain = (text) => text.normalize("NFKC").toLowerCase();
  box.addEventListener("input", () => {
    const wanted = plain(box.value.trim());
    document.querySelectorAll(`${box.dataset.filter} [data-text]`).forEach((row) => {
      row.hidden = wanted !== "" && !plain(row.dataset.text).includes(wanted);
    });
  });
});

// <x data-live="/address"> shows what happens: each message names the elements it replaces, by their id, with their HTML.
// The stream is closed while the page is hidden: a browser has six connections to a host.
document.querySelectorAll("[data-live]").forEach((root) => {
  let source = null;
  const open = () => {
    if (source || document.hidden) return;
    source = new EventSource(root.dataset.live);
    source.addEventListener("parts", (e) => {
      for (const [id, html] of Object.entries(JSON.parse(e.data))) {
        const old = document.getElementById(id);
        if (old?.contains(document.activeElement) && old.querySelector("input:focus, textarea:focus")) continue;
        const made = document.createRange().createContextualFragment(html);
        if (old) old.replaceWith(made);
        else if (root.dataset.into) document.querySelector(root.dataset.into)?.prepend(made);
      }
    });
    source.addEventListener("reload", () => location.reload());
  };
  const close = () => { source?.close(); source = null; };
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  open();
});


// <x data-if="field" data-is="value"> is shown while that field of its form is, and has this value; with data-any="a b",
// one of these.
document.querySelectorAll("form").forEach((form) => {
  const parts = [...form.querySelectorAll("[data-if]")];
  if (!parts.length) return;
  const update = () => parts.forEach((part) => { // in their order: what a part depends on stands before it
    const met = [...form.elements].some((field) =>
      field.name === part.dataset.if && (part.dataset.any?.split(" ") ?? [part.dataset.is]).includes(field.value) && field.checked && !field.closest("[data-if][hidden]"));
    part.hidden = !met;
    part.classList.toggle("shown", met); // before this runs, the style hides what is not shown: nothing moves
  });
  form.addEventListener("change", update);
  update();
});
