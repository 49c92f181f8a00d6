// The table of the verifikator by keyboard: K and J walk through the queue, A accepts. Without scripts, links do it all.
"use strict";

const typing = (element) => element.closest("input, select, textarea, [contenteditable]") !== null;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
  const wanted = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (wanted === null || wanted.disabled) return;
  event.preventDefault();
  // A decision is only brought under the finger: it is pressed by a second key, never by a slip.
  if (wanted.tagName === "A") wanted.click();
  else wanted.focus();
});
