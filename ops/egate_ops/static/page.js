// Keeps the page in step with the centre: one snapshot after another, drawn whole. Nothing is ever sent back.
import { drawLane, toneOf } from "./lane.js";

const texts = await (await fetch("/api/texts")).json();
const byId = (id) => document.getElementById(id);
const GLYPHS = { passed: "✓", failed: "✕", undetermined: "?", not_supported: "–", aborted: "!", now: "●" };
let last = null;
let spoken = "";

/** The text of a key, or the key itself made readable: a newer gate may know more words than we do. */
export function text(section, key, values = {}) {
  const found = texts[section]?.[key] ?? key.replaceAll("_", " ");
  return found.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

const clock = (iso) => new Date(iso).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const seconds = (ms) => (ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`);
const dotted = (tone, words, properties = {}) =>
  element("li", { "data-tone": tone, ...properties }, element("span", { className: "dot" }), words);

function drawLinks(snapshot, gate, live) {
  const { connected } = snapshot.broker;
  const link = gate.online === null ? ["assist", "gate_unknown"] : gate.online ? ["go", "gate_on"] : ["alarm", "gate_off"];
  byId("links").replaceChildren(
    dotted(link[0], `${gate.gate}: ${text("link", link[1])}`),
    dotted(connected ? "go" : "alarm", `${text("link", "broker")}: ${text("link", connected ? "broker_up" : "broker_down")}`),
    dotted(live ? "go" : "alarm", text("link", live ? "live" : "page_lost")),
  );
}

function drawGates(gates, shown) {
  byId("gates").hidden = gates.length < 2;
  byId("gates").replaceChildren(...gates.map((gate) => {
    const bad = gate.online === false || gate.faults.some((fault) => fault.blocks_lane);
    const properties = { href: `#${gate.gate}`, "data-tone": bad ? "alarm" : toneOf(gate.lane?.state) };
    if (gate === shown) properties["aria-current"] = "true";
    return element("a", properties, element("span", { className: "dot" }), gate.gate);
  }));
}

function drawJourney(gate) {
  const { running, lane } = gate;
  byId("journey-when").textContent = running === null ? "" :
    `– ${text("page", running.ended ? "journey_ended" : "journey_running")}, ${clock(running.began_at)}`;
  const rows = (running?.steps ?? []).filter((item) => item.step).map(stepRow);
  if (running === null) rows.push(element("li", { className: "quiet" }, text("page", "journey_none")));
  else if (!running.ended && lane) {
    rows.push(element("li", { "data-outcome": "now" }, element("span", { className: "glyph", "aria-hidden": "true" }, GLYPHS.now),
      element("span", {}, text("state", lane.state.toLowerCase()))));
  }
  byId("journey-steps").replaceChildren(...rows);
  const end = byId("journey-end");
  end.hidden = !running?.ended;
  if (running?.ended) {
    end.dataset.decision = running.ended.decision;
    end.replaceChildren(text("decision", running.ended.decision),
      ...running.ended.reasons.map((reason) => element("span", {}, text("reason", reason))),
      ...running.ended.attention.map((code) => element("span", {}, `${text("page", "silent")}: ${code.replaceAll("_", " ")}`)));
  }
}

function stepRow(item) {
  const fine = item.outcome === "passed";
  return element("li", { "data-outcome": item.outcome },
    element("span", { className: "glyph", "aria-hidden": "true" }, GLYPHS[item.outcome] ?? "•"),
    element("span", {}, text("step", item.step),
      element("span", { className: fine ? "spoken" : "word" }, text("outcome", item.outcome)),
      ...item.details.map((detail) => element("span", { className: "tag" }, detail))),
    element("span", { className: "took" }, seconds(item.duration_ms)),
    fine ? null : element("span", { className: "why" }, text("reason", item.reason)));
}

function drawFaults(snapshot, gate) {
  const rows = gate.faults.map((fault) => element("li", { "data-severity": fault.severity },
    element("strong", {}, fault.meaning ?? fault.code),
    fault.blocks_lane ? element("span", { className: "badge" }, text("page", "blocks_lane")) : null,
    element("p", {}, fault.action ?? text("page", "unknown_fault")),
    element("p", { className: "quiet" }, fault.code, fault.since ? `, ${text("page", "since", { t: clock(fault.since) })}` : "")));
  const say = (severity, words) => rows.push(element("li", { "data-severity": severity }, words));
  if (snapshot.store.error) say("critical", text("link", "store_down"));
  if (gate.losses) say("error", text("page", "losses", { n: gate.losses }));
  for (const [reason, n] of Object.entries(gate.alarms)) {
    say("error", text("page", "alarm", { n, why: text("refused", reason) }));
  }
  if (rows.length === 0) say("none", text("page", "faults_none"));
  byId("faults").replaceChildren(...rows);
}

