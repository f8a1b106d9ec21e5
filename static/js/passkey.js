// Passkeys: between the press of a form's button and its sending the browser's own dialog opens. Where there is no
// script, or no passkeys, the page says so, and the form stays hidden.
"use strict";

const dialogs = {
  create: (options) =>
    navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
  get: (options) => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
};

const answered = async (form) => {
  const asked = await fetch(form.dataset.begin, { method: "POST", body: new FormData(form) });
  if (asked.status === 429 || asked.status >= 500) throw new Error(asked.statusText);
  if (!asked.ok || asked.redirected) return ""; // the form is sent as it is: the portal says what is missing
  const made = await dialogs[form.dataset.passkey](await asked.json());
  return JSON.stringify(made.toJSON());
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential?.parseCreationOptionsFromJSON) continue;
  form.hidden = false;
  document.getElementById("no-passkeys")?.remove();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const failed = form.querySelector("[data-failed]");
    failed.hidden = true;
    try {
      form.elements.credential.value = await answered(form);
      form.submit();
    } catch {
      failed.hidden = false;
    }
  });
}
