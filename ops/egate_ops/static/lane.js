// Draws the lane from its retained state: leaves, people, tone. CSS moves things; this only says where they are.
import { byId, clock, element, text } from "./dom.js";

const TONES = {
  idle: "ready", exit_open: "go", passing: "go", referred: "assist", hold: "assist", obstructed: "alarm",
  emergency_open: "alarm", fault: "alarm", out_of_service: "closed", self_test: "closed",
};
const AT_READER = new Set(["document_present", "reading_document", "entry_open"]);

/** What a state asks of the one who watches: ready, busy, go, assist, alarm or closed. */
export function toneOf(state) {
  return state ? TONES[state.toLowerCase()] ?? "busy" : "closed";
}

export function drawLane(gate) {
  const { lane } = gate;
  const state = lane?.state.toLowerCase();
  byId("lane-name").textContent = `${text("page", "lane")} ${gate.gate}`;
  byId("lane-state").textContent = state ? text("state", state) : "–";
  byId("lane-since").textContent = lane ? text("page", "since", { t: clock(lane.since) }) : "";
  const picture = byId("lane-picture");
  const tone = gate.online === false ? "closed" : toneOf(state);
  picture.dataset.tone = byId("lane").dataset.tone = tone;
  const people = peopleIn(lane);
  const leaves = ["entry", "exit"].map((leaf) => {
    const position = lane ? lane.doors[leaf] ?? "none" : "unknown";
    byId(`leaf-${leaf}`).dataset.position = position;
    return `${text("page", leaf)} ${text("position", position)}`;
  });
  byId("lane-picture-title").textContent = [...leaves, people].join(", ");
  picture.querySelector(".reader").toggleAttribute("data-active", AT_READER.has(state));
  picture.querySelector(".gaze").toggleAttribute("data-active", state === "capturing_face");
  placePeople(lane, state);
  const facts = [
    [text("page", "screen"), lane?.screen ? text("screen", lane.screen) : "–"],
    [text("page", "entry"), lane?.doors.entry ? text("position", lane.doors.entry) : "–"],
    [text("page", "exit"), lane?.doors.exit ? text("position", lane.doors.exit) : "–"],
    [text("page", "inside"), String(lane?.occupancy ?? "–")],
    [text("page", "version"), gate.version ?? "–"],
  ];
  byId("lane-facts").replaceChildren(
    ...facts.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))));
}

function peopleIn(lane) {
  const inside = lane?.occupancy ?? 0;
  const key = inside === 0 ? "occupancy_none" : inside === 1 ? "occupancy_one" : "occupancy_more";
  return text("page", key, { n: inside });
}

// Only who is inside is counted; where somebody stands before and after follows from the state.
const BEFORE_THE_ENTRY = new Set(["document_present", "reading_document", "entry_open", "entering", "referred"]);

function placePeople(lane, state) {
  const inside = lane?.occupancy ?? 0;
  const leaving = lane?.screen === "goodbye" || state === "passing" ? "beyond" : state === "clear_check" ? "before" : "";
  const outside = BEFORE_THE_ENTRY.has(state) && lane.screen !== "walk_back" ? "approach" : leaving;
  byId("person-first").dataset.at = inside > 0 ? "inside" : outside;
  byId("person-second").dataset.at = inside > 1 ? "behind" : "";
}
