// A call in progress: each second that comes is fetched, played after the one before, and kept nowhere.

const PAUSE = 700; // milliseconds between two questions
const AHEAD = 0.25; // seconds between the arrival of a piece and its sound, so that the next joins it
const BEHIND = 3; // seconds of sound that may wait; more is left out, so that it stays the present

function wait(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds));
}

function play(audio, buffer, due) {
  const source = audio.createBufferSource();
  source.buffer = buffer;
  source.connect(audio.destination);
  const late = due < audio.currentTime || due > audio.currentTime + BEHIND;
  const at = late ? audio.currentTime + AHEAD : due;
  source.start(at);
  return at + buffer.duration;
}

async function listen(live, said) {
  const audio = new AudioContext();
  await audio.resume();
  let due = 0;
  said.textContent = "Waiting for the next second.";
  for (;;) {
    const answer = await fetch(live.dataset.live, { cache: "no-store", headers: { Accept: "audio/wav" } });
    if (answer.status === 410) {
      said.textContent = await answer.text();
      break;
    }
    if (!answer.ok || answer.redirected) {
      said.textContent = "Nothing more is given: your time is over, or the grant was taken back.";
      break;
    }
    if (answer.status === 200) {
      due = play(audio, await audio.decodeAudioData(await answer.arrayBuffer()), due);
      live.dataset.heard = String(Number(live.dataset.heard ?? 0) + 1);
    }
    const silent = answer.headers.get("Muniment-Silent") === "yes";
    said.textContent = silent
      ? "Recording is paused: nothing is heard until it goes on."
      : live.dataset.heard ? "You hear the call, about two seconds late." : "Waiting for the next second.";
    await wait(PAUSE);
  }
  live.dataset.over = "yes";
  await wait(1000 * Math.max(0, due - audio.currentTime));
  await audio.close();
}

document.querySelectorAll("[data-live]").forEach((live) => {
  const said = live.querySelector("[data-said]");
  const button = live.querySelector("[data-act=listen]");
  button.addEventListener("click", () => {
    button.disabled = true;
    listen(live, said).catch(() => {
      said.textContent = "The connection was lost. Load the page again to go on.";
      button.disabled = false;
    });
  });
});
