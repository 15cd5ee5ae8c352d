// Shows whatever state the controller streams. Decides nothing; knows only how long words need to be readable.
"use strict";

const GUIDANCE_STAYS_MS = 900; // guidance may change with every frame, people read slower
const MIRROR_STAYS_MS = 1200; // a capture may take less; a face that flashes up only startles
const SILENCE_MS = 4000; // the controller speaks every second
const TONES = {
  enter: "go", exit_open: "go", goodbye: "go", emergency: "go", walk_back: "go",
  assist: "assist", document_left: "assist", closed: "closed",
};
const WAY = {
  place_document: 0, place_again: 0, reading: 0, take_document: 1, enter: 1, walk_in: 1, one_person: 1,
  look_at_camera: 2, please_wait: 2, exit_open: 3, goodbye: 3,
};

const body = document.body;
const find = (selector) => document.querySelector(selector);
const ring = find(".ring"), arc = find(".arc"), mirror = find(".mirror"), badge = find(".badge");
const title = find("h1"), text = find("p"), way = find(".way");
const pictograms = new Map([...document.querySelectorAll(".pictogram")].map((svg) => [svg.dataset.pictogram, svg]));

let shown = null;
let pending = 0;
let guidanceSince = 0;
let mirrorSince = Infinity; // when the first picture stood in the mirror

function receive(state) {
  clearTimeout(pending);
  const sameStep = shown !== null && shown.screen === state.screen;
  const wait = guidanceSince + GUIDANCE_STAYS_MS - performance.now();
  if (sameStep && shown.guidance !== state.guidance && wait > 0) {
    drawRing(state.progress);
    pending = setTimeout(draw, wait, state);
  } else if (mirrorRemains(state) > 0) {
    drawRing(1);
    mirrored = false; // the last picture stands still; no other is asked for
    pending = setTimeout(draw, mirrorRemains(state), state);
  } else {
    draw(state);
  }
}

// The lane does not wait for this: what comes next (a leaf that opens, an officer) takes longer than the rest of it.
function mirrorRemains(state) {
  if (mirror.hidden || state.mirror || state.screen === "emergency") return 0;
  return mirrorSince + MIRROR_STAYS_MS - performance.now();
}

function draw(state) {
  if (shown === null || shown.guidance !== state.guidance || shown.screen !== state.screen) {
    guidanceSince = performance.now();
  }
  shown = state;
  document.documentElement.lang = state.language;
  document.documentElement.dir = state.direction;
  body.dataset.tone = TONES[state.screen] ?? "do";
  setText(title, state.title);
  setText(text, state.text);
  drawRing(state.progress);
  drawWay(WAY[state.screen]);
  drawPictogram(state);
  drawMirror(state.mirror);
  body.dataset.guidance = state.guidance ?? "";
  body.dataset.screen = state.screen; // last: who sees this sees the rest
}

function setText(element, words) {
  if (element.textContent !== words) element.textContent = words; // or else screen readers speak again
}

function drawRing(progress) {
  ring.classList.toggle("on", progress !== null);
  arc.style.strokeDasharray = `${progress ?? 0} 1`;
}

function drawWay(step) {
  way.classList.toggle("off", step === undefined);
  [...way.children].forEach((bar, index) => {
    bar.classList.toggle("done", index < step);
    bar.classList.toggle("now", index === step);
  });
}

// Guidance stands in the plate; where the mirror covers the plate, it stands in the badge.
function drawPictogram(state) {
  const name = state.guidance ?? state.screen;
  for (const [key, svg] of pictograms) svg.classList.toggle("on", key === name);
  const useBadge = state.mirror && state.guidance !== null;
  badge.hidden = !useBadge;
  if (useBadge && badge.dataset.pictogram !== name) {
    badge.replaceChildren(pictograms.get(name).cloneNode(true));
    badge.dataset.pictogram = name;
  }
}

function drawMirror(wanted) {
  if (wanted && !mirrored) {
    mirrored = true;
    nextImage();
  } else if (!wanted) {
    mirrored = false;
    mirrorSince = Infinity;
    mirror.hidden = true;
    mirror.removeAttribute("src");
  }
}

// One image at a time: the next is asked for when the last one stands, so a slow machine shows fewer.
let mirrored = false;
let images = 0;

function nextImage() {
  if (mirrored) mirror.src = `mirror.jpg?${++images}`;
}

mirror.addEventListener("load", () => {
  if (!mirrored) return; // too late
  mirror.hidden = false;
  mirrorSince = Math.min(mirrorSince, performance.now());
  setTimeout(nextImage, 66);
});
mirror.addEventListener("error", () => {
  if (!mirrored) return; // nothing was wanted any more
  mirror.hidden = true;
  setTimeout(nextImage, 250);
});

// Without the controller, only a person can help: the same neutral screen as for every referral.
function lose() {
  body.dataset.link = "down";
  receive({
    screen: "assist", guidance: null, title: body.dataset.lostTitle, text: body.dataset.lostText, progress: null,
    mirror: false, language: document.documentElement.lang, direction: document.documentElement.dir,
  });
}

let source = null;
let watchdog = 0;

function listen() {
  source?.close();
  source = new EventSource("states");
  source.onmessage = (event) => {
    watch();
    body.dataset.link = "up";
    receive(JSON.parse(event.data));
  };
  source.onerror = lose;
  watch();
}

function watch() {
  clearTimeout(watchdog);
  watchdog = setTimeout(() => {
    lose();
    listen(); // EventSource gives up for good after some errors; we never do
  }, SILENCE_MS);
}

listen();
