// What adding needs JavaScript for: going on by itself through a long import, and reading a code with the camera.

for (const frame of document.querySelectorAll("[data-go-on]")) {
  const bar = frame.querySelector("progress");
  const words = frame.querySelector("[data-words]");
  const step = async () => {
    const answer = await fetch(frame.dataset.goOn, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: "{}", credentials: "same-origin",
    });
    if (!answer.ok) return;  // the button is still there
    const { total, left } = await answer.json();
    bar.value = total - left;
    words.textContent = words.dataset.words.replace("{done}", total - left).replace("{total}", total);
    if (left) await step();
    else location.reload();
  };
  if (frame.dataset.goOn) step().catch(() => {});
}

for (const frame of document.querySelectorAll("[data-scan]")) scanning(frame);

async function scanning(frame) {
  const [start, stop, video, said] = ["start", "stop", "video", "said"].map((part) => frame.querySelector(`[data-scan-${part}]`));
  const field = document.getElementById(frame.dataset.scan);
  const formats = globalThis.BarcodeDetector ? await BarcodeDetector.getSupportedFormats().catch(() => []) : [];
  frame.hidden = false;
  if (!formats.includes("qr_code") || !navigator.mediaDevices) {
    start.hidden = true;
    said.textContent = said.dataset.without;
    return;
  }
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  let stream = null;
  const end = () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    video.hidden = stop.hidden = true;
    start.hidden = false;
  };
  const look = async () => {
    if (!stream) return;
    const found = await detector.detect(video).catch(() => []);
    if (!found.length) {
      setTimeout(look, 250);
      return;
    }
    end();
    field.value = found[0].rawValue;
    field.form.requestSubmit();
  };
  start.addEventListener("click", async () => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch {
      said.textContent = said.dataset.refused;
      return;
    }
    said.textContent = "";
    video.srcObject = stream;
    start.hidden = true;
    video.hidden = stop.hidden = false;
    await video.play();
    look();
  });
  stop.addEventListener("click", end);
  addEventListener("pagehide", end);
}
