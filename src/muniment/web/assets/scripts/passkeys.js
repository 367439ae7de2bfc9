// Signing in with a passkey, and adding one. The server's options are JSON in a <script> of the page,
// or at an address; the browser's answer goes back in a hidden field of the form.
import { run, supported } from "./ceremony.js";

// Kept on the device and guarded by PIN or finger: only such a passkey signs in without a password.
const BY_ITSELF = { residentKey: "required", requireResidentKey: true, userVerification: "required" };

const USES = {
  create: async (options) => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options.publicKey);
    Object.assign((publicKey.authenticatorSelection ??= {}), BY_ITSELF);
    return navigator.credentials.create({ publicKey });
  },
  get: async (options) =>
    navigator.credentials.get({
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options.publicKey),
    }),
};

async function options(form) {
  if (form.dataset.optionsAt) {
    const answer = await fetch(form.dataset.optionsAt, { headers: { Accept: "application/json" } });
    if (!answer.ok) {
      throw new Error("the server did not answer. Wait a moment and try again.");
    }
    return (await answer.json()).request_options;
  }
  return JSON.parse(form.querySelector('script[type="application/json"]').textContent);
}

function prepareForm(form) {
  const button = form.querySelector("button");
  const status = form.querySelector("[role=status]");
  if (!supported()) {
    status.textContent = "This browser cannot use passkeys.";
    button.disabled = true;
    return;
  }
  form.addEventListener("submit", (event) => {
    if (form.elements.credential.value) {
      return;
    }
    event.preventDefault();
    run(button, status, async () => {
      const credential = await USES[form.dataset.passkey](await options(form));
      form.elements.credential.value = JSON.stringify(credential.toJSON());
      form.submit();
    });
  });
}

export function preparePasskeys(scope) {
  scope.querySelectorAll("form[data-passkey]").forEach(prepareForm);
}
