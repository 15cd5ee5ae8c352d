// Draws the lane from its retained state: leaves, people, tone. CSS moves things; this only says where they are.

const TONES = {
  idle: "ready", exit_open: "go", passing: "go", referred: "assist", hold: "assist", obstructed: "alarm",
  emergency_open: "alarm", fault: "alarm", out_of_service: "closed", self_test: "closed",
};
const AT_READER = new Set(["document_present", "reading_document", "entry_open"]);

/** What a state asks of the one who watches: ready, busy, go, assist, alarm or closed. */
export function toneOf(state) {
  return state ? TONES[state.toLowerCase()] ?? "busy" : "closed";
}

export function drawLane(gate, { text, element, clock }) {
  const byId = (id) => document.getElementById(id);
  const { lane } = gate;
  const state = lane?.state.toLowerCase();
  byId("lane-name").textContent = `${text("page", "lane")} ${gate.gate}`;
  byId("lane-state").textContent = state ? text("state", state) : "–";
  byId("lane-since").textContent = lane ? text("page", "since", { t: clock(lane.since) }) : "";
  const picture = byId("lane-picture");
  picture.dataset.tone = gate.online === false ? "closed" : toneOf(state);
  const people = peopleIn(lane, text);
  const leaves = ["entry", "exit"].map((leaf) => {
    const position = lane ? lane.doors[leaf] ?? "none" : "unknown";
    byId(`leaf-${leaf}`).dataset.position = position;
    return `${text("page", leaf)} ${position}`;
  });
  byId("lane-picture-title").textContent = [...leaves, people].join(", ");
  picture.querySelector(".reader").toggleAttribute("data-active", AT_READER.has(state));
  picture.querySelector(".gaze").toggleAttribute("data-active", state === "capturing_face");
  placePeople(lane, state, byId);
  const facts = [
    [text("page", "screen"), lane?.screen ? text("screen", lane.screen) : "–"],
    [text("page", "entry"), lane?.doors.entry ?? "–"],
    [text("page", "exit"), lane?.doors.exit ?? "–"],
    ["", people],
    [text("page", "version"), gate.version ?? "–"],
  ];
  byId("lane-facts").replaceChildren(
    ...facts.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))));
}

function peopleIn(lane, text) {
  const inside = lane?.occupancy ?? 0;
  const key = inside === 0 ? "occupancy_none" : inside === 1 ? "occupancy_one" : "occupancy_more";
  return text("page", key, { n: inside });
}

function placePeople(lane, state, byId) {
  const inside = lane?.occupancy ?? 0;
  const first = inside > 0 ? "inside" : AT_READER.has(state) || state === "entering" ? "approach"
    : state === "passing" ? "beyond" : "";
  byId("person-first").dataset.at = first;
  byId("person-second").dataset.at = inside > 1 ? "behind" : "";
}
