// A call in progress: each second that comes is fetched, played after the one before, and kept nowhere.

const PAUSE = 700; // milliseconds between two questions
const AHEAD = 0.25; // seconds between the arrival of a piece and its sound, so that the next joins it
const BEHIND = 3; // seconds of sound that may wait; more is left out, so that it stays the present
const WAITING = "Waiting for the next second.";

function wait(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds));
}

// Only what changes is written: a screen reader reads it aloud each time.
function say(said, words) {
  if (said.textContent !== words) {
    said.textContent = words;
  }
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

// Until there is nothing more; says so, and gives when the last piece has been heard, by the clock of `audio`.
async function follow(live, said, audio) {
  let due = 0;
  for (;;) {
    const answer = await fetch(live.dataset.live, { cache: "no-store", headers: { Accept: "audio/wav" } });
    if (answer.status === 410) {
      say(said, await answer.text());
      live.querySelector("[data-after]").hidden = false;
      return due;
    }
    if (!answer.ok || answer.redirected) {
      say(said, "Nothing more is given: your time is over, or the grant was taken back.");
      return due;
    }
    if (answer.status === 200) {
      due = play(audio, await audio.decodeAudioData(await answer.arrayBuffer()), due);
      live.dataset.heard = String(Number(live.dataset.heard ?? 0) + 1);
    }
    if (answer.headers.get("Muniment-Silent") === "yes") {
      say(said, "Recording is paused: nothing is heard until it goes on.");
    } else {
      say(said, live.dataset.heard ? "You hear the call, about two seconds late." : WAITING);
    }
    await wait(PAUSE);
  }
}

async function listen(live, said) {
  const audio = new AudioContext();
  try {
    await audio.resume();
    say(said, WAITING);
    const due = await follow(live, said, audio);
    live.dataset.over = "yes";
    await wait(1000 * Math.max(0, due - audio.currentTime));
  } finally {
    await audio.close();
  }
}

document.querySelectorAll("[data-live]").forEach((live) => {
  const said = live.querySelector("[data-said]");
  const button = live.querySelector("[data-act=listen]");
  button.addEventListener("click", () => {
    button.hidden = true;
    said.focus(); // the button had it
    listen(live, said).catch(() => {
      say(said, "The connection was lost. Begin again to go on.");
      button.hidden = false;
    });
  });
});
