// Lines over time, drawn by uPlot. A table beside a chart has its numbers for who cannot see it.
import { el } from "./dom.js";

const HEIGHT = 190, LEAST_SECONDS = 120;
const dark = matchMedia("(prefers-color-scheme: dark)");

// `series` are { label, colour: the name of a CSS variable, dash }; `set` takes the times in seconds and the values of each.
export function chart(title, unit, series) {
  const place = el("div", { className: "plot", role: "img" });
  const node = el("figure", { className: "chart" }, el("figcaption", { textContent: `${title}, ${unit}` }), place);
  let plot = null, data = [[], ...series.map(() => [])];

  function draw() {
    plot?.destroy();
    if (place.clientWidth) plot = new globalThis.uPlot(options(place, series), data, place);
  }
  new ResizeObserver(() => (plot ? plot.setSize({ width: place.clientWidth, height: HEIGHT }) : draw())).observe(place);
  dark.addEventListener("change", draw);
  return {
    node,
    set(given) {
      data = given;
      place.setAttribute("aria-label", `${title}: ${series.map(({ label }, number) => `${label} ${shown(given[number + 1].at(-1))}`).join(", ")} ${unit}`);
      if (plot) plot.setData(data);
      else draw();
    },
  };
}

export const shown = (value) => (value === null || value === undefined ? "–" : value.toLocaleString([], { maximumFractionDigits: value < 10 ? 1 : 0 }));

function options(place, series) {
  const ink = colour(place, "--soft"), lines = { stroke: colour(place, "--line"), width: 1 };
  const axis = { stroke: ink, grid: lines, ticks: lines, font: "12px system-ui, sans-serif" };
  return {
    width: place.clientWidth,
    height: HEIGHT,
    cursor: { drag: { x: false, y: false } },
    scales: { x: { range: (_, first, last) => span(first, last) }, y: { range: (_, __, most) => [0, most > 0 ? most * 1.1 : 1] } },
    axes: [{ ...axis, space: 70 }, { ...axis, size: 52, values: (_, splits) => splits.map(shown) }],
    series: [{ label: "at", value: pointed((at) => (at ? new Date(at * 1000).toLocaleTimeString() : "–")) },
      ...series.map((each) => ({ label: each.label, stroke: colour(place, each.colour), dash: each.dash, width: 2, value: pointed(shown), points: { size: 4 } }))],
  };
}

// Before there are two readings, uPlot names no times, or odd ones.
function span(first, last) {
  const now = Date.now() / 1000;
  return last > 0 && last <= now + 1 ? [Math.min(first, last - LEAST_SECONDS), last] : [now - LEAST_SECONDS, now];
}

// The value under the pointer, the last one where there is none.
const pointed = (write) => (plot, value, number, at) => write(at === null || at === undefined ? plot.data[number].at(-1) : value);

// A canvas takes no CSS variables, and these depend on the theme.
function colour(place, name) {
  const probe = place.appendChild(el("span"));
  probe.style.color = `var(${name})`;
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}
