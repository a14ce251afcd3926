// What the figures of the service say of a while: differences of its counters, and quantiles of its histograms.
const MINUTE_MS = 60_000, KEPT = 720;

export const OWN = "/v1/operator/"; // what this page asks says nothing of the service's use

// The figures that were taken since the page was opened. Counters that fell are of a service that was started anew.
export class History {
  constructor() { this.taken = []; }

  add(figures) {
    const taken = { at: Date.parse(figures.at), bounds: figures.bounds, lag: figures.state?.lagSeconds ?? null, routes: new Map() };
    for (const route of figures.routes) if (!route.route.startsWith(OWN)) taken.routes.set(route.route === "none" ? `${route.method} of no route` : `${route.method} ${route.route}`, route);
    const last = this.taken.at(-1);
    if (last && [...last.routes].some(([name, route]) => total(taken.routes.get(name)) < total(route))) this.taken = [];
    this.taken = [...this.taken.slice(1 - KEPT), taken];
  }

  // The requests of a span of milliseconds before a time, by route; of all since the service started without a span.
  during(span, place = this.taken.length - 1) {
    const last = this.taken[place];
    if (!last) return { ms: 0, routes: [] };
    const first = span === undefined ? { at: null, routes: new Map() } : this.taken.slice(0, place).findLast((each) => last.at - each.at >= span) ?? this.taken[0];
    const routes = [...last.routes].map(([name, route]) => ({ name, ...counted(route, first.routes.get(name), last.bounds) }));
    return { ms: last.at - first.at, routes: routes.filter((route) => route.requests) };
  }

  // Lines over time, each point of the minute before it: seconds, then requests and errors a minute, quantiles in ms, and the lag.
  lines(name) {
    const points = this.taken.map((taken, place) => {
      const { ms, routes } = this.during(MINUTE_MS, place);
      const of = joined(routes.filter((route) => name === undefined || route.name === name), taken.bounds);
      const perMinute = (count) => (ms ? count * MINUTE_MS / ms : null);
      return [taken.at / 1000, perMinute(of.requests), perMinute(of.errors), of.p50, of.p95, of.p99, taken.lag];
    });
    return points.length ? points[0].map((_, column) => points.map((point) => point[column])) : [[], [], [], [], [], [], []];
  }
}

const total = (route) => route?.within.at(-1) ?? 0;

function counted(route, before, bounds) {
  const statuses = Object.entries(route.statuses).map(([status, count]) => [Number(status), count - (before?.statuses[status] ?? 0)]);
  const sum = (from, to) => statuses.reduce((so, [status, count]) => (from <= status && status < to ? so + count : so), 0);
  const within = route.within.map((count, place) => count - (before?.within[place] ?? 0));
  return withQuantiles({ requests: within.at(-1) ?? 0, errors: sum(500, 600), refused: sum(400, 500), within }, bounds);
}

function joined(routes, bounds) {
  const sum = (field) => routes.reduce((so, route) => so + route[field], 0);
  const within = Array.from({ length: bounds.length + 1 }, (_, place) => routes.reduce((so, route) => so + route.within[place], 0));
  return withQuantiles({ requests: sum("requests"), errors: sum("errors"), refused: sum("refused"), within }, bounds);
}

function withQuantiles(of, bounds) {
  return { ...of, p50: quantile(of.within, bounds, 0.5), p95: quantile(of.within, bounds, 0.95), p99: quantile(of.within, bounds, 0.99) };
}

// The quantile of a cumulative histogram in ms, linear within a bucket, as histogram_quantile of Prometheus has it; null without requests.
export function quantile(within, bounds, share) {
  const rank = share * (within.at(-1) ?? 0);
  if (!rank) return null;
  const bucket = within.findIndex((count) => count >= rank);
  if (bucket >= bounds.length) return bounds.at(-1) * 1000;
  const lower = bucket ? bounds[bucket - 1] : 0, below = bucket ? within[bucket - 1] : 0;
  return (lower + (bounds[bucket] - lower) * (rank - below) / (within[bucket] - below)) * 1000;
}
