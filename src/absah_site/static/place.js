// Moving the box of a signature over the picture of a page. The numbers beside the picture are the record; this writes
// them. Without scripts the numbers, the presets and the marks in the text do the same.
"use strict";

const sheet = document.querySelector("[data-place]");
if (sheet) {
  const svg = sheet.querySelector("svg");
  const limits = { width: Number(sheet.dataset.width), height: Number(sheet.dataset.height) };
  document.querySelectorAll("[data-dragging]").forEach((hint) => (hint.hidden = false));
  if (svg) svg.querySelectorAll("g[data-seat]").forEach((group) => makeMovable(group, svg, limits));
}

function makeMovable(group, svg, limits) {
  const box = group.querySelector("rect");
  const name = group.querySelector("text");
  const number = group.dataset.seat;
  const input = (edge) => document.getElementsByName(`k${number}-${edge}`)[0];
  const size = { width: Number(box.getAttribute("width")), height: Number(box.getAttribute("height")) };
  group.setAttribute("tabindex", "0");
  group.setAttribute("role", "button");
  group.setAttribute("aria-label", group.querySelector("title").textContent);

  const move = (x, y) => {
    const left = Math.round(Math.min(Math.max(x, 0), limits.width - size.width) * 10) / 10;
    const top = Math.round(Math.min(Math.max(y, 0), limits.height - size.height) * 10) / 10;
    [box, name].filter(Boolean).forEach((part) => {
      part.setAttribute("x", left);
      part.setAttribute("y", top);
    });
    input("x").value = left;
    input("y").value = top;
  };
  const here = () => ({ x: Number(box.getAttribute("x")), y: Number(box.getAttribute("y")) });

  let held = null;
  const inPoints = (event) => {
    const matrix = svg.getScreenCTM().inverse();
    return new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
  };
  group.addEventListener("pointerdown", (event) => {
    const at = inPoints(event);
    const now = here();
    held = { x: at.x - now.x, y: at.y - now.y };
    group.setPointerCapture(event.pointerId);
    event.preventDefault();
    group.focus();
  });
  group.addEventListener("pointermove", (event) => {
    if (!held) return;
    const at = inPoints(event);
    move(at.x - held.x, at.y - held.y);
  });
  ["pointerup", "pointercancel"].forEach((end) => group.addEventListener(end, () => (held = null)));

  group.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? 10 : 1;
    const ways = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    const way = ways[event.key];
    if (!way) return;
    event.preventDefault();
    const now = here();
    move(now.x + way[0], now.y + way[1]);
  });
  ["x", "y"].forEach((edge) =>
    input(edge).addEventListener("change", () => move(Number(input("x").value), Number(input("y").value))),
  );
}
