// Checking a document, made quicker where scripts run; without them the form does the same.
//
// - A PDF may be dropped anywhere on the form, or pasted.
// - Its SHA-256 is computed here and asked for first: a document that this platform keeps need not be sent.
// - Sending shows its progress; when the answer is a refusal, the chosen file stays chosen.
"use strict";

const enhance = () => {
  document.querySelectorAll("form[data-verify]").forEach(enhanceForm);
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", print);
  });
};

// Paper shall have the pictures that were not scrolled to yet.
const print = async () => {
  const pictures = Array.from(document.images);
  pictures.forEach((picture) => (picture.loading = "eager"));
  await Promise.all(pictures.map((picture) => picture.decode().catch(() => null)));
  window.print();
};

const enhanceForm = (form) => {
  const input = form.querySelector("input[type=file]");
  const take = (files) => {
    if (!files.length) return;
    input.files = files;
    check(form, input);
  };
  let over = 0; // entering a child leaves the parent: count
  form.addEventListener("dragenter", (event) => {
    event.preventDefault();
    over += 1;
    form.classList.add("drop-over");
  });
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("dragleave", () => {
    over -= 1;
    if (over <= 0) form.classList.remove("drop-over");
  });
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    over = 0;
    form.classList.remove("drop-over");
    take(event.dataTransfer.files);
  });
  document.onpaste = (event) => {
    if (form.isConnected && event.clipboardData) take(event.clipboardData.files);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    check(form, input);
  });
};

const check = async (form, input) => {
  const file = input.files[0];
  if (!file || form.dataset.busy) return;
  if (file.size > Number(form.dataset.largest) * 1048576) return say(form, form.dataset.large);
  form.dataset.busy = "yes";
  say(form, form.dataset.reading);
  try {
    const known = form.dataset.known && (await resultOfKnown(form, file));
    if (known) return window.location.assign(known);
    show(form, input.files, await send(form));
  } catch {
    say(form, form.dataset.failed);
  } finally {
    delete form.dataset.busy;
    form.querySelector("progress").hidden = true;
  }
};

// The address of the result, if the platform keeps the document. Browsers compute digests on secure addresses only.
const resultOfKnown = async (form, file) => {
  if (!window.crypto || !window.crypto.subtle) return null;
  const digest = await window.crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const answer = await fetch(form.dataset.known.replace("SHA256", hex), { headers: { Accept: "application/json" } });
  return answer.ok ? (await answer.json()).result : null;
};

const send = (form) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const bar = form.querySelector("progress");
    let told = -10;
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "text/html");
    request.upload.onprogress = (event) => {
      const part = Math.floor((100 * event.loaded) / event.total);
      bar.hidden = false;
      bar.value = part;
      if (part < 100 && part - told >= 10) {
        told = part;
        say(form, `${form.dataset.sending} ${part}%`);
      }
    };
    request.upload.onload = () => say(form, form.dataset.judging);
    request.onload = () => resolve(request.responseText);
    request.onerror = reject;
    request.send(new FormData(form));
  });

// Put the answer in the place of the form; "back" leads to the form again.
const show = (form, files, html) => {
  const page = new DOMParser().parseFromString(html, "text/html");
  const main = page.querySelector("main");
  if (!main) throw new Error("no page");
  document.title = page.title;
  const drawings = page.querySelector("body > svg");
  if (drawings) document.querySelector("body > svg").replaceWith(drawings);
  document.querySelector("main").replaceWith(main);
  const again = main.querySelector("form[data-verify]");
  if (again) again.querySelector("input[type=file]").files = files;
  else window.history.pushState({ verdict: true }, "", form.action);
  enhance();
  const places = ["h1[autofocus]", "details[open] [name=password]", "[aria-invalid]"];
  (places.map((place) => main.querySelector(place)).find(Boolean) || main).focus();
  if (!again) window.scrollTo(0, 0);
};

const say = (form, words) => {
  form.querySelector("[data-status]").textContent = words;
};

// Following a link within the verdict is a step in the history too, but none back to the form.
window.addEventListener("popstate", (event) => {
  const left = !event.state && !window.location.hash && !document.querySelector("form[data-verify]");
  if (left) window.location.reload();
});
enhance();
