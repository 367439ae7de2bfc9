// Before an idle session locks, the person is asked (WCAG 2.2.1); when it has, the page is left, so that
// nothing stays readable on an unattended screen. The server keeps the time that counts.

const WARNING = 120; // seconds before the lock

export function watchIdle(page) {
  const dialog = page.querySelector("dialog[data-idle-seconds]");
  if (!dialog) {
    return;
  }
  const limit = Number(dialog.dataset.idleSeconds);
  let last = Date.now();

  dialog.querySelector("[data-stay]").addEventListener("click", async () => {
    const answer = await fetch(dialog.dataset.stay, { method: "POST", headers: { "X-CSRFToken": dialog.dataset.token } });
    if (!answer.ok || answer.redirected) {
      location.assign(dialog.dataset.leave);
      return;
    }
    last = Date.now();
    dialog.close();
  });

  setInterval(() => {
    const left = limit - (Date.now() - last) / 1000;
    if (left <= 0) {
      location.assign(dialog.dataset.leave);
    } else if (left <= WARNING && !dialog.open) {
      dialog.showModal();
    }
  }, 5000); // milliseconds
}
