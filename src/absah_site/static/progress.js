// Watching a bundle being signed: the figures of this page are fetched again each second or so, until it is finished.
// Without scripts the button "look again" does the same. What is announced is each tenth, not each document.
"use strict";

const PAUSE = 1200;

const look = async () => {
  const here = document.querySelector("[data-progress='1']");
  if (!here) return;
  try {
    const answer = await fetch(window.location.pathname, { headers: { Accept: "text/html" } });
    if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"), here);
  } catch {
    // The line is away: the next look may find it again.
  }
  window.setTimeout(look, PAUSE);
};

const show = (page, here) => {
  const there = page.querySelector("[data-progress]");
  if (!there) return;
  if (there.dataset.progress !== "1") return window.location.reload();
  here.querySelector("h2").textContent = there.querySelector("h2").textContent;
  here.querySelector("progress").value = there.querySelector("progress").value;
  here.querySelector("dl").replaceWith(there.querySelector("dl"));
  const said = here.querySelector("[role=status]");
  const now = there.querySelector("[role=status]").textContent;
  if (Math.floor(parseInt(now, 10) / 10) !== Math.floor(parseInt(said.textContent, 10) / 10)) said.textContent = now;
};

window.setTimeout(look, PAUSE);
