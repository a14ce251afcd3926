// Why a post is shown: its reason, the parts of its score as bars, and which single act would take it out.
import { button, el, sentence } from "./dom.js";
import { get, ofUser } from "./api.js";
import { act } from "./acts.js";

export function why(item) {
  const changes = el("div", { role: "status" }, el("p", { textContent: "Looking what would change it …" }));
  const dialog = el("dialog", { className: "why", "aria-label": "Why this post", onclose: () => dialog.remove(), onclick(event) {
    if (event.target === dialog || event.target.closest("a")) dialog.close();
  } },
  el("h2", { textContent: "Why this post?" }),
  el("p", { className: "reason" }, sentence(item.reason.text, item.reason.links)),
  el("h3", { textContent: `Its score, ${item.score.toPrecision(3)}, is the sum of` }), bars(item.parts),
  el("h3", { textContent: "What would change that" }), changes,
  button("Close", () => dialog.close()));
  document.body.append(dialog);
  dialog.showModal();
  whatif(item, changes, dialog);
}

// Bars to the right of the middle raise the score, those to its left lower it.
export function bars(parts) {
  const rows = Object.entries(parts).filter(([, value]) => value !== 0).sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
  const most = Math.max(...rows.map(([, value]) => Math.abs(value)), 1e-9);
  return el("table", { className: "bars" }, rows.map(([name, value]) => {
    const bar = el("span", { className: value < 0 ? "bar less" : "bar" });
    bar.style.setProperty("--share", Math.abs(value) / most);
    return el("tr", {}, el("th", { scope: "row", textContent: name }), el("td", {}, bar), el("td", { textContent: value.toPrecision(3) }));
  }));
}

async function whatif(item, place, dialog) {
  try {
    const found = await get(ofUser(`posts/${encodeURIComponent(item.post)}/whatif`));
    place.replaceChildren(el("p", { textContent: found.text }), el("ul", {}, found.changes.map((change) => el("li", {}, change.text, " ",
      button("Do it", () => {
        const { kind, person, post, hashtag } = change;
        dialog.close();
        act({ kind, person: person ?? undefined, post: post ?? undefined, hashtag: hashtag ?? undefined }, "Done.");
      })))));
  } catch (problem) {
    place.replaceChildren(el("p", { textContent: problem.message }));
  }
}
