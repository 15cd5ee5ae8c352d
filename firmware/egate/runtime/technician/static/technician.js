// Draws whatever view the gate streams. Decides nothing, keeps nothing, sends nothing back.
"use strict";

const SILENCE_MS = 4000; // the gate speaks every second
const byId = (id) => document.getElementById(id);

function setText(element, words) {
  if (element.textContent !== words) element.textContent = words; // or else screen readers speak again
}

function element(tag, className, words = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = words;
  return made;
}

function shape(tag, properties) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(properties)) made.setAttribute(name, value);
  return made;
}

// A score from 0 to 1 as a bar, with a line where an alarm begins; the words beside it say the same.
class Bar {
  constructor({ key, title }) {
    this.row = element("div", "row");
    this.row.dataset.key = key;
    this.title = element("p", "title", title);
    this.about = element("p", "about quiet");
    this.words = element("p", "words");
    this.meter = shape("svg", { class: "meter", viewBox: "0 0 100 10", preserveAspectRatio: "none", role: "meter",
      "aria-valuemin": 0, "aria-valuemax": 1, "aria-label": title });
    this.fill = shape("rect", { class: "fill", height: 10 });
    this.mark = shape("line", { class: "mark", y1: -3, y2: 13 });
    this.meter.append(shape("rect", { class: "track", width: 100, height: 10 }), this.fill, this.mark);
    this.row.append(this.title, this.words, this.meter, this.about);
  }

  draw(bar) {
    const score = bar.score === null ? "–" : bar.score.toFixed(2);
    this.row.dataset.tone = bar.tone;
    setText(this.words, `${score} ${bar.words}`);
    setText(this.about, bar.about);
    this.fill.setAttribute("width", 100 * (bar.score ?? 0));
    this.meter.setAttribute("aria-valuenow", bar.score ?? 0);
    this.meter.setAttribute("aria-valuetext", this.words.textContent);
    this.mark.classList.toggle("off", bar.mark === null);
    for (const end of ["x1", "x2"]) this.mark.setAttribute(end, 100 * (bar.mark ?? 0));
  }
}

class Cue extends Bar {
  constructor({ bar }) {
    super(bar);
    this.why = element("p", "why");
    this.details = byId("features").content.firstElementChild.cloneNode(true);
    this.row.append(this.why, this.details);
  }

  draw(cue) {
    super.draw({ ...cue.bar, about: `${cue.bar.about}; ${cue.vote}` });
    this.row.classList.toggle("mute", !cue.votes);
    setText(this.why, cue.why);
    this.why.hidden = cue.why === "";
    this.details.hidden = cue.features.length === 0;
    setText(this.details.querySelector("summary"), cue.more);
    drawTable(this.details.querySelector("tbody"), cue.features.map((f) => [f.name, f.value, f.typical, f.apart, f.weight]),
      ["", "number", "", "number", "number"]);
  }
}

// Rows stay while their keys stay, so that what somebody has opened does not close with the next view.
function drawRows(parent, items, keyOf, Row) {
  parent.rows ??= new Map();
  const keys = new Set(items.map(keyOf));
  for (const [key, row] of parent.rows) {
    if (keys.has(key)) continue;
    row.row.remove();
    parent.rows.delete(key);
  }
  for (const item of items) {
    let row = parent.rows.get(keyOf(item));
    if (row === undefined) {
      row = new Row(item);
      parent.rows.set(keyOf(item), row);
      parent.append(row.row);
    }
    row.draw(item);
  }
}

function drawTable(body, rows, classes, tones = []) {
  while (body.rows.length > rows.length) body.deleteRow(-1);
  rows.forEach((cells, number) => {
    const row = body.rows[number] ?? body.insertRow();
    row.dataset.tone = tones[number] ?? "";
    cells.forEach((words, column) => {
      let cell = row.children[column];
      if (cell === undefined) {
        cell = element(column === 0 ? "th" : "td", classes[column]);
        if (column === 0) cell.scope = "row";
        row.append(cell);
      }
      setText(cell, words);
    });
  });
}

function draw(view) {
  setText(byId("phase"), view.head);
  byId("phase").dataset.tone = view.tone;
  byId("main").hidden = view.shown === null;
  byId("empty").hidden = view.shown !== null;
  drawShown(view.shown ?? EMPTY);
  document.body.dataset.phase = view.phase ?? ""; // last: who sees this sees the rest
}

const EMPTY = { told: "", why: "", frames: "", progress: 0, rate: "", challenge: "", swatch: null, final: null,
  fusions: [], cues: [], measures: [], laps: [] };

function drawShown(shown) {
  for (const name of ["told", "why", "frames", "rate", "challenge"]) setText(byId(name), shown[name]);
  byId("progress").setAttribute("width", 100 * shown.progress);
  byId("challenge").hidden = shown.challenge === "";
  byId("lamp").hidden = shown.swatch === null;
  byId("swatch").setAttribute("fill", shown.swatch?.colour ?? "none");
  setText(byId("lamp-words"), shown.swatch?.words ?? "");
  drawRows(byId("final"), shown.final === null ? [] : [shown.final], (bar) => bar.key, Bar);
  drawRows(byId("fusions"), shown.fusions, (bar) => bar.key, Bar);
  drawRows(byId("cues"), shown.cues, (cue) => cue.bar.key, Cue);
  const tones = (rows) => rows.map((row) => row.tone);
  const cells = (rows) => rows.map((row) => [row.title, ...row.cells]);
  drawTable(byId("measures"), cells(shown.measures), ["", "number", "", "state"], tones(shown.measures));
  drawTable(byId("laps"), cells(shown.laps), ["", "number", "number"]);
}

// Without the gate nothing is known: nothing old may be taken for live.
function lose() {
  document.body.dataset.link = "down";
  setText(byId("link-words"), document.body.dataset.lost);
  draw({ head: document.body.dataset.lost, phase: null, tone: "open", shown: null });
}

let source = null;
let watchdog = 0;

function listen() {
  source?.close();
  source = new EventSource("sights");
  source.onmessage = (event) => {
    watch();
    document.body.dataset.link = "up";
    setText(byId("link-words"), document.body.dataset.live);
    draw(JSON.parse(event.data));
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
