// How far a ZIP file is that is made while it is saved: its entries are counted as they come. Without this, and where
// anything goes wrong, the browser saves the file itself, or shows what the portal answers.
"use strict";

const ENTRY = [0x50, 0x4b, 0x03, 0x04]; // what an entry of a ZIP file begins with (APPNOTE 4.3.7)

document.addEventListener("submit", async (event) => {
  const form = event.target, button = event.submitter, told = form.querySelector("[data-progress]");
  if (!told || !button?.dataset.entries) return;
  event.preventDefault();
  const [words, bar] = told.children, body = new URLSearchParams(new FormData(form, button));
  const buttons = form.querySelectorAll("button");
  const shows = (at) => { bar.max = button.dataset.entries; bar.value = at; };
  told.hidden = false;
  words.textContent = words.dataset.making;
  shows(0);
  buttons.forEach((one) => { one.disabled = true; });
  try {
    const answer = await fetch(form.action, { method: "POST", body });
    if (!answer.headers.get("content-type")?.startsWith("application/zip")) throw new Error("no file");
    const name = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition"))[1];
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await whole(answer, shows));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    words.textContent = words.dataset.done;
  } catch {
    told.hidden = true;
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value }));
    form.submit();
  } finally {
    buttons.forEach((one) => { one.disabled = false; });
  }
});

const whole = async (answer, shows) => {
  const pieces = [], reader = answer.body.getReader();
  let entries = 0, matched = 0;
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    pieces.push(piece.value);
    for (const byte of piece.value) {
      matched = byte === ENTRY[matched] ? matched + 1 : Number(byte === ENTRY[0]);
      if (matched === ENTRY.length) {
        entries += 1;
        matched = 0;
      }
    }
    shows(entries);
  }
  return new Blob(pieces, { type: "application/zip" });
};
