// The drawing of a network on a canvas. Places come from a worker; the page's thread only draws.
import { button, el } from "./dom.js";

const LIBRARY = "/static/vendor/force-graph-1.52.0.min.js";
const MOVE_MS = 400, LABELS = 14, MOST_LABELS = 150, FONT = "12px system-ui, sans-serif";
const PALETTES = {
  light: { me: "#b3261e", first: "#0b57d0", second: "#8d99ae", other: "#9aa0aa", text: "#17181b", halo: "#fffffff0", line: "#1b2a4a", strong: "#0b57d0",
    groups: ["#0072b2", "#d55e00", "#009e73", "#b0508a", "#8c6d00", "#3a9bdc", "#7b61c4", "#a0522d"] },
  dark: { me: "#ff8a80", first: "#8ab4f8", second: "#69748a", other: "#6c727c", text: "#f1f3f4", halo: "#17181bf0", line: "#b8c7ea", strong: "#8ab4f8",
    groups: ["#56b4e9", "#ff8c42", "#3ddc97", "#f0a6ca", "#f0c94a", "#9ad0f5", "#b8a2f5", "#d9956b"] },
};
const darkness = matchMedia("(prefers-color-scheme: dark)"), stillness = matchMedia("(prefers-reduced-motion: reduce)");
const palette = () => PALETTES[darkness.matches ? "dark" : "light"];
const pace = () => (stillness.matches ? 0 : MOVE_MS);

let library;
function loaded() {
  library ??= new Promise((done, failed) => {
    document.head.append(el("script", { src: LIBRARY, onload: () => done(window.ForceGraph), onerror: () => { library = undefined; failed(new Error("The drawing did not load.")); } }));
  });
  return library;
}

export async function drawn(host, { signal, onPick, onTheme }) {
  const ForceGraph = await loaded();
  signal.throwIfAborted(); // the view was left meanwhile
  const frame = el("div", { className: "frame" });
  host.append(frame, el("div", { className: "zoom" }, button("+", () => zoom(1.5), { "aria-label": "Closer" }), button("−", () => zoom(1 / 1.5), { "aria-label": "Farther" }), button("Whole", () => fit(pace()))));
  const none = { nodes: [], links: [], found: [], groups: [] };
  const drawing = { state: none, inks: inksOf(none), hovered: null, fitted: 1, worker: null };
  const graph = new ForceGraph(frame).cooldownTicks(0).enableNodeDrag(false).nodeLabel(null).linkLabel(null).linkPointerAreaPaint(() => {})
    .minZoom(0.02).maxZoom(8).nodeRelSize(3).nodeVal((node) => node.size ** 2).nodeColor((node) => colourOf(drawing, node)).nodeVisibility((node) => !node.isGone)
    .linkVisibility(({ source, target }) => !source.isGone && !target.isGone)
    .linkColor((link) => (touches(drawing.state, link) ? drawing.inks.strong : drawing.inks.faint)).linkWidth((link) => (link.weight ? Math.min(1 + Math.log2(link.weight), 8) : touches(drawing.state, link) ? 1.5 : 0.6))
    .onNodeClick((node) => onPick(node)).onNodeHover((node) => { drawing.hovered = node; redraw(); })
    .onEngineTick(() => { frame.dataset.pageTicks = Number(frame.dataset.pageTicks ?? 0) + 1; })
    .onRenderFramePost((context) => labels(context, graph, drawing));
  const canvas = frame.querySelector("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", "A drawing of the network. The table after it has the same people.");

  const sizes = new ResizeObserver(() => { graph.width(frame.clientWidth).height(frame.clientHeight); fit(0); });
  sizes.observe(frame);
  const recolour = () => { paint(drawing.state); onTheme(); };
  darkness.addEventListener("change", recolour);
  signal.addEventListener("abort", () => {
    sizes.disconnect();
    darkness.removeEventListener("change", recolour);
    drawing.worker?.terminate();
    graph._destructor();
  });

  // What is the same for all in a frame is made once, not for each of 20,000 lines
  function paint(state) {
    drawing.state = state;
    drawing.inks = inksOf(state);
    redraw();
  }

  function redraw() { graph.zoom(graph.zoom()); }
  function zoom(by) { graph.zoom(graph.zoom() * by, pace()); }
  function fit(ms) {
    if (drawing.state.nodes[0]?.x === undefined) return;
    graph.zoomToFit(ms, drawing.state.ofCommunities ? 64 : 24);
    drawing.fitted = graph.zoom();
  }

  // Takes new nodes and ties, and has a worker find their places.
  function show(state) {
    sized(state);
    Object.assign(drawing, { state, inks: inksOf(state) });
    delete frame.dataset.laidOutBy;
    drawing.worker?.terminate();
    let isShown = false;
    drawing.worker = placed(state, (by) => {
      if (!isShown) graph.graphData({ nodes: [...state.nodes].reverse(), links: state.links }); // the nearest are drawn last, on top
      isShown = true;
      fit(0);
      if (by) Object.assign(frame.dataset, { laidOutBy: by, nodes: state.nodes.length, links: state.links.length, pageTicks: frame.dataset.pageTicks ?? 0 });
    });
  }

  function centre(node) {
    if (node.x === undefined) return;
    graph.centerAt(node.x, node.y, pace());
    if (graph.zoom() < 2 * drawing.fitted) graph.zoom(2 * drawing.fitted, pace());
  }

  return {
    show, centre, legend,
    refresh: paint,
  };
}

