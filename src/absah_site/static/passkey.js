// Passkeys: asks the browser for one, or for a new one, and sends its answer with the form.
//
// A form with data-passkey has the question in data-question (an answer is wanted), in data-wanted (a new passkey is
// wanted), or says in data-passkey where the question is fetched. Where a form can be sent without a passkey too, the
// button with data-ask asks, and what belongs to it is shown. Without scripts another factor does the same.
"use strict";

const fromBase64Url = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const toBase64Url = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const withBytes = (list) => (list || []).map((entry) => ({ ...entry, id: fromBase64Url(entry.id) }));

const askFor = async ({ publicKey }) =>
  navigator.credentials.get({
    publicKey: {
      ...publicKey,
      challenge: fromBase64Url(publicKey.challenge),
      allowCredentials: withBytes(publicKey.allowCredentials),
    },
  });

const make = async ({ publicKey }) =>
  navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: fromBase64Url(publicKey.challenge),
      user: { ...publicKey.user, id: fromBase64Url(publicKey.user.id) },
      excludeCredentials: withBytes(publicKey.excludeCredentials),
    },
  });

const spelled = (credential) => {
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = toBase64Url(credential.response[part]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return JSON.stringify({
    id: credential.id,
    rawId: toBase64Url(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
};

// Why there is no question, in the words of the site.
class Refused extends Error {}

const question = async (form) => {
  if (form.dataset.question) return JSON.parse(form.dataset.question);
  const answer = await fetch(form.dataset.passkey, { headers: { Accept: "application/json" } });
  const said = await answer.json();
  if (!answer.ok) throw new Refused(said.problem);
  return said;
};

const enhance = (form) => {
  form.hidden = false;
  const status = form.querySelector("[data-status]");
  const ask = form.querySelector("[data-ask]");
  form.querySelectorAll("[data-offer]").forEach((offer) => (offer.hidden = false));
  form.addEventListener("submit", async (event) => {
    if (form.elements.answer.value || (ask && event.submitter !== ask)) return;
    event.preventDefault();
    status.textContent = "";
    try {
      const made = form.dataset.wanted ? make(JSON.parse(form.dataset.wanted)) : askFor(await question(form));
      form.elements.answer.value = spelled(await made);
      form.submit();
    } catch (problem) {
      status.textContent = problem instanceof Refused ? problem.message : form.dataset.failed;
    }
  });
};

if (window.PublicKeyCredential) document.querySelectorAll("form[data-passkey]").forEach(enhance);
