// The desk, live: codes check in without leaving the page, the camera reads codes, others' check-ins appear. What is
// scanned while the network is away is kept (kept.js).
"use strict";
(() => {
  const desk = document.getElementById("desk"), finder = document.getElementById("finder");
  const box = document.getElementById("code"), scanner = document.getElementById("scanner");
  const said = document.getElementById("scanner-said");
  const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");

  const filter = () => {
    const wanted = plain(box.value);
    desk.querySelectorAll("#lists [data-text]").forEach((row) => { row.hidden = wanted !== "" && !row.dataset.text.includes(wanted); });
  };
  box.addEventListener("input", filter);

  const show = (answer) => {
    if (!answer.parts) return;
    const opened = [...desk.querySelectorAll("details[open]")].length;
    const held = desk.contains(document.activeElement) && document.activeElement.value;
    desk.innerHTML = answer.parts.desk;
    if (opened) desk.querySelectorAll("details").forEach((d) => (d.open = true));
    if (held) (desk.querySelector(`button[value="${CSS.escape(held)}"]`) || box).focus({ preventScroll: true });
    filter();
  };
  const say = (text) => { said.textContent = text; said.hidden = false; };
  const ask = async (address, options = {}) => {
    try {
      const got = await fetch(address, { ...options, headers: { "x-part": "desk" } });
      const busy = got.status >= 500 || got.status === 429;
      const part = !busy && !got.redirected && (got.headers.get("content-type") || "").includes("json");
      if (!part && !busy) return location.reload(); // the session is over, or the event is gone
      said.hidden = part;
      if (part) return await got.json();
      said.textContent = scanner.dataset.busy;
    } catch { say(scanner.dataset.away); }
  };
  const send = async (form, data) => {
    const answer = await ask(form.action, { method: "POST", signal: AbortSignal.timeout(20000), body: new URLSearchParams(data) });
    if (answer) show(answer);
    return answer;
  };
  // Check somebody in, or keep that they are to be checked in. Whether either is done.
  const checkIn = async (form, scan) => {
    const made = { id: Kept.id(), at: new Date().toISOString(), ...scan }, tried = navigator.onLine;
    const { id, at, ...data } = made;
    const answer = tried ? await send(form, { ...data, scan: id }) : null;
    if (answer) { Kept.send(); return answer; }
    if (!Kept.keep({ ...made, ...(tried ? { tried: "1" } : {}) })) return say(Kept.words.full);
    say(Kept.words.kept);
    return { done: true, text: "" };
  };
  const enter = async () => {
    const code = box.value;
    if (!code.trim()) return;
    // A code that was read is not left in the field, where it would be searched for: who it named is, where they are found.
    const read = plain(code).startsWith("ekkyo1");
    const answer = read ? await checkIn(finder, { code }) : await send(finder, { code });
    if (!read && !answer && !navigator.onLine) say(Kept.words.names);
    if (answer && (answer.done || read) && box.value === code) { box.value = answer.done ? "" : answer.text; filter(); }
    if (stream) return; // while the camera reads, the keyboard of a phone stays away
    box.focus();
    box.select();
  };
  document.addEventListener("submit", (e) => {
    if (e.target !== finder && !desk.contains(e.target)) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    if (e.target === finder) enter();
    else if (!e.submitter) return;
    else if (e.target.id === "press") checkIn(e.target, { member: e.submitter.value, act: e.submitter.dataset.act });
    else send(e.target, { member: e.submitter.value });
  }, true);

  // What others do: the stream brings the new roster. The page asks for itself where it shows a search, or the stream
  // could not bring it. An answer that is older than what stands here is left out.
  let source = null, soon = 0;
  const shown = () => +document.getElementById("counts").dataset.revision;
  const found = new URLSearchParams(location.search).get("q");
  const address = () => desk.dataset.self + (found && !box.value ? "?q=" + encodeURIComponent(found) : "");
  const refresh = () => {
    clearTimeout(soon);
    soon = setTimeout(async () => { const answer = await ask(address()); if (answer?.revision >= shown()) show(answer); }, 60);
  };
  const open = () => {
    if (source || document.hidden) return;
    source = new EventSource(desk.dataset.liveAt + "?since=" + shown());
    source.addEventListener("changed", (e) => { if (+e.data > shown()) refresh(); });
    source.addEventListener("roster", (e) => {
      if (+e.lastEventId <= shown()) return;
      if (address() !== desk.dataset.self) return refresh();
      said.hidden = true; // who is answered again has nothing to be told of
      show(JSON.parse(e.data));
    });
    source.addEventListener("error", () => { // closed for good: the session is over, or the portal starts again
      if (source?.readyState !== 2) return;
      source = null;
      setTimeout(() => { open(); if (!document.hidden) refresh(); }, 3000 + Math.random() * 2000);
    });
  };
  const close = () => { source?.close(); source = null; };
  document.addEventListener("visibilitychange", () => { if (document.hidden) close(); else { open(); refresh(); } });
  addEventListener("pagehide", close);
  if (desk.dataset.liveAt) open();
  Kept.begin({ find: (text) => { box.value = text; filter(); box.focus(); box.scrollIntoView({ block: "center" }); }, sent: refresh });

  // The camera. BarcodeDetector where there is one, else a decoder that is loaded only now.
  const button = document.getElementById("camera"), video = scanner.querySelector("video");
  button.classList.toggle("scripted", !navigator.mediaDevices?.getUserMedia);
  let stream = null, last = "", at = 0;
  const decoder = async () => {
    if ("BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
      const detector = new BarcodeDetector({ formats: ["qr_code", "code_128", "code_39"] });
      return async () => (await detector.detect(video))[0]?.rawValue;
    }
    if (!window.jsQR) await new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = scanner.dataset.decoder;
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });
    const canvas = document.createElement("canvas"), context = canvas.getContext("2d", { willReadFrequently: true });
    return async () => {
      const scale = Math.min(1, 640 / video.videoWidth);
      canvas.width = video.videoWidth * scale;
      canvas.height = video.videoHeight * scale;
      context.drawImage(video, 0, 0, canvas.width, canvas.height);
      const image = context.getImageData(0, 0, canvas.width, canvas.height);
      return window.jsQR(image.data, image.width, image.height)?.data;
    };
  };
  const stop = () => { stream?.getTracks().forEach((track) => track.stop()); stream = null; video.hidden = true; };
  button.addEventListener("click", async () => {
    if (stream) return stop();
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.srcObject = stream;
      video.hidden = false;
      await video.play();
      const read = await decoder();
      while (stream) {
        // A code that cannot be read, or names nobody, is passed over: the next one counts.
        const code = video.videoWidth ? await read().catch(() => undefined) : undefined;
        if (code && (code !== last || Date.now() - at > 4000)) {
          [last, at] = [code, Date.now()];
          box.value = code;
          await enter();
        }
        await new Promise((next) => setTimeout(next, 120));
      }
    } catch {
      stop();
      say(scanner.dataset.failed);
    }
  });
  addEventListener("pagehide", stop);
})();
