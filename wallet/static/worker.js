// The wallet's worker. Its scope is /phone/ and nothing else of the wallet passes through it. Without being asked it keeps static files and
// one page that is about nobody; the copy of awards is put away by phone.js, and only ever given out here when there is no connection, or when
// somebody asks for it by its own address. Everything else goes to the server and is kept nowhere.

const OURS = `satchel-files-${VERSION}`;
const COPY = "satchel-copy";
const KEPT = "/phone/kept";
const OFFLINE = "/phone/offline";
const LONGEST = 30 * 24 * 3600 * 1000;

addEventListener("install", (event) => {
  const plainly = (address) => new Request(address, { credentials: "omit", cache: "reload", redirect: "error" });
  event.waitUntil(caches.open(OURS).then((files) => files.addAll([...FILES, OFFLINE].map(plainly))).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("satchel-files-") && name !== OURS;
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name)))).then(() => clients.claim()));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(url.pathname === KEPT ? withoutConnection() : fetch(request).catch(withoutConnection));
  } else if (url.pathname.startsWith("/static/")) {
    event.respondWith(fetch(request).catch(() => known(url.pathname)));
  }
});

async function withoutConnection() {
  const copy = (await caches.has(COPY)) && (await (await caches.open(COPY)).match(KEPT));
  if (!copy) return known(OFFLINE);
  const age = Date.now() - Date.parse(copy.headers.get("X-Satchel-Kept"));
  if (age >= 0 && age < LONGEST) return copy;
  await caches.delete(COPY);
  return known(OFFLINE);
}

async function known(path) {
  return (await (await caches.open(OURS)).match(path, { ignoreSearch: true })) ?? Response.error();
}
