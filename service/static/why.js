// Why a post is shown: its reason, the parts of its score as bars, and which single act would take it out.
import { button, el, sentence } from "./dom.js";
import { get, ofUser } from "./api.js";
import { act } from "./acts.js";
import { options } from "./options.js";

export async function why(item) {
  const table = bars(item.parts);
  const changes = el("div", { role: "status" }, el("p", { textContent: "Looking what would change it …" }));
  const dialog = el("dialog", { className: "why", "aria-label": "Why this post", onclose: () => dialog.remove(), onclick(event) {
    if (event.target === dialog || event.target.closest("a")) dialog.close();
  } },
  el("h2", { textContent: "Why this post?" }),
  el("p", { className: "reason" }, sentence(item.reason.text, item.reason.links)),
  el("h3", { textContent: `Its score, ${item.score.toPrecision(3)}, is the sum of` }), table,
  el("h3", { textContent: "What would change that" }), changes,
  button("Close", () => dialog.close()));
  document.body.append(dialog);
  dialog.showModal();
  whatif(item.post, changes, () => dialog.close());
  const { weighed } = await get("/v1/profiles/default").catch(() => ({ weighed: [] }));
  for (const { name, text } of weighed) table.querySelector(`[data-part="${name}"]`)?.append(el("small", { textContent: ` ${text}` }));
}

// Bars to the right of the middle raise the score, those to its left lower it.
export function bars(parts) {
  const rows = Object.entries(parts).filter(([, value]) => value !== 0).sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
  const most = Math.max(...rows.map(([, value]) => Math.abs(value)), 1e-9);
  return el("table", { className: "bars" }, rows.map(([name, value]) => {
    const bar = el("span", { className: value < 0 ? "bar less" : "bar" });
    bar.style.setProperty("--share", Math.abs(value) / most);
    return el("tr", {}, el("th", { scope: "row", "data-part": name, textContent: name }), el("td", {}, bar), el("td", { textContent: value.toPrecision(3) }));
  }));
}

// Fills a place with the single acts that would take a post out, or change its reason.
export async function whatif(post, place, chosen = () => {}) {
  try {
    const found = await get(ofUser(`posts/${encodeURIComponent(post)}/whatif`), options.time());
    place.replaceChildren(el("p", { textContent: found.text }), el("ul", {}, found.changes.map((change) => el("li", {}, change.text, " ",
      button("Do it", () => {
        const { kind, person, post, hashtag } = change;
        chosen();
        act({ kind, person: person ?? undefined, post: post ?? undefined, hashtag: hashtag ?? undefined }, "Done.");
      })))));
  } catch (problem) {
    place.replaceChildren(el("p", { textContent: problem.message }));
  }
}
