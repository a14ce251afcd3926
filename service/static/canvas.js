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

export async function drawn(host, { signal, onPick }) {
  const ForceGraph = await loaded();
  const frame = el("div", { className: "frame" });
  host.append(frame, el("div", { className: "zoom" }, button("+", () => zoom(1.5), { "aria-label": "Closer" }), button("−", () => zoom(1 / 1.5), { "aria-label": "Farther" }), button("Whole", () => fit(pace()))));
  const drawing = { state: { nodes: [], links: [], found: [] }, hovered: null, fitted: 1, worker: null };
  const graph = new ForceGraph(frame).cooldownTicks(0).enableNodeDrag(false).nodeLabel(null).linkLabel(null).linkPointerAreaPaint(() => {})
    .minZoom(0.02).maxZoom(20).nodeRelSize(3).nodeVal((node) => node.size ** 2).nodeColor((node) => colourOf(drawing.state, node)).nodeVisibility((node) => !node.isGone)
    .linkVisibility(({ source, target }) => !source.isGone && !target.isGone)
    .linkColor((link) => lineOf(drawing.state, link)).linkWidth((link) => (link.weight ? Math.min(1 + Math.log2(link.weight), 8) : touches(drawing.state, link) ? 1.5 : 0.6))
    .onNodeClick((node) => onPick(node)).onNodeHover((node) => { drawing.hovered = node; redraw(); })
    .onEngineTick(() => { frame.dataset.pageTicks = Number(frame.dataset.pageTicks ?? 0) + 1; })
    .onRenderFramePost((context) => labels(context, graph, drawing));
  const canvas = frame.querySelector("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", "A drawing of the network. The table after it has the same people.");

  const sizes = new ResizeObserver(() => { graph.width(frame.clientWidth).height(frame.clientHeight); fit(0); });
  sizes.observe(frame);
  const recolour = () => redraw();
  darkness.addEventListener("change", recolour);
  signal.addEventListener("abort", () => {
    sizes.disconnect();
    darkness.removeEventListener("change", recolour);
    drawing.worker?.terminate();
    graph._destructor();
  });

  function redraw() { graph.zoom(graph.zoom()); }
  function zoom(by) { graph.zoom(graph.zoom() * by, pace()); }
  function fit(ms) {
    if (drawing.state.nodes[0]?.x === undefined) return;
    graph.zoomToFit(ms, 24);
    drawing.fitted = graph.zoom();
  }

  // Takes new nodes and ties, and has a worker find their places.
  function show(state) {
    drawing.state = state;
    sized(state);
    drawing.worker?.terminate();
    const numbers = new Map(state.nodes.map((node, number) => [node, number]));
    const groups = new Map(state.groups.map((group, number) => [group.community, number]));
    const worker = drawing.worker = new Worker("/static/layout.js", { type: "module" });
    delete frame.dataset.laidOutBy;
    let isShown = false;
    worker.onmessage = ({ data: { places, isDone, by } }) => {
      for (const [number, node] of state.nodes.entries()) {
        node.x = node.fx = places[2 * number];
        node.y = node.fy = places[2 * number + 1];
      }
      if (!isShown) graph.graphData({ nodes: state.nodes, links: state.links });
      isShown = true;
      fit(0);
      if (!isDone) return;
      worker.terminate();
      Object.assign(frame.dataset, { laidOutBy: by, nodes: state.nodes.length, links: state.links.length, pageTicks: frame.dataset.pageTicks ?? 0 });
    };
    worker.postMessage({
      masses: Float32Array.from(state.nodes, (node) => (state.ofCommunities ? node.size ** 1.5 : 1)),
      ties: Int32Array.from(state.links.flatMap(({ source, target }) => [numbers.get(source), numbers.get(target)])),
      groups: Int32Array.from(state.nodes, (node) => groups.get(node.community) ?? -1),
      streams: !stillness.matches,
    });
  }

  function centre(node) {
    if (node.x === undefined) return;
    graph.centerAt(node.x, node.y, pace());
    if (graph.zoom() < 2 * drawing.fitted) graph.zoom(2 * drawing.fitted, pace());
  }

  return {
    show, centre, legend,
    refresh(state) { drawing.state = state; redraw(); },
  };
}

function sized(state) {
  const most = Math.max(1, ...state.nodes.map((node) => node.followers));
  for (const node of state.nodes) node.size = state.ofCommunities ? 2 + 12 * Math.sqrt(node.followers / most) : 1 + 2 * Math.sqrt(node.followers / most) + (node.degree === 0 ? 1 : 0);
  state.ranked = [...state.nodes].sort((a, b) => (b.degree === 0) - (a.degree === 0) || b.followers - a.followers);
}

const isDim = ({ text, found }, node) => text && !found.includes(node);
const touches = ({ selected }, { source, target }) => selected && (source === selected || target === selected);

function plainColour({ colours, groups, ofCommunities }, node) {
  const { me, first, second, other, groups: ofGroups } = palette();
  if (ofCommunities) return node.followees ? first : second;
  if (node.degree === 0) return me;
  if (colours === "degree") return node.degree === 1 ? first : second;
  const group = groups.findIndex(({ community }) => community === node.community);
  return group < 0 ? other : ofGroups[group];
}

function colourOf(state, node) {
  const colour = plainColour(state, node);
  return isDim(state, node) ? `${colour}40` : colour;
}

// Many lines make a fog: the more there are, the fainter each is.
function lineOf(state, link) {
  const { line, strong } = palette();
  if (touches(state, link)) return `${strong}c0`;
  const alpha = state.selected || state.text ? 0.05 : Math.min(0.35, Math.max(0.07, 60 / state.links.length ** 0.75));
  return line + Math.round(alpha * 255).toString(16).padStart(2, "0");
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
