// A meter beside the passphrase: an estimate by length and variety, made here and sent nowhere. The server decides.
"use strict";

const SHORTEST = 12;

// Distinct signs say more than kinds of signs; runs and repetitions count once.
const strength = (text) => {
  const signs = Array.from(text.toLowerCase());
  if (signs.length < SHORTEST) return 0;
  const steps = signs.filter((sign, at) => at === 0 || Math.abs(sign.codePointAt(0) - signs[at - 1].codePointAt(0)) > 1);
  const words = new Set(text.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter((word) => word.length > 2));
  const bits = steps.length * Math.log2(Math.max(2, new Set(signs).size)) * 0.55 + words.size * 4;
  return bits < 30 ? 1 : bits < 45 ? 2 : bits < 65 ? 3 : 4;
};

document.querySelectorAll("[data-strength]").forEach((input) => {
  const meter = document.querySelector("[data-meter]");
  if (meter === null) return;
  const [bar, said] = [meter.querySelector("progress"), meter.querySelector("[role=status]")];
  const words = meter.dataset.words.split("|");
  meter.hidden = false;
  input.addEventListener("input", () => {
    const level = strength(input.value);
    bar.value = level;
    if (said.textContent !== words[level]) said.textContent = words[level];
  });
});
