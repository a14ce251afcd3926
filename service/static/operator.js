// The operator's page: how the service does, what slates are made of, and profiles side by side.
import { button, count, day, distances, el } from "./dom.js";
import { NoKey, ask, hasKey, statements } from "./admin.js";
import { chart, shown } from "./chart.js";
import { compareView } from "./compare.js";
import { History } from "./figures.js";
import { openInNeo4j } from "./neo4j.js";

const POLL_MS = 5_000, SLATES_MS = 60_000, ALL = "all routes";
const SPANS = { "the start of the service": undefined, "a minute ago": 60_000, "15 minutes ago": 900_000 };
const HOURS = { "the last hour": 1, "the last day": 24, "the last week": 168 };

const main = document.querySelector("main"), message = document.querySelector("#message");
const giveKey = button("Give a key", () => start(), { hidden: true }), forgetKey = button("Forget the key", () => location.reload(), { hidden: true });
document.querySelector("#access").append(giveKey, forgetKey);
const history = new History();
let last = null, waiting, slatesAt = -Infinity, isAsking = false;

const spans = choice(SPANS, requests), hours = choice(HOURS, () => slates(true));
hours.value = "the last day";
const routes = el("select", { onchange: draw }, el("option", { textContent: ALL }));
const charts = [
  chart("Requests", "a minute", [{ label: "requests", colour: "--accent" }, { label: "errors", colour: "--less", dash: [6, 4] }]),
  chart("Latency", "ms", [{ label: "p50", colour: "--accent" }, { label: "p95", colour: "--warm", dash: [6, 4] }, { label: "p99", colour: "--less", dash: [2, 3] }]),
  chart("Refresh lag", "s", [{ label: "oldest mark", colour: "--accent" }]),
];
const tables = {
  stages: table("Stages of the last build", ["stage", "took, s", "ended"]),
  requests: table("Requests by route", ["route", "requests", "errors (5xx)", "refused (4xx)", "p50, ms", "p95, ms", "p99, ms"]),
  slates: table("Posts of slates by source, and by how far their authors are from the reader",
    ["source", "posts", "share", "by whom they follow", "two steps away", "farther", ""]),
};
const facts = el("dl"), lacks = el("ul", { className: "wrong" }), ofRequests = el("p", { className: "facts" }), ofSlates = el("p", { className: "facts" });
const stages = el("details", { hidden: true }, el("summary", { textContent: tables.stages.caption }), tables.stages.node);
const profiles = el("div");

main.append(
  section("Builder", facts, lacks, stages),
  section("Requests", el("p", { className: "toolbar" }, el("label", {}, "Route of the charts", routes), el("label", {}, "Numbers since", spans)),
    el("div", { className: "charts" }, charts.map((each) => each.node)), ofRequests, tables.requests.node),
  section("What slates are made of", el("p", { className: "toolbar" }, el("label", {}, "Slates of", hours)), ofSlates, tables.slates.node, openInNeo4j(() => [read()], "What slates are made of", statements)),
  section("Profiles side by side", profiles));
main.hidden = true; // until there is something to show

document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(waiting) : poll()));
start();

async function start() {
  await poll();
  if (!last) return;
  await compareView(profiles).catch((problem) => profiles.replaceChildren(el("p", { textContent: problem.message })));
}

// Asks again after a while, as long as the page is seen. Without an answer the last figures stay, with their time.
async function poll() {
  clearTimeout(waiting);
  if (isAsking) return;
  isAsking = true;
  let lacksKey = false;
  try {
    last = await ask("/v1/operator/figures");
    history.add(last);
    main.hidden = false;
    show();
    await slates();
    message.textContent = "";
  } catch (problem) {
    lacksKey = problem instanceof NoKey;
    message.textContent = last ? `${problem.message} The last figures are of ${day(last.at)}.` : problem.message;
  }
  isAsking = false;
  giveKey.hidden = !lacksKey;
  forgetKey.hidden = !hasKey();
  if (!lacksKey && !document.hidden) waiting = setTimeout(poll, POLL_MS);
}

function show() {
  builder();
  const names = [ALL, ...history.during().routes.map((route) => route.name)];
  if (names.length !== routes.length) {
    const chosen = routes.value;
    routes.replaceChildren(...names.map((name) => el("option", { textContent: name })));
    routes.value = names.includes(chosen) ? chosen : ALL;
  }
  draw();
  requests();
}

