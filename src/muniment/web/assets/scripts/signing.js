// Signing a statement: the passkey signs the SHA-256 of exactly the text that the page shows.
// The digest is made here, from the shown text, so that the page cannot show one text and sign another.
import { decode, encode } from "./bytes.js";
import { run, supported } from "./ceremony.js";

function passkey(form) {
  return {
    allowCredentials: JSON.parse(form.dataset.keys).map((key) => ({
      type: "public-key",
      id: decode(key.credential),
    })),
    rpId: form.dataset.relyingParty,
    timeout: 120_000, // milliseconds
    userVerification: "required",
  };
}

async function sign(form) {
  const statement = new TextEncoder().encode(form.querySelector("[data-statement]").textContent);
  const challenge = await crypto.subtle.digest("SHA-256", statement);
  const assertion = await navigator.credentials.get({ publicKey: { challenge, ...passkey(form) } });
  const used = encode(assertion.rawId);
  const key = JSON.parse(form.dataset.keys).find((one) => one.credential === used);
  form.elements.signed.value = JSON.stringify({
    statement: encode(statement),
    person: form.dataset.person,
    key: key.key,
    kind: "passkey",
    signature: encode(assertion.response.signature),
    authenticator_data: encode(assertion.response.authenticatorData),
    client_data: encode(assertion.response.clientDataJSON),
  });
}

function prepareForm(form) {
  const button = form.querySelector("button[data-sign]");
  const status = form.querySelector("[role=status]");
  if (!button) {
    return;
  }
  if (!supported()) {
    status.textContent = "This browser cannot use passkeys. Sign with the command line instead.";
    button.disabled = true;
    return;
  }
  button.addEventListener("click", () =>
    run(button, status, async () => {
      await sign(form);
      form.submit();
    }),
  );
}

export function prepareSigning(scope) {
  scope.querySelectorAll("form[data-signing]").forEach(prepareForm);
}
