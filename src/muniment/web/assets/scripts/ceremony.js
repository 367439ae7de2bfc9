// What every use of a passkey shares: one at a time, and its failure in plain words.

const WORDS = {
  NotAllowedError: "The passkey was not used: you cancelled, or it took too long. Nothing was sent. Try again.",
  InvalidStateError: "This device already holds a passkey for this account. Use another device or security key.",
  SecurityError: "This page's address does not match your passkey. Open Muniment at the address you were given.",
  NotSupportedError: "This device cannot make the kind of passkey that is needed. Use another device or security key.",
};

export function supported() {
  return Boolean(window.PublicKeyCredential && navigator.credentials);
}

export async function run(button, status, ceremony) {
  if (button.disabled) {
    return;
  }
  button.disabled = true;
  status.textContent = "Waiting for your passkey…";
  try {
    await ceremony();
  } catch (error) {
    status.textContent = WORDS[error.name] ?? `The passkey could not be used: ${error.message}`;
    button.disabled = false;
  }
}
