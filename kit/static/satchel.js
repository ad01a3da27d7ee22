// What JavaScript adds to pages that work without it: copying, dropping, watching progress, a preview that follows the switches.
// Trusted Types: text is only ever set as text; markup that the server made is parsed inertly and moved over node by node.

document.documentElement.classList.add("js");

function all(selector, act, root = document) {
  for (const element of root.querySelectorAll(selector)) act(element);
}

all("[data-copy]", (button) => {
  const words = button.querySelector("[data-said]");
  const before = words.textContent;
  const aloud = button.parentElement.querySelector("[data-aloud]");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      words.textContent = words.dataset.said;
      if (aloud) aloud.textContent = words.dataset.said;
      setTimeout(() => { words.textContent = before; if (aloud) aloud.textContent = ""; }, 2500);
    } catch {
      const code = button.closest(".chip").querySelector("a, .chip-code");
      getSelection().selectAllChildren(code);
    }
  });
});

all("select[data-zone]", (list) => {
  if (list.value) return;
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if ([...list.options].some((option) => option.value === here)) list.value = here;
});

all("[data-print]", (button) => button.addEventListener("click", () => print()));

all("[data-drop]", (frame) => {
  const input = frame.querySelector("input[type=file]");
  const chosen = frame.querySelector("[data-chosen]");
  const tell = () => { chosen.textContent = [...input.files].map((file) => file.name).join(", "); };
  input.addEventListener("change", tell);
  frame.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    frame.classList.add("over");
  });
  for (const name of ["dragleave", "drop"]) frame.addEventListener(name, () => frame.classList.remove("over"));
  frame.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    const kept = new DataTransfer();
    for (const file of event.dataTransfer.files) {
      kept.items.add(file);
      if (!input.multiple) break;
    }
    input.files = kept.files;
    tell();
  });
});

all("[data-progress]", (frame) => {
  const bar = frame.querySelector("progress");
  const count = frame.querySelector("[data-count]");
  const pace = frame.querySelector("[data-pace]");
  const source = new EventSource(frame.dataset.progress);
  source.addEventListener("message", (event) => {
    const now = JSON.parse(event.data);
    bar.max = now.total;
    bar.value = now.done;
    if (now.count) count.textContent = now.count;
    if (now.pace) pace.textContent = now.pace;
    if (!now.finished) return;
    source.close();
    if (now.href && now.href.startsWith("/") && !now.href.startsWith("//")) location.assign(now.href);
    else location.reload();
  });
});

all("form[data-share]", (form) => {
  const place = form.querySelector("#preview");
  let latest = 0;
  form.addEventListener("change", async () => {
    const mine = ++latest;
    const fields = new URLSearchParams(new FormData(form));
    fields.set("do", "preview");
    place.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.action, { method: "POST", body: fields, credentials: "same-origin" });
      if (!answer.ok || mine !== latest) return;
      const fresh = parsed(await answer.text())?.getElementById("preview");
      if (fresh) place.replaceChildren(...[...fresh.childNodes].map((node) => document.importNode(node, true)));
    } finally {
      if (mine === latest) place.removeAttribute("aria-busy");
    }
  });
});

// A document made from our own server's answer. Nothing in it runs; its scripts are dropped before anything is moved over.
function parsed(text) {
  const policy = globalThis.trustedTypes?.createPolicy ? parsed.policy ??= trustedTypes.createPolicy("satchel-preview", { createHTML: (html) => html }) : null;
  const made = new DOMParser().parseFromString(policy ? policy.createHTML(text) : text, "text/html");
  all("script, iframe, object, embed", (element) => element.remove(), made);
  return made;
}
