// Passkeys: what only the browser can do. Each part of a page that needs it is hidden until it is known that the browser can.
// A part is marked data-passkey="sign-in", "add" or "enrol"; the sentences that it may say stand in its [data-passkey-said].

const able = Boolean(globalThis.PublicKeyCredential && navigator.credentials);

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function creation(options) {
  return {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: (options.excludeCredentials ?? []).map((each) => ({ ...each, id: bytes(each.id) })),
  };
}

function asked(options) {
  return { ...options, challenge: bytes(options.challenge), allowCredentials: [] };
}

function written(credential) {
  const { response } = credential;
  const said = { clientDataJSON: text(response.clientDataJSON) };
  if (response.attestationObject) {
    said.attestationObject = text(response.attestationObject);
    said.transports = response.getTransports?.() ?? [];
  } else {
    said.authenticatorData = text(response.authenticatorData);
    said.signature = text(response.signature);
    if (response.userHandle) said.userHandle = text(response.userHandle);
  }
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response: said };
}

// An answer of the server that is not a yes, in its own words, which are in the reader's language.
class Said extends Error {}

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    credentials: "same-origin",
    body: JSON.stringify(body),
  });
  const found = await answer.json();
  if (!answer.ok) throw new Said([found.detail, found.remedy].filter(Boolean).join(" "));
  return found;
}

const acts = {
  async "sign-in"(part) {
    const options = await post("/api/passkeys/sign-in/options", {});
    const credential = await navigator.credentials.get({ publicKey: asked(options) });
    await post("/api/passkeys/sign-in", written(credential));
    location.assign(part.dataset.next);
  },
  async add(part) {
    const fields = new FormData(part);
    const options = await post("/api/passkeys/options", { password: fields.get("passkey_password") });
    const credential = await navigator.credentials.create({ publicKey: creation(options) });
    await post("/api/passkeys", { name: fields.get("passkey_name"), credential: written(credential) });
    location.assign("/account");
  },
  async enrol(part) {
    const options = creation(JSON.parse(part.dataset.options));
    const credential = await navigator.credentials.create({ publicKey: options });
    await post("/api/passkeys/enrolment", { name: new FormData(part).get("passkey_name"), credential: written(credential) });
    location.assign(part.dataset.next);
  },
};

function words(place, error) {
  if (error instanceof Said) return error.message;
  if (error.name === "SecurityError") return place.dataset.elsewhere;
  if (error.name === "InvalidStateError") return place.dataset.known;
  if (error instanceof TypeError || error instanceof SyntaxError) return place.dataset.offline;
  return place.dataset.cancelled;
}

for (const words of able ? document.querySelectorAll("[data-passkey-instead]") : []) words.hidden = true;

for (const part of able ? document.querySelectorAll("[data-passkey]") : []) {
  const place = part.querySelector("[data-passkey-said]");
  const button = part.querySelector("button");
  let busy = false;
  const go = async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    place.hidden = true;
    button.setAttribute("aria-disabled", "true"); // not `disabled`, which would take the focus away
    try {
      await acts[part.dataset.passkey](part);
    } catch (error) {
      place.textContent = words(place, error);
      place.hidden = false;
      button.removeAttribute("aria-disabled");
      busy = false;
    }
  };
  if (part instanceof HTMLFormElement) part.addEventListener("submit", go);
  else button.addEventListener("click", go);
  part.hidden = false;
}