function draw() {
  const [times, perMinute, errors, p50, p95, p99, lag] = history.lines(routes.value === ALL ? undefined : routes.value);
  charts[0].set([times, perMinute, errors]);
  charts[1].set([times, p50, p95, p99]);
  charts[2].set([times, lag]);
}

function requests() {
  if (!last) return;
  const { ms, routes: rows } = history.during(SPANS[spans.value]);
  const since = SPANS[spans.value] === undefined ? "Since the service started" : `In the ${shown(ms / 1000)} s before ${time(last.at)}, as far as this page was open`;
  ofRequests.textContent = `${since}: ${count(rows.reduce((so, row) => so + row.requests, 0), "request")}. Those of this page are not counted.`;
  tables.requests.set(rows.map((row) => [row.name, ...[row.requests, row.errors, row.refused, row.p50, row.p95, row.p99].map(shown)]));
}

function builder() {
  const { state, problem } = last;
  const rows = state ? [
    ["Feeds", state.status === "ok" ? "lack nothing" : "lack something: see below"],
    ["Builder", last.runsBuilder ? "the service runs one" : "the service runs none"],
    ["At work", state.building ? state.building.forecast || state.building.stage : "no build now"],
    ["Build in use", state.built ? `number ${state.generation}, of ${day(state.built)}` : "none yet"],
    ["Refresh lag", state.stale ? `${shown(state.lagSeconds)} s: ${count(state.stale, "person or post waits", "people and posts wait")}` : "nothing waits"],
    ["Failures", state.failing ? `${count(state.failing, "person or post", "people and posts")}, to be tried again` : "none"],
    ["GDS", state.gds ?? "not there"],
  ] : [];
  facts.replaceChildren(...rows.map(([name, text]) => el("div", {}, el("dt", { textContent: name }), el("dd", { textContent: text }))));
  lacks.replaceChildren(...[...(state?.degraded ?? []), problem].filter(Boolean).map((text) => el("li", { textContent: text })));
  stages.hidden = !last.stages.length;
  tables.stages.set(last.stages.map((stage) => [stage.name, shown(stage.seconds), day(stage.endedAt)]));
}

const read = () => ["/v1/operator/slates", { hours: HOURS[hours.value] }];

async function slates(isNow = false) {
  if (!isNow && Date.now() - slatesAt < SLATES_MS) return;
  slatesAt = Date.now();
  const chosen = hours.value, isStill = () => chosen === hours.value; // another time may be chosen meanwhile
  let found;
  try {
    found = await ask(...read());
  } catch (problem) {
    if (isStill()) ofSlates.textContent = problem.message;
    return;
  }
  if (!isStill()) return;
  const sum = (field) => found.parts.reduce((so, part) => so + part[field], 0);
  const all = { source: "all", posts: sum("posts"), followees: sum("followees"), twoSteps: sum("twoSteps"), farther: sum("farther") };
  ofSlates.textContent = found.parts.length ? `The newest ${count(found.slates, "slate")}, since ${day(found.since)}: the first 20 posts of each that were handed out.` :
    "No slates were handed out in this time.";
  tables.slates.set((found.parts.length ? [...found.parts, all] : []).map((part) => [part.source, shown(part.posts), percent(part.posts, all.posts),
    percent(part.followees, part.posts), percent(part.twoSteps, part.posts), percent(part.farther, part.posts), distances(part)]));
}

// A table that scrolls by itself where it is wider than the page, by keyboard, too. New rows leave the focus and the place.
function table(caption, columns) {
  const body = el("tbody");
  const node = el("div", { className: "wide", tabIndex: 0, role: "region", "aria-label": caption, hidden: true }, el("table", {}, el("caption", { textContent: caption }),
    el("thead", {}, el("tr", {}, columns.map((text) => (text ? el("th", { scope: "col", textContent: text }) : el("td"))))), body));
  return {
    node,
    caption,
    set(rows) {
      node.hidden = !rows.length;
      body.replaceChildren(...rows.map(([name, ...cells]) => el("tr", {}, el("th", { scope: "row", textContent: name }), cells.map((cell) => el("td", {}, cell)))));
    },
  };
}

function section(title, ...children) {
  const id = title.toLowerCase().replaceAll(" ", "-");
  return el("section", { className: "panel", "aria-labelledby": id }, el("h2", { id, textContent: title }), ...children);
}

function choice(values, changed) {
  return el("select", { onchange: () => changed(true) }, Object.keys(values).map((text) => el("option", { textContent: text })));
}

const percent = (part, whole) => (whole ? `${Math.round(100 * part / whole)} %` : "–");
const time = (at) => new Date(at).toLocaleTimeString();
