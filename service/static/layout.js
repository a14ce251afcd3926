// A worker: finds places for the nodes of a drawing, so that the page's thread only draws. Nodes repel each other, ties
// are springs, and what is of one group is drawn together. Repulsion is by a quadtree (Barnes and Hut 1986), in which
// a far cell counts as one node.
const TICKS = 220, LEAST_ALPHA = 0.001, SLOWING = 0.6, SPRING = 34, CHARGE = -42, FAR = 0.9, DEEPEST = 24;
const TO_MIDDLE = 0.03, TO_GROUP = 0.25, SENT_MS = 120;

// { masses: Float32Array, ties: Int32Array of pairs, groups: Int32Array with -1 for none, streams: whether interim
// places are sent } gives { places: Float32Array of pairs, ticks, isDone, by }.
self.onmessage = ({ data: { masses, ties, groups, streams } }) => {
  const count = masses.length, x = new Float64Array(count), y = new Float64Array(count), vx = new Float64Array(count), vy = new Float64Array(count);
  for (let node = 0; node < count; node++) { // a spiral, as sunflowers have it
    const radius = 12 * Math.sqrt(node + 0.5), angle = node * Math.PI * (3 - Math.sqrt(5));
    x[node] = radius * Math.cos(angle);
    y[node] = radius * Math.sin(angle);
  }
  const pull = springs(ties, count), gather = gathering(groups), push = repulsion(masses);
  let sent = performance.now();
  for (let tick = 1; tick <= TICKS; tick++) {
    const alpha = LEAST_ALPHA ** (tick / TICKS);
    pull(x, y, vx, vy, alpha);
    gather(x, y, vx, vy, alpha);
    push(x, y, vx, vy, alpha);
    for (let node = 0; node < count; node++) {
      x[node] += vx[node] = (vx[node] - x[node] * TO_MIDDLE * alpha) * SLOWING;
      y[node] += vy[node] = (vy[node] - y[node] * TO_MIDDLE * alpha) * SLOWING;
    }
    if (streams && tick < TICKS && performance.now() - sent > SENT_MS) {
      send(x, y, tick);
      sent = performance.now();
    }
  }
  send(x, y, TICKS);
};

function send(x, y, ticks) {
  const places = new Float32Array(2 * x.length);
  for (let node = 0; node < x.length; node++) {
    places[2 * node] = x[node];
    places[2 * node + 1] = y[node];
  }
  self.postMessage({ places, ticks, isDone: ticks === TICKS, by: self.constructor.name }, [places.buffer]);
}

// A spring is weaker where both ends have many, and moves the end more that has fewer.
function springs(ties, count) {
  const degrees = new Int32Array(count);
  for (const node of ties) degrees[node]++;
  return (x, y, vx, vy, alpha) => {
    for (let tie = 0; tie < ties.length; tie += 2) {
      const a = ties[tie], b = ties[tie + 1];
      const dx = x[b] + vx[b] - x[a] - vx[a] || 1e-6, dy = y[b] + vy[b] - y[a] - vy[a] || 1e-6;
      const length = Math.sqrt(dx * dx + dy * dy);
      const pulled = (length - SPRING) / length * alpha / Math.min(degrees[a], degrees[b]);
      const share = degrees[a] / (degrees[a] + degrees[b]);
      vx[b] -= dx * pulled * share;
      vy[b] -= dy * pulled * share;
      vx[a] += dx * pulled * (1 - share);
      vy[a] += dy * pulled * (1 - share);
    }
  };
}

function gathering(groups) {
  const count = Math.max(-1, ...groups) + 1;
  const sumX = new Float64Array(count), sumY = new Float64Array(count), members = new Int32Array(count);
  return (x, y, vx, vy, alpha) => {
    for (const sums of [sumX, sumY, members]) sums.fill(0);
    groups.forEach((group, node) => {
      if (group < 0) return;
      sumX[group] += x[node];
      sumY[group] += y[node];
      members[group]++;
    });
    groups.forEach((group, node) => {
      if (group < 0) return;
      vx[node] += (sumX[group] / members[group] - x[node]) * TO_GROUP * alpha;
      vy[node] += (sumY[group] / members[group] - y[node]) * TO_GROUP * alpha;
    });
  };
}

// The cells of the tree are numbers; of a cell's four children, 0 is none, a positive number a cell, and a negative one
// a node, which is -1 - number.
function repulsion(masses) {
  const room = 8 * masses.length + 64;
  let children = new Int32Array(4 * room), mass = new Float64Array(room), middleX = new Float64Array(room), middleY = new Float64Array(room);
  let cells = 1;

  function grown() {
    const bigger = (old, Kind) => { const made = new Kind(2 * old.length); made.set(old); return made; };
    children = bigger(children, Int32Array);
    [mass, middleX, middleY] = [mass, middleX, middleY].map((old) => bigger(old, Float64Array));
  }

  function cell() {
    if (cells === mass.length) grown();
    children.fill(0, 4 * cells, 4 * cells + 4);
    mass[cells] = middleX[cells] = middleY[cells] = 0;
    return cells++;
  }

  function put(node, x, y, left, top, size) {
    let at = 0, depth = 0;
    for (;;) {
      mass[at] += masses[node];
      middleX[at] += masses[node] * x[node];
      middleY[at] += masses[node] * y[node];
      size /= 2;
      const right = x[node] >= left + size, below = y[node] >= top + size;
      if (right) left += size;
      if (below) top += size;
      const slot = 4 * at + (right ? 1 : 0) + (below ? 2 : 0), there = children[slot];
      if (there === 0) { children[slot] = -1 - node; return; }
      if (there < 0) {
        if (++depth > DEEPEST) return; // two at one place: the second counts in the cells above
        const other = -1 - there, made = cell();
        children[slot] = made;
        mass[made] = masses[other];
        middleX[made] = masses[other] * x[other];
        middleY[made] = masses[other] * y[other];
        children[4 * made + (x[other] >= left + size / 2 ? 1 : 0) + (y[other] >= top + size / 2 ? 2 : 0)] = there;
        at = made;
      } else {
        depth++;
        at = there;
      }
    }
  }

  const stack = [], sizes = [];
  return (x, y, vx, vy, alpha) => {
    let least = Infinity, most = -Infinity;
    for (let node = 0; node < x.length; node++) {
      least = Math.min(least, x[node], y[node]);
      most = Math.max(most, x[node], y[node]);
    }
    const whole = most - least + 1;
    cells = 0;
    cell();
    for (let node = 0; node < x.length; node++) put(node, x, y, least, least, whole);
    for (let node = 0; node < x.length; node++) {
      stack.push(0);
      sizes.push(whole);
      while (stack.length) {
        const at = stack.pop(), size = sizes.pop();
        for (let slot = 4 * at; slot < 4 * at + 4; slot++) {
          const there = children[slot];
          if (there === 0 || there === -1 - node) continue;
          const isNode = there < 0, weighs = isNode ? masses[-1 - there] : mass[there];
          const dx = (isNode ? x[-1 - there] : middleX[there] / weighs) - x[node], dy = (isNode ? y[-1 - there] : middleY[there] / weighs) - y[node];
          const square = dx * dx + dy * dy;
          if (!isNode && size * size / 4 > FAR * FAR * square) {
            stack.push(there);
            sizes.push(size / 2);
            continue;
          }
          const pushed = CHARGE * weighs * alpha / Math.max(square, 1);
          vx[node] += dx * pushed;
          vy[node] += dy * pushed;
        }
      }
    }
  };
}
