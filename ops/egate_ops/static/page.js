// Keeps the page in step with the centre: one snapshot after another, drawn whole. Nothing is ever sent back.
import { byId, clock, element, has, seconds, text } from "./dom.js";
import { drawJourney } from "./journey.js";
import { drawLane, toneOf } from "./lane.js";

let last = null;
let spoken = "";

const WAITS_FOR_OFFICER = new Set(["referred", "hold"]);
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

function drawFaults(snapshot, gate) {
  const rows = gate.faults.map((fault) => element("li", { "data-severity": fault.severity },
    element("strong", {}, fault.meaning ?? fault.code),
    fault.blocks_lane ? element("span", { className: "badge" }, text("page", "blocks_lane")) : null,
    element("p", {}, fault.action ?? text("page", "unknown_fault")),
    element("p", { className: "quiet" }, fault.code, fault.since ? `, ${text("page", "since", { t: clock(fault.since) })}` : "")));
  const say = (severity, words) => rows.push(element("li", { "data-severity": severity }, words));
  if (WAITS_FOR_OFFICER.has(gate.lane?.state.toLowerCase())) rows.unshift(referralRow(gate));
  if (snapshot.store.error) say("critical", text("link", "store_down"));
  if (gate.losses) say("error", text("page", "losses", { n: gate.losses }));
  for (const [reason, n] of Object.entries(gate.alarms)) {
    say("error", text("page", "alarm", { n, why: text("refused", reason) }));
  }
  if (rows.length === 0) say("none", text("page", "faults_none"));
  byId("faults").replaceChildren(...rows);
}

/** Somebody waits for an officer: where, why, and what to do. */
function referralRow({ lane, running }) {
  const decision = running?.steps.find((item) => item.step === "decision");
  const leads = lane.screen === "walk_back" ? "referral_back" : lane.occupancy > 0 ? "referral_inside" : "referral_outside";
  return element("li", { "data-severity": "referral" },
    element("strong", {}, text("page", leads)),
    decision ? element("p", {}, text("reason", decision.reason)) : null,
    element("p", { className: "quiet" }, text("page", `${leads}_do`)));
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
  const lasting = stages.filter((row) => row.p95_ms > 0 || row.stage === "total"); // some stages are passed in no time
  const parts = lasting.filter((row) => row.stage !== "total");
  const longest = Math.max(1, ...parts.map((row) => row.p95_ms));
  byId("stages").replaceChildren(...lasting.map((row) => element("tr", { className: row.stage === "total" ? "whole" : "" },
    element("th", { scope: "row" }, text(has("state", row.stage) ? "state" : "step", row.stage)),
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
  drawLane(gate);
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
