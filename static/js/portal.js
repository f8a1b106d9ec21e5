// The little that pages cannot do without a script: copying, closing menus, moving focus, and blanking a page
// that must not stay on the screen. Every page works without it.
"use strict";

const say = (words) => {
  const region = document.getElementById("announcements");
  if (region) region.textContent = words;
};

const openMenus = () => document.querySelectorAll("details:is(.drop, .switcher)[open]");

document.addEventListener("click", async (event) => {
  const copier = event.target.closest("[data-copy]");
  if (copier) {
    await navigator.clipboard.writeText(copier.dataset.copy);
    say(copier.dataset.done);
    copier.classList.add("is-done");
    setTimeout(() => copier.classList.remove("is-done"), 2000);
  }
  for (const menu of openMenus()) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// A finger cannot hover: its first tap on a bar of a chart shows the figures, the next one opens it.
let told = null;
let isFirstTap = false;
document.addEventListener("pointerdown", (event) => {
  const bar = event.pointerType === "touch" ? event.target.closest("a.bar") : null;
  isFirstTap = bar !== null && bar !== told;
  told?.classList.remove("is-told");
  bar?.classList.add("is-told");
  told = bar;
}, true);
document.addEventListener("click", (event) => {
  if (!isFirstTap || event.detail === 0 || !told?.contains(event.target)) return;
  event.preventDefault();
  event.stopPropagation();
  say(told.getAttribute("aria-label"));
}, true);

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    if (menu.contains(document.activeElement)) menu.firstElementChild.focus();
  }
});

// A form that came back with errors: go to their summary. After a swap: to the heading of what is new, and say it,
// or what the region itself wants said; a region that keeps quiet takes no focus (what has it stays in sight), and says
// only what it wants said.
// What takes the focus is seen to begin; where it is seen already, nothing moves.
const focusOn = (element) => {
  if (!element) return;
  if (element.tabIndex < 0) element.setAttribute("tabindex", "-1"); // what Tab reaches already stays so
  element.focus({ preventScroll: true });
  const { top } = element.getBoundingClientRect();
  if (top < 64 || top > innerHeight - 96) element.scrollIntoView();
};
focusOn(document.querySelector(".errors"));
// What is chosen from a list holds at once, and the keyboard stays at the list, also where that is swapped.
let chosenFrom = "";
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-at-once]");
  if (!form || event.target.tagName !== "SELECT") return;
  chosenFrom = event.target.id;
  form.requestSubmit();
});
document.addEventListener("htmx:after:swap", (event) => {
  const target = event.detail?.ctx?.target;
  const region = target?.id ? document.getElementById(target.id) : null;
  if (!region) return;
  const words = [...region.querySelectorAll("[data-say]")].map((part) => part.textContent.trim()).join(" ");
  if ("quiet" in region.dataset) {
    if (region.contains(document.activeElement)) focusOn(document.activeElement);
    return words && say(words);
  }
  const list = chosenFrom && region.querySelector(`#${chosenFrom}`);
  chosenFrom = "";
  focusOn(list || (region.querySelector("[data-focus]") ?? region.querySelector("h1, h2")));
  say(words || document.title);
});

// A page from the browser's memory may belong to a session that has ended: ask again.
window.addEventListener("pageshow", (event) => {
  if (event.persisted && document.body.dataset.idle) location.reload();
});

// One clock for a session, whichever tab uses it: the server knows when it ends, and asking does not prolong it. Two
// minutes before: a warning. When it has ended: nothing is left to read. Typing is use, told at most once a minute.
const idleSeconds = Number(document.body.dataset.idle ?? 0);
const tabs = new BroadcastChannel("session");
if (idleSeconds) {
  const dialog = document.getElementById("idle");
  const stay = dialog.querySelector("[data-stay]");
  const warned = 120;
  let ends, told, typed, stays = false, ended = false;
  const goesOn = (seconds) => {
    ends = Date.now() + seconds * 1000;
    if (seconds > warned) stays = false;
  };
  const used = () => {
    told = Date.now();
    goesOn(idleSeconds);
  };
  const ask = async (method) => {
    if (ended) return;
    const token = document.querySelector("input[name=_token]").value;
    try {
      const answer = await fetch("/session", { method, headers: { "X-Form-Token": token } });
      goesOn((await answer.json()).left_s);
    } catch {
      // Nobody answers: what was known before still holds.
    }
    look();
  };
  const look = () => {
    const left = (ends - Date.now()) / 1000;
    if (left <= 0) leave();
    else if (left > warned || stays) {
      if (dialog.open) dialog.close();
    } else if (!dialog.open) {
      dialog.showModal();
      stay.focus();
    }
  };
  // What was typed last stays with the server, sealed, for the same person; here nothing stays.
  const leave = async () => {
    if (ended) return;
    ended = true;
    const next = document.querySelector("input[name=_page]")?.value ?? location.pathname + location.search;
    let to = `/sign-in?${new URLSearchParams({ next, notice: "ended" })}`;
    const body = typed?.isConnected ? new URLSearchParams({ _action: typed.getAttribute("action") }) : null;
    for (const [name, value] of body ? new FormData(typed) : []) {
      if (typeof value === "string" && typed.elements[name].type !== "password") body.append(name, value);
    }
    document.body.replaceChildren();
    try {
      if (body) to = (await (await fetch("/session/form", { method: "POST", body })).json()).to;
    } catch {
      // Nobody answers: the way to sign in is the same.
    }
    location.replace(to);
  };
  used();
  document.addEventListener("htmx:after:request", used);
  document.addEventListener("input", (event) => {
    if (event.target.form?.method === "post") typed = event.target.form;
    if (Date.now() - told < 60_000) return;
    told = Date.now();
    ask("POST");
  });
  stay.addEventListener("click", async () => {
    stays = true;
    await ask("POST");
    tabs.postMessage("look");
  });
  tabs.addEventListener("message", () => ask("GET"));
  setInterval(() => {
    if (ends - Date.now() <= warned * 1000) ask("GET");
  }, 10_000);
} else {
  tabs.postMessage("look"); // a page without a session: it may just have ended
}
