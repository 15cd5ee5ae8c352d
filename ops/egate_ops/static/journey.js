// One traveller as it happens: the checks in the groups in which they are made, then the decision.
import { byId, clock, element, has, seconds, text } from "./dom.js";

const GROUPS = {
  page: ["mrz_read", "mrz_check_digits", "document_supported", "document_expiry", "document_reuse", "digital_seal", "age"],
  chip: ["chip_access", "passive_authentication", "chip_authenticity", "mrz_dg1_consistency", "document_model", "portrait"],
  border: ["border_system"],
  person: ["single_person", "face_capture", "pad", "face_verification"],
};
const BUSY_WITH = { document_present: "page", reading_document: "chip", capturing_face: "person" };
const WORST_FIRST = ["failed", "aborted", "undetermined", "not_supported", "passed"];
const GLYPHS = { passed: "✓", failed: "✕", undetermined: "?", not_supported: "–", aborted: "!", now: "●", next: "" };
const FEW = 3; // details that are read at a glance
const opened = new Set(); // lists of details that stand open, over redraws

export function drawJourney({ running, lane }) {
  byId("journey-when").textContent = running === null ? "" :
    `– ${text("page", running.ended ? "journey_ended" : "journey_running")}, ${clock(running.began_at)}`;
  const steps = (running?.steps ?? []).filter((item) => item.step && item.step !== "decision");
  const busy = running && !running.ended ? BUSY_WITH[lane?.state.toLowerCase()] : undefined;
  const rows = Object.entries(GROUPS).map(([group, names]) =>
    groupRow(group, steps.filter((item) => names.includes(item.step)), group === busy));
  const known = new Set(Object.values(GROUPS).flat());
  const others = steps.filter((item) => !known.has(item.step));
  if (others.length > 0) rows.push(groupRow("other", others, false));
  byId("journey-steps").replaceChildren(...(running ? rows : [element("li", { className: "quiet" }, text("page", "journey_none"))]));
  drawVerdict(running);
}

function groupRow(group, steps, busy) {
  const outcome = WORST_FIRST.find((each) => steps.some((item) => item.outcome === each)) ?? (busy ? "now" : "next");
  const name = text("group", group);
  const onlyItself = steps.length === 1 && outcome === "passed" && text("step", steps[0].step) === name;
  const said = steps.length > 0 ? text("outcome", outcome) : text("page", outcome);
  const took = Math.max(0, ...steps.map((item) => item.duration_ms));
  return element("li", { "data-outcome": outcome },
    element("span", { className: "glyph", "aria-hidden": "true" }, GLYPHS[outcome] ?? "•"),
    element("h3", {}, name, element("span", { className: "spoken" }, said)),
    element("span", { className: "took" }, took > 0 ? seconds(took) : ""),
    steps.length === 0 || onlyItself ? null : element("ul", { className: "checks" }, ...steps.map(check)));
}

function check(item) {
  const fine = item.outcome === "passed";
  return element("li", { className: fine ? "" : "wrong", "data-outcome": item.outcome },
    element("span", { className: "mark", "aria-hidden": "true" }, GLYPHS[item.outcome] ?? "•"),
    element("span", {}, text("step", item.step),
      element("span", { className: fine ? "spoken" : "word" }, text("outcome", item.outcome)), details(item),
      fine ? null : element("span", { className: "why" }, text("reason", item.reason))));
}

/** A few details stand beside the check; of many, those that are not in order, and the rest on demand. */
function details(item) {
  if (item.details.length === 0) return null;
  const inParts = item.details.some((part) => part.endsWith(":ok")); // else they name what was used
  if (item.details.length <= FEW || !inParts) {
    return element("span", { className: "detail" }, item.details.map(detail).join(", "));
  }
  const wrong = item.details.filter((part) => !part.endsWith(":ok"));
  const count = { n: item.details.length, bad: wrong.length, which: wrong.map(detail).join(", ") };
  const list = element("details", { className: "detail", open: opened.has(item.step) },
    element("summary", {}, text("page", wrong.length > 0 ? "parts_wrong" : "parts_fine", count)),
    element("span", {}, item.details.map(detail).join(", ")));
  list.addEventListener("toggle", () => (list.open ? opened.add(item.step) : opened.delete(item.step)));
  return list;
}

function detail(word) {
  const [part, state] = word.split(":");
  const name = has("detail", part) ? text("detail", part) : /^(dg\d+|sod)$/.test(part) ? part.toUpperCase() : text("detail", part);
  return state === undefined || state === "ok" ? name : `${name}: ${text("detail", state)}`;
}

/** The decision as soon as it is taken; how it ended when it has. */
function drawVerdict(running) {
  const step = running?.steps.find((item) => item.step === "decision");
  const taken = step && { decision: step.outcome === "passed" ? "admit" : "refer", reasons: [step.reason], attention: [] };
  const { decision, reasons, attention, resolution } = running?.ended ?? taken ?? {};
  const box = byId("journey-end");
  box.hidden = decision === undefined;
  if (decision === undefined) return;
  box.dataset.decision = decision;
  box.replaceChildren(text("decision", decision),
    ...reasons.filter((reason) => reason !== "ok").map((reason) => element("span", {}, text("reason", reason))),
    ...attention.map((code) => element("span", { className: "silent" }, `${text("page", "silent")}: ${text("attention", code)}`)),
    resolution ? element("span", { className: "quiet" },
      `${text("page", "ending")}: ${text("resolution", resolution)}, ${seconds(running.ended.duration_ms)}`) : "");
}