// A worker that gives all nodes their places. `moved` is called when it has, in the end with who found them.
function placed(state, moved) {
  const worker = new Worker("/static/layout.js", { type: "module" });
  const numbers = new Map(state.nodes.map((node, number) => [node, number]));
  const groups = [...new Set(state.nodes.map((node) => node.community))].filter((community) => community !== null);
  worker.onmessage = ({ data: { places, isDone, by } }) => {
    for (const [number, node] of state.nodes.entries()) {
      node.x = node.fx = places[2 * number];
      node.y = node.fy = places[2 * number + 1];
    }
    moved(isDone ? by : undefined);
    if (isDone) worker.terminate();
  };
  worker.postMessage({
    masses: Float32Array.from(state.nodes, (node) => (state.ofCommunities ? node.size ** 1.5 : 1)),
    ties: Int32Array.from(state.links.flatMap(({ source, target }) => [numbers.get(source), numbers.get(target)])),
    groups: Int32Array.from(state.nodes, (node) => (state.ofCommunities ? -1 : groups.indexOf(node.community))),
    streams: !stillness.matches,
  });
  return worker;
}

function sized(state) {
  const most = Math.max(1, ...state.nodes.map((node) => node.followers));
  for (const node of state.nodes) node.size = state.ofCommunities ? 2 + 12 * Math.sqrt(node.followers / most) : 1 + 2 * Math.sqrt(node.followers / most) + (node.degree === 0 ? 1 : 0);
  state.ranked = [...state.nodes].sort((a, b) => (b.degree === 0) - (a.degree === 0) || b.followers - a.followers);
}

// Many lines make a fog: the more there are, the fainter each is.
function inksOf({ links, selected, text, found, groups }) {
  const { line, strong } = palette();
  const alpha = selected || text ? 0.05 : Math.min(0.35, Math.max(0.07, 60 / links.length ** 0.75));
  return { faint: line + Math.round(alpha * 255).toString(16).padStart(2, "0"), strong: `${strong}c0`, found: text && new Set(found),
    groups: new Map(groups.map(({ community }, number) => [community, palette().groups[number]])), palette: palette() };
}

const touches = ({ selected }, { source, target }) => selected && (source === selected || target === selected);

function colourOf({ state: { colours, ofCommunities }, inks: { found, groups, palette: { me, first, second, other } } }, node) {
  const byDegree = node.degree === 1 || node.followees ? first : second;
  if (ofCommunities) return `${byDegree}b0`;
  const colour = node.degree === 0 ? me : colours === "degree" ? byDegree : groups.get(node.community) ?? other;
  return found && !found.has(node) ? `${colour}40` : colour;
}

function legend(state) {
  const { me, first, second, other, groups } = palette();
  if (state.ofCommunities) return [{ colour: first, text: "with people you follow" }, { colour: second, text: "with people whom they follow" }];
  if (state.colours === "degree") return [{ colour: me, text: "you" }, { colour: first, text: "you follow" }, ...(state.edges === "all" ? [{ colour: second, text: "they follow" }] : [])];
  if (!state.groups.length) return [{ colour: other, text: "no community is known: graphfeed refresh finds them" }];
  return [...state.groups.map(({ first: name, people }, number) => ({ colour: groups[number], text: `around ${name.name}, ${people.toLocaleString()}` })), { colour: other, text: "others" }];
}

// Names of the largest nodes and of those that are searched or chosen, more of them the closer one looks. One that
// would lie on another is left out.
function labels(context, graph, { state, hovered, fitted }) {
  const { text: ink, halo } = palette(), ratio = devicePixelRatio;
  const most = Math.min(MOST_LABELS, Math.round(LABELS * Math.max(1, graph.zoom() / fitted) ** 2)), boxes = [];
  const first = [state.selected, hovered, ...state.found.slice(0, LABELS)].filter(Boolean);
  const width = graph.width(), height = graph.height();
  context.save();
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  Object.assign(context, { font: FONT, textAlign: "center", textBaseline: "top", lineJoin: "round", lineWidth: 3 });
  for (const node of first.concat(state.text ? [] : state.ranked ?? [])) {
    if (boxes.length >= most + first.length) break;
    if (node.x === undefined || node.isGone) continue;
    const { x, y } = graph.graph2ScreenCoords(node.x, node.y);
    if (x < 0 || y < 0 || x > width || y > height) continue;
    const radius = node.size * 3 * graph.zoom(), shown = state.shows === "ids" && node.person ? node.person : node.name;
    const half = context.measureText(shown).width / 2 + 3, top = y + radius + 2;
    if (boxes.some((box) => Math.abs(box.x - x) < box.half + half && Math.abs(box.top - top) < 15)) continue;
    boxes.push({ x, top, half });
    if (node === state.selected) ring(context, x, y, radius + 3, ink);
    Object.assign(context, { strokeStyle: halo, fillStyle: ink, lineWidth: 3 });
    context.strokeText(shown, x, top);
    context.fillText(shown, x, top);
  }
  context.restore();
}

function ring(context, x, y, radius, colour) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  Object.assign(context, { strokeStyle: colour, lineWidth: 2 });
  context.stroke();
}
