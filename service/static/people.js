// The table of a network: the same people as in the drawing, or the same communities.
import { button, count, el } from "./dom.js";

const SHOWN = 200;
const DEGREES = ["you", "first", "second"];

export function peopleTable({ onPick }) {
  const head = el("tr"), body = el("tbody"), told = el("p", { className: "facts", role: "status" });
  const more = button("More", () => { shown += SHOWN; fill(); }, { hidden: true });
  const node = el("section", { className: "panel", "aria-labelledby": "people-title" }, el("h3", { id: "people-title" }), told,
    el("div", { className: "rows", tabIndex: 0, role: "region", "aria-labelledby": "people-title" }, el("table", { className: "peopled" }, el("thead", {}, head), body)), more);
  let state, rows = [], shown = SHOWN;
  return {
    node,
    show(given) {
      state = given;
      shown = SHOWN;
      rows = (state.text ? state.found : state.nodes).filter((each) => !each.isGone);
      node.querySelector("h3").textContent = state.ofCommunities ? "Communities" : "People";
      head.replaceChildren(...(state.ofCommunities ? ["Community", "People", "You follow"] : ["Name", "Degree", "Community around", "Follows you", "You follow"]).map((text) => el("th", { scope: "col", textContent: text })));
      fill();
    },
  };

  function fill() {
    told.textContent = state.text ? `${count(rows.length, "match", "matches")} of “${state.text}”.` : "";
    body.replaceChildren(...rows.slice(0, shown).map(row));
    more.hidden = rows.length <= shown;
    more.textContent = `More, of ${rows.length.toLocaleString()}`;
  }

  function row(each) {
    const name = el("th", { scope: "row" }, button(state.shows === "ids" && each.person ? each.person : each.name, ({ currentTarget }) => onPick(each, currentTarget), { className: "plainly" }));
    if (state.ofCommunities) return el("tr", {}, name, el("td", { textContent: each.people.toLocaleString() }), el("td", { textContent: each.followees.toLocaleString() }));
    return el("tr", {}, name, el("td", { textContent: DEGREES[each.degree] }), el("td", { textContent: each.around }),
      el("td", { textContent: each.followsMe ? "yes" : "" }), el("td", { textContent: each.degree === 1 ? "yes" : "" }));
  }
}