function drawCounters({ counters }) {
  byId("counters").replaceChildren(...["admitted", "referred", "aborted"].map((name) =>
    element("div", { className: name }, element("dt", {}, text("page", name)), element("dd", {}, String(counters[name])))));
  const most = Math.max(1, ...counters.reasons.map((row) => row.count));
  byId("reasons-part").hidden = counters.reasons.length === 0;
  byId("reasons").replaceChildren(...counters.reasons.slice(0, 8).map(({ reason, count }) =>
    element("li", {}, element("span", {}, text("reason", reason)), element("span", {}, String(count)),
      element("meter", { min: 0, max: most, value: count, "aria-hidden": "true" }))));
}

function drawStages({ stages }) {
  const parts = stages.filter((row) => row.stage !== "total");
  const longest = Math.max(1, ...parts.map((row) => row.p95_ms));
  byId("stages").replaceChildren(...stages.map((row) => element("tr", { className: row.stage === "total" ? "whole" : "" },
    element("th", { scope: "row" }, text(texts.state[row.stage] ? "state" : "step", row.stage)),
    element("td", { className: "span" }, row.stage === "total" ? null : spanPicture(row, longest)),
    element("td", { className: "number" }, seconds(row.p50_ms)),
    element("td", { className: "number" }, seconds(row.p95_ms)))));
  if (stages.length === 0) {
    byId("stages").replaceChildren(element("tr", {}, element("td", { colSpan: 4, className: "quiet" }, text("page", "no_figures"))));
  }
}

function spanPicture(row, longest) {
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  picture.setAttribute("aria-hidden", "true");
  for (const [name, value] of [["slow", row.p95_ms], ["typical", row.p50_ms]]) {
    const bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    bar.setAttribute("class", name);
    bar.setAttribute("width", `${Math.max(1, (100 * value) / longest)}%`);
    bar.setAttribute("height", "100%");
    bar.setAttribute("rx", "3");
    picture.append(bar);
  }
  return picture;
}

function drawOutcomes({ outcomes }) {
  const tones = { admit: "go", refer: "assist", abort: "closed" };
  byId("outcomes").replaceChildren(...outcomes.map((row) => element("tr", {},
    element("td", {}, clock(row.ended_at)),
    element("td", {}, element("span", { className: "decision", "data-tone": tones[row.decision] },
      element("span", { className: "dot" }), text("decision", row.decision))),
    element("td", {}, row.reasons.map((reason) => text("reason", reason)).join(" ")),
    element("td", {}, text("resolution", row.resolution)),
    element("td", {}, row.document ?? "–"),
    element("td", { className: "number" }, seconds(row.duration_ms)))));
  if (outcomes.length === 0) {
    byId("outcomes").replaceChildren(element("tr", {}, element("td", { colSpan: 6, className: "quiet" }, text("page", "outcomes_none"))));
  }
}

/** One polite sentence for screen readers, only when something worth hearing has changed. */
function speak(gate) {
  const ended = gate.running?.ended;
  const words = ended ? [text("decision", ended.decision), ...ended.reasons.map((reason) => text("reason", reason))]
    : gate.lane ? [text("state", gate.lane.state.toLowerCase())] : [];
  if (words.join(" ") !== spoken) byId("spoken").textContent = spoken = words.join(" ");
}

function draw(snapshot, live) {
  const gate = snapshot.gates.find((each) => `#${each.gate}` === location.hash) ?? snapshot.gates[0];
  byId("main").hidden = !gate;
  byId("waiting").hidden = Boolean(gate);
  if (!gate) return;
  drawLinks(snapshot, gate, live);
  drawGates(snapshot.gates, gate);
  drawLane(gate, { text, element, clock });
  drawJourney(gate);
  drawFaults(snapshot, gate);
  drawCounters(gate);
  drawStages(gate);
  drawOutcomes(gate);
  speak(gate);
}

const stream = new EventSource("/api/stream"); // reconnects by itself
stream.onmessage = (message) => draw((last = JSON.parse(message.data)), true);
stream.onerror = () => last && draw(last, false);
addEventListener("hashchange", () => last && draw(last, true));
