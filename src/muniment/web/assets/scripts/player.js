// The waveform over a player that works without it: two channels, what cannot be heard, who speaks, keys.
// Peaks come from the server; the sound itself is fetched by the browser's own player, range by range.
import WaveSurfer from "wavesurfer.js";

const COLOURS = [
  { waveColor: "#0b5a6f", progressColor: "#072a34" },
  { waveColor: "#912b88", progressColor: "#4c1147" },
];
const HEIGHT = 64; // pixels of a channel
const STEP = 5; // seconds
const LOUD = 0.04; // of full: below it nobody speaks
const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];

function clock(seconds) {
  const whole = Math.max(Math.floor(seconds), 0);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value) => String(value).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

function drawMarks(waves, marks, outline) {
  for (const mark of marks) {
    const drawn = document.createElement("div");
    drawn.className = `muniment-player__mark muniment-player__mark--${mark.kind}`;
    drawn.style.left = `${(100 * mark.start) / outline.length}%`;
    drawn.style.width = `${(100 * (mark.end - mark.start)) / outline.length}%`;
    const all = mark.channel < 0 || outline.channels.length === 1;
    drawn.style.top = all ? "0" : `${mark.channel * HEIGHT}px`;
    drawn.style.height = `${all ? outline.channels.length * HEIGHT : HEIGHT}px`;
    waves.append(drawn);
  }
}

function listHoles(page, outline, names) {
  const box = page.querySelector("[data-holes]");
  if (!outline.holes.length || !box) {
    return;
  }
  for (const [start, end, channel] of outline.holes) {
    const line = document.createElement("li");
    const whose = channel < 0 || names.length === 1 ? "" : `, ${names[channel].dataset.name}`;
    line.textContent = `${clock(start / 1000)}, ${((end - start) / 1000).toFixed(2)} seconds${whose}`;
    box.querySelector("[data-holes-list]").append(line);
  }
  box.hidden = false;
}

// Whose name is underlined: each channel's peaks at this moment say whether it is heard.
function watchSpeakers(audio, outline, names) {
  if (names.length < 2) {
    return;
  }
  audio.addEventListener("timeupdate", () => {
    outline.channels.forEach((peaks, channel) => {
      const at = 2 * Math.floor(((audio.currentTime * 1000) / outline.length) * (peaks.length / 2));
      const speaks = !audio.paused && peaks.slice(at, at + 4).some((value) => Math.abs(value) > LOUD);
      names[channel].classList.toggle("muniment-player__name--speaks", speaks);
    });
  });
}

function draw(player, audio, outline) {
  const waves = player.querySelector("[data-waves]");
  const names = [...player.querySelectorAll(".muniment-player__name")];
  WaveSurfer.create({
    container: waves,
    media: audio,
    peaks: outline.channels,
    duration: outline.length / 1000,
    splitChannels: outline.channels.map((_, channel) => ({ ...COLOURS[channel % 2], height: HEIGHT })),
    height: HEIGHT,
    normalize: false,
    cursorColor: "#0b0c0c",
    cursorWidth: 2,
    cspNonce: player.dataset.nonce,
  });
  const said = [...player.querySelectorAll("[data-mark]")].map(({ dataset }) => ({
    kind: dataset.mark,
    start: Number(dataset.start),
    end: Number(dataset.end),
    channel: Number(dataset.channel),
  }));
  const holes = outline.holes.map(([start, end, channel]) => ({ kind: "hole", start, end, channel }));
  drawMarks(waves, [...said, ...holes], outline);
  listHoles(document, outline, names);
  watchSpeakers(audio, outline, names);
  player.dataset.drawn = "yes";
}

function prepareActs(player, audio) {
  const button = player.querySelector("[data-act=play]");
  const speed = player.querySelector("[data-speed]");
  const setSpeed = (value) => {
    audio.playbackRate = value;
    speed.value = String(value);
  };
  const acts = {
    play: () => (audio.paused ? audio.play() : audio.pause()),
    back: () => (audio.currentTime = Math.max(audio.currentTime - STEP, 0)),
    on: () => (audio.currentTime = Math.min(audio.currentTime + STEP, audio.duration || 0)),
    slower: () => setSpeed(SPEEDS[Math.max(SPEEDS.indexOf(audio.playbackRate) - 1, 0)]),
    faster: () => setSpeed(SPEEDS[Math.min(SPEEDS.indexOf(audio.playbackRate) + 1, SPEEDS.length - 1)]),
    note: () => {
      const field = document.getElementById("note-text");
      field.closest("details").open = true;
      document.getElementById("note-at").value = clock(audio.currentTime);
      field.focus();
    },
  };
  const keys = { k: "play", j: "back", l: "on", "<": "slower", ">": "faster", n: "note" };
  player.addEventListener("click", (event) => acts[event.target.closest("[data-act]")?.dataset.act]?.());
  player.addEventListener("keydown", (event) => {
    const act = keys[event.key.toLowerCase()];
    if (act && !event.ctrlKey && !event.metaKey && !event.altKey && event.target !== speed) {
      event.preventDefault();
      acts[act]();
    }
  });
  speed.addEventListener("change", () => setSpeed(Number(speed.value)));
  audio.addEventListener("play", () => (button.textContent = "Pause"));
  audio.addEventListener("pause", () => (button.textContent = "Play"));
  document.querySelectorAll("[data-seek]").forEach((link) =>
    link.addEventListener("click", () => {
      audio.currentTime = Number(link.dataset.seek) / 1000;
      audio.play();
      button.focus();
    }),
  );
  document.querySelector("[data-note]")?.closest("details").addEventListener("toggle", () => {
    document.getElementById("note-at").value = clock(audio.currentTime);
  });
}

async function prepare(player) {
  const audio = player.querySelector("audio");
  const said = player.querySelector("[data-said]");
  prepareActs(player, audio);
  audio.addEventListener("error", () => {
    said.textContent = "The sound is not given any more: the opening has ended, or the grant was taken back. Load the page again to open it anew.";
  });
  const answer = await fetch(player.dataset.outline, { headers: { Accept: "application/json" } });
  if (!answer.ok || answer.redirected) {
    said.textContent = "The waveform could not be drawn. The sound can be heard all the same.";
    return;
  }
  draw(player, audio, await answer.json());
}

document.querySelectorAll("[data-player]").forEach(prepare);
