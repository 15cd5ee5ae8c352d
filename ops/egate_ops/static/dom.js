// Words and elements, for every part of the page.

const texts = await (await fetch("/api/texts")).json();

export const byId = (id) => document.getElementById(id);
export const has = (section, key) => texts[section]?.[key] !== undefined;

/** The text of a key, or the key itself made readable: a newer gate may know more words than we do. */
export function text(section, key, values = {}) {
  const found = texts[section]?.[key] ?? key.replaceAll("_", " ");
  return found.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

const TIME = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
export const clock = (iso) => new Date(iso).toLocaleTimeString([], TIME);
export const seconds = (ms) => (ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`);
