// The network: who follows whom, drawn on a canvas, and the same people in a table beside it.
import { button, count, el, select } from "./dom.js";
import { get, ofUser, session } from "./api.js";
import { drawn } from "./canvas.js";
import { openInNeo4j } from "./neo4j.js";
import { peopleTable } from "./people.js";
import { personPanel } from "./person.js";

const WAIT_MS = 150, NAMED_GROUPS = 8;

export async function networkView(place, { say, signal }) {
  const state = { edges: "all", shows: "names", colours: "degree", community: undefined, called: undefined, text: "", selected: null };
  const told = el("p", { className: "facts", id: "drawn" }), legend = el("ul", { className: "legend" });
  const host = el("div", { className: "drawing" }), aside = el("div", { className: "beside" });
  const back = button("All communities", () => load({}), { hidden: true });
  place.append(el("h2", { textContent: "Network", tabIndex: -1 }), toolbar(), told, el("div", { className: "network" }, el("div", {}, host, legend), aside));
  const canvas = await drawn(host, { signal, onPick: pick, onTheme: () => explain() });
  const table = peopleTable({ onPick: pick });
  const panel = personPanel({ changed: () => { canvas.refresh(state); table.show(state); }, closed: () => choose(null) });
  aside.append(panel.node, table.node, openInNeo4j(() => [read()]));
  signal.addEventListener("abort", panel.leave);
  await load({});

  function read() { return [ofUser("network/drawing"), { edges: state.edges, community: state.community, name: state.called }]; }

  // All, or the people of a community, or those `called` so
  async function load(change) {
    const asked = Object.assign(state, { community: undefined, called: undefined, selected: null }, change);
    say("Looking …");
    const { edges, community, called } = state;
    place.querySelector("[name=find]").value = "";
    const answer = await get(...read());
    if (signal.aborted || asked.edges !== edges || asked.community !== community || asked.called !== called) return;
    Object.assign(state, network(answer));
    back.hidden = community === undefined && called === undefined;
    told.textContent = words(answer, community !== undefined ? " of this community" : called === undefined ? "" : ` called ${called}, with you`);
    panel.close();
    explain();
    table.show(state);
    canvas.show(state);
    say("");
  }

  // A person or, where these are drawn, a community
  function pick(node, opener) {
    if (node.isCommunity) load({ community: node.community ?? "none" }).catch((problem) => say(problem.message));
    else choose(node, opener);
  }

  function choose(node, opener) {
    state.selected = node;
    canvas.refresh(state);
    if (node) {
      canvas.centre(node);
      panel.open(node, opener);
    }
  }

  function toolbar() {
    const mine = el("input", { type: "checkbox", name: "mine", onchange: () => load({ edges: mine.checked ? "mine" : "all" }).catch((problem) => say(problem.message)) });
    const shows = select("Labels", ["names", "ids"]), colours = select("Colours", ["first and second degree", "communities"]);
    shows.addEventListener("change", () => look({ shows: shows.value }));
    colours.addEventListener("change", () => look({ colours: colours.selectedIndex ? "community" : "degree" }));
    let waiting;
    const find = el("input", { type: "search", name: "find", autocomplete: "off", spellcheck: false, oninput() {
      clearTimeout(waiting);
      waiting = setTimeout(search, WAIT_MS);
    } });
    return el("form", { className: "toolbar", role: "search", "aria-label": "The network", onsubmit(event) {
      event.preventDefault();
      clearTimeout(waiting);
      const [first] = search();
      if (first) pick(first, find);
      else if (state.ofCommunities && state.text) load({ called: find.value.trim() }).catch((problem) => say(problem.message));
    } },
    el("label", {}, "Find in the network", find), el("label", {}, "Labels", shows), el("label", {}, "Colours", colours),
    el("label", { className: "check" }, mine, "Only my follows"), back);

    function search() {
      look({ text: find.value.trim().toLowerCase() });
      const [first] = state.found;
      if (first) canvas.centre(first);
      return state.found;
    }
  }

  function look(change) {
    Object.assign(state, change);
    state.found = state.text ? state.nodes.filter((node) => !node.isGone && (node.name.toLowerCase().includes(state.text) || node.person === state.text)) : [];
    explain();
    table.show(state);
    canvas.refresh(state);
  }

  function explain() {
    const rows = canvas.legend(state);
    legend.replaceChildren(...rows.map(({ colour, text }) => {
      const dot = el("span", { className: "dot" });
      dot.style.setProperty("--colour", colour);
      return el("li", {}, dot, text);
    }));
  }
}

// The nodes and ties of an answer, and its largest communities, each with the name of its most followed person.
function network({ people, follows, communities, ties }) {
  if (communities.length) {
    const nodes = communities.map((row) => ({ ...row, isCommunity: true, name: row.community === null ? "no community known" : `around ${row.name}`, followers: row.people }));
    return { nodes, links: ties.map(([a, b, weight]) => ({ source: nodes[a], target: nodes[b], weight })), groups: [], found: [], text: "", ofCommunities: true };
  }
  const nodes = people.map((row) => ({ ...row, community: row.community ?? null }));
  const links = follows.flatMap((targets, source) => targets.map((target) => ({ source: nodes[source], target: nodes[target] })));
  const groups = new Map();
  for (const node of nodes) {
    if (node.community === null || node.degree === 0) continue;
    const group = groups.get(node.community) ?? { community: node.community, people: 0, first: node };
    group.people += 1;
    if (node.followers > group.first.followers) group.first = node;
    groups.set(node.community, group);
  }
  const largest = [...groups.values()].sort((a, b) => b.people - a.people || a.community - b.community);
  for (const node of nodes) node.around = groups.get(node.community)?.first.name ?? "";
  return { nodes, links, groups: largest.slice(0, NAMED_GROUPS), found: [], text: "", ofCommunities: false };
}

// `which` is said of the people, unless they are all.
function words({ people, follows, communities, peopleInAll, isWhole }, which) {
  const atLeast = isWhole ? "" : "at least ";
  if (communities.length) return `${atLeast}${count(peopleInAll, "person", "people")} are too many to draw at once: each circle is a community. Choose one to open it, or find somebody by name.`.replace(/^a/, "A");
  const drawn = people.length < peopleInAll || !isWhole ? `Drawn: ${people.length.toLocaleString()} of ${atLeast}${count(peopleInAll, "person", "people")}` : count(people.length, "person", "people");
  const alone = people.length < 2 && !which ? ` ${session.name} follows nobody whom this page may show: see Explore for whom to follow.` : "";
  return `${drawn}${which}, ${count(follows.reduce((sum, targets) => sum + targets.length, 0), "follow")}.${alone}`;
}
