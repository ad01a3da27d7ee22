// The copy of awards that somebody keeps on this phone: made and removed by their hand, and removed by itself as soon as the server says
// that the session in which it was made is over. Without a copy this does nothing on any page but /phone/.

const COPY = "satchel-copy";
const KEPT = "/phone/kept";
const DAY = 24 * 3600 * 1000;
const able = "caches" in globalThis && "serviceWorker" in navigator;
const ask = { credentials: "same-origin", cache: "no-store", redirect: "error" };

async function kept() {
  return (await caches.has(COPY)) ? (await caches.open(COPY)).match(KEPT) : undefined;
}

async function forget() {
  await caches.delete(COPY);
}

async function keep(asked) {
  const answer = await fetch(`/phone/copy?${asked}`, ask);
  const mark = answer.headers.get("X-Satchel-Copy");
  if (!answer.ok || !mark || !answer.headers.get("Content-Type")?.startsWith("text/html")) throw new Error("no copy");
  const headers = new Headers(answer.headers);
  headers.set("X-Satchel-Asked", asked);
  headers.set("X-Satchel-Kept", new Date().toISOString());
  const page = new Response(await answer.blob(), { headers });
  await (await caches.open(COPY)).put(KEPT, page);
}

// At each contact with the server: is the copy still this session's? It is made anew once a day.
async function contact() {
  const copy = await kept();
  if (!copy) return;
  const asked = copy.headers.get("X-Satchel-Asked");
  let answer;
  try {
    answer = await fetch(`/phone/state?${asked}`, ask);
  } catch {
    return; // no connection, so nothing is known
  }
  if (answer.status >= 500) return;
  const mark = answer.ok ? (await answer.json()).mark : "";
  if (!mark || mark !== copy.headers.get("X-Satchel-Copy")) return forget();
  const age = Date.now() - Date.parse(copy.headers.get("X-Satchel-Kept"));
  if (!(age >= 0 && age < DAY)) await keep(asked).catch(() => {});
}

async function install() {
  const address = "/phone/worker.js";
  const policy = globalThis.trustedTypes?.createPolicy("satchel-worker", { createScriptURL: () => address });
  await navigator.serviceWorker.register(policy ? policy.createScriptURL(address) : address, { scope: "/phone/" });
  return navigator.serviceWorker.ready;
}

async function show(frame) {
  const copy = await kept();
  frame.querySelector("[data-copy-here]").hidden = !copy;
  frame.querySelector("[data-copy-none]").hidden = Boolean(copy);
  if (!copy) return;
  const { lang } = document.documentElement;
  const when = new Date(copy.headers.get("X-Satchel-Kept"));
  frame.querySelector("[data-copy-when]").textContent = when.toLocaleString(lang === "en" ? "en-GB" : lang, { dateStyle: "long", timeStyle: "short" });
}

function said(frame, name) {
  for (const one of frame.querySelectorAll("[data-said-when]")) one.hidden = one.dataset.saidWhen !== name;
}

for (const button of document.querySelectorAll("[data-copy-forget]")) {
  button.addEventListener("click", async () => {
    await forget();
    const frame = document.querySelector("[data-copy-frame]");
    if (!frame) return location.replace("/phone/");
    await show(frame);
    said(frame, "removed");
  });
}

const frame = document.querySelector("[data-copy-frame]");
if (!able) {
  if (frame) frame.querySelector("[data-copy-unable]").hidden = false;
} else {
  await contact();
  if (frame) {
    await show(frame);
    const form = frame.querySelector("form");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const asked = new URLSearchParams(new FormData(form));
      if (!asked.has("learner")) return said(frame, "nobody");
      said(frame, "working");
      try {
        await install();
        await keep(asked.toString());
        await show(frame);
        said(frame, "kept");
      } catch {
        said(frame, "failed");
      }
    });
  }
  if (frame || matchMedia("(display-mode: standalone)").matches) await install().catch(() => {});
}
