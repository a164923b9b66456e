// The lineage page: draws the graph laid out at build time, filters it, focuses on a node, moves
// and zooms. What a filter hides is bridged by dashed edges, so that no way gets lost.
(function () {
  "use strict";
  var D = window.atlasLineage, canvas = document.querySelector(".canvas");
  if (!D || !canvas) return;
  var NS = "http://www.w3.org/2000/svg", root = document.body.dataset.root || "";
  var H = D.box, ROW = H + 14, PASS = 10, GAP = 64, MARGIN = 12;
  var large = document.querySelector(".lineage").dataset.whole !== "true";
  var nodes = D.nodes.map(function (r, i) {
    return { i: i, id: r[0], label: r[1], sub: r[2], group: r[3], folder: r[4], tags: r[5], href: r[6], layer: r[7], x: r[8], y: r[9], w: r[10], mark: r[11], text: r[12], timing: r[13], up: [], down: [] };
  });
  var edges = D.edges.map(function (r) { return { from: nodes[r[0]], to: nodes[r[1]], ys: r[2] }; });
  edges.forEach(function (e) { e.from.down.push(e); e.to.up.push(e); });
  var byId = {};
  nodes.forEach(function (n) { byId[n.id] = n; });

  function q(selector) { return document.querySelector(selector); }
  function svg(tag, attrs, parent) {
    var e = document.createElementNS(NS, tag);
    for (var k in attrs) e.setAttribute(k, attrs[k]);
    if (parent) parent.appendChild(e);
    return e;
  }
  function option(select, value, text) {
    var o = document.createElement("option");
    o.value = value;
    o.textContent = text;
    select.appendChild(o);
  }
  function clip(s, n) { return s.length > n ? s.slice(0, n - 1) + "…" : s; }

  // State, kept in the address so that a view can be shared.
  var state = { focus: "", up: 99, down: 99, tag: "", folder: "", hide: {}, all: !large };
  function readHash() {
    var p = new URLSearchParams(location.hash.slice(1));
    state.focus = byId[p.get("focus")] ? p.get("focus") : "";
    state.up = p.has("up") ? +p.get("up") : 99;
    state.down = p.has("down") ? +p.get("down") : 99;
    state.tag = D.tags.indexOf(p.get("tag")) >= 0 ? p.get("tag") : "";
    state.folder = p.get("folder") || "";
    state.hide = {};
    (p.get("hide") || "").split(",").filter(Boolean).forEach(function (k) { state.hide[k] = true; });
    state.all = !large || p.has("all");
  }
  function writeHash() {
    var p = new URLSearchParams();
    if (state.focus) { p.set("focus", state.focus); if (state.up < 99) p.set("up", state.up); if (state.down < 99) p.set("down", state.down); }
    if (state.tag) p.set("tag", state.tag);
    if (state.folder) p.set("folder", state.folder);
    var hidden = Object.keys(state.hide).filter(function (k) { return state.hide[k]; });
    if (hidden.length) p.set("hide", hidden.join(","));
    if (large && state.all) p.set("all", "1");
    var s = p.toString();
    history.replaceState(null, "", s ? "#" + s : location.pathname + location.search);
  }
  readHash();

  // Which nodes are shown
  function reach(from, levels, side, end) {
    var seen = {}, ring = [from];
    seen[from.i] = true;
    for (var l = 0; l < levels && ring.length; l++) {
      var next = [];
      ring.forEach(function (n) {
        n[side].forEach(function (e) { var o = e[end]; if (!seen[o.i]) { seen[o.i] = true; next.push(o); } });
      });
      ring = next;
    }
    return seen;
  }
  function inFolder(n) { return n.folder === state.folder || n.folder.indexOf(state.folder + "/") === 0; }
  var near = null; // the neighbourhood of the focus, if there is one
  function visible() {
    var tag = D.tags.indexOf(state.tag);
    near = null;
    if (state.focus) {
      var f = byId[state.focus], up = reach(f, state.up, "up", "from"), down = reach(f, state.down, "down", "to");
      near = function (n) { return up[n.i] || down[n.i]; };
    }
    return nodes.filter(function (n) {
      if (n.id === state.focus) return true;
      if (near && !near(n)) return false;
      if (state.hide[D.groups[n.group][3]]) return false;
      if (tag >= 0 && n.tags.indexOf(tag) < 0) return false;
      return !state.folder || inFolder(n);
    });
  }
  // Edges among the shown nodes; ways through nodes that a filter hides become one dashed edge.
  function bridge(shown) {
    var on = {}, out = [];
    shown.forEach(function (n) { on[n.i] = true; });
    shown.forEach(function (n) {
      var direct = {}, hiddenStart = [];
      n.down.forEach(function (e) {
        if (on[e.to.i]) { if (!direct[e.to.i]) out.push({ from: n, to: e.to, ys: e.ys }); direct[e.to.i] = true; }
        else if (!near || near(e.to)) hiddenStart.push(e.to);
      });
      var seen = {}, stack = hiddenStart, found = {};
      while (stack.length) {
        var h = stack.pop();
        if (seen[h.i]) continue;
        seen[h.i] = true;
        h.down.forEach(function (e) {
          if (on[e.to.i]) { if (!direct[e.to.i] && !found[e.to.i]) { found[e.to.i] = true; out.push({ from: n, to: e.to, via: true }); } }
          else if (!near || near(e.to)) stack.push(e.to);
        });
      }
    });
    return out;
  }

  // Places: as built when everything shows; else layers are closed up and straightened anew.
  function place(shown, lines) {
    if (shown.length === nodes.length) {
      shown.forEach(function (n) { n.px = n.x; n.py = n.y; n.pw = n.w; });
      lines.forEach(function (l) { l.points = passPoints(l, l.ys, D.columns, function (k) { return k; }); });
      return { w: D.width, h: D.height };
    }
    var used = [], alone = [], joined = {};
    lines.forEach(function (l) { joined[l.from.i] = joined[l.to.i] = true; });
    shown.forEach(function (n) { if (joined[n.i]) used[n.layer] = true; else alone.push(n); });
    var number = {}, layers = [];
    used.forEach(function (u, k) { if (u) { number[k] = layers.length; layers.push([]); } });
    shown.forEach(function (n) {
      if (joined[n.i]) { n.item = { n: n, y0: n.y + H / 2, size: ROW, left: [], right: [] }; layers[number[n.layer]].push(n.item); }
    });
    lines.forEach(function (l) {
      var prev = l.from.item, a = number[l.from.layer], b = number[l.to.layer];
      l.items = [];
      for (var k = a + 1; k < b; k++) {
        var t = (k - a) / (b - a), y0 = (l.from.y + H / 2) * (1 - t) + (l.to.y + H / 2) * t;
        if (l.ys) for (var j = l.from.layer + 1; j < l.to.layer; j++) if (number[j] === k) y0 = l.ys[j - l.from.layer - 1];
        var item = { y0: y0, size: PASS, left: [prev], right: [] };
        prev.right.push(item);
        layers[k].push(item);
        l.items.push(item);
        prev = item;
      }
      prev.right.push(l.to.item);
      l.to.item.left.push(prev);
    });
    layers.forEach(function (l) { l.sort(function (a, b) { return a.y0 - b.y0; }); });
    if (shown.length < 400) reorder(layers);
    layers.forEach(function (l) {
      var y = 0;
      l.forEach(function (it) { it.y = y + it.size / 2; y += it.size; });
    });
    for (var pass = 0; pass < 12; pass++) {
      var rightward = pass % 2 === 0;
      for (var s = 0; s < layers.length; s++) straighten(layers[rightward ? s : layers.length - 1 - s], rightward ? "left" : "right", pass > 8);
    }
    var lo = Infinity, hi = 0, x = MARGIN, columns = [];
    layers.forEach(function (l) {
      var w = 0;
      l.forEach(function (it) { if (it.n) w = Math.max(w, it.n.w); lo = Math.min(lo, it.y - (it.n ? H / 2 : 0)); });
      columns.push([x, w]);
      x += w + GAP;
    });
    if (!layers.length) lo = 0;
    layers.forEach(function (l, k) {
      l.forEach(function (it) {
        it.y += MARGIN - lo;
        hi = Math.max(hi, it.y + (it.n ? H / 2 : 0));
        if (it.n) { it.n.px = columns[k][0]; it.n.pw = columns[k][1]; it.n.py = it.y - H / 2; }
      });
    });
    lines.forEach(function (l) {
      l.points = passPoints(l, l.items.map(function (it) { return it.y; }), columns, function (k) { return number[k]; });
    });
    var width = Math.max(x - GAP + MARGIN, 320), ax = MARGIN, ay = hi ? hi + 28 : MARGIN, limit = Math.max(width, 900);
    alone.forEach(function (n) {
      if (ax > MARGIN && ax + n.w > limit) { ax = MARGIN; ay += ROW; }
      n.px = ax; n.py = ay; n.pw = n.w;
      ax += n.w + 14;
      width = Math.max(width, ax);
      hi = Math.max(hi, ay + H);
    });
    return { w: width, h: hi + MARGIN };
  }
  function passPoints(l, ys, columns, number) {
    var from = number(l.from.layer);
    return (ys || []).map(function (y, k) { var c = columns[from + 1 + k]; return [c[0], c[0] + c[1], y]; });
  }
  // Fewer items may stand in a better order than they had among all: a few sweeps by the mean
  // place of neighbours, of which the order with fewest crossings is kept.
  function reorder(layers) {
    function number() { layers.forEach(function (l) { l.forEach(function (it, k) { it.p = k; }); }); }
    function crossings() {
      var n = 0;
      layers.forEach(function (l) {
        var seen = [];
        l.forEach(function (it) {
          it.right.forEach(function (o) { seen.forEach(function (p) { if (p > o.p) n++; }); });
          it.right.forEach(function (o) { seen.push(o.p); });
        });
      });
      return n;
    }
    function copy() { return layers.map(function (l) { return l.slice(); }); }
    number();
    var best = copy(), least = crossings();
    for (var pass = 0; pass < 8 && least; pass++) {
      var side = pass % 2 ? "right" : "left";
      for (var s = 0; s < layers.length; s++) {
        var l = layers[pass % 2 ? layers.length - 1 - s : s];
        l.forEach(function (it) {
          var near = it[side];
          it.want = near.length ? near.reduce(function (sum, o) { return sum + o.p; }, 0) / near.length : it.p;
        });
        l.sort(function (a, b) { return a.want - b.want || a.p - b.p; });
        l.forEach(function (it, k) { it.p = k; });
      }
      var c = crossings();
      if (c < least) { least = c; best = copy(); }
    }
    best.forEach(function (l, k) { layers[k] = l; });
    number();
  }
  // Moves the items of a layer to the mean of their neighbours without changing their order:
  // neighbours that would overlap move as one block.
  function straighten(layer, side, both) {
    var blocks = [];
    layer.forEach(function (it) {
      var near = both ? it.left.concat(it.right) : it[side], want = it.y;
      if (near.length) want = near.reduce(function (s, o) { return s + o.y; }, 0) / near.length;
      var weight = it.n ? Math.max(1, near.length) : 3;
      var b = { sum: (want - it.size / 2) * weight, weight: weight, size: it.size, items: [it] };
      for (;;) {
        b.top = b.sum / b.weight;
        var a = blocks[blocks.length - 1];
        if (!a || a.top + a.size <= b.top) break;
        blocks.pop();
        a.sum += b.sum - a.size * b.weight;
        a.weight += b.weight;
        a.size += b.size;
        a.items = a.items.concat(b.items);
        b = a;
      }
      blocks.push(b);
    });
    blocks.forEach(function (b) {
      var y = b.top;
      b.items.forEach(function (it) { it.y = y + it.size / 2; y += it.size; });
    });
  }
  function pathOf(l) {
    var x = l.from.px + l.from.pw, y = l.from.py + H / 2, d = "M" + x + "," + y;
    function curve(tx, ty) {
      if (ty === y) d += "H" + tx;
      else { var m = (tx - x) / 2; d += "C" + (x + m) + "," + y + " " + (tx - m) + "," + ty + " " + tx + "," + ty; }
      x = tx; y = ty;
    }
    l.points.forEach(function (p) { curve(p[0], p[2]); if (p[1] !== x) { d += "H" + p[1]; x = p[1]; } });
    curve(l.to.px, l.to.py + H / 2);
    return d;
  }

  // Drawing
  var picture = svg("svg", { role: "group", "aria-label": "Lineage graph" }), world = svg("g", {}, picture);
  picture.setAttribute("class", "graph-view");
  var edgeLayer, nodeLayer, size = { w: 1, h: 1 }, lines = [], shown = [], view = { x: 0, y: 0, k: 1 };
  function draw() {
    shown = state.all || state.focus || state.tag || state.folder ? visible() : [];
    var still = large && !shown.length && !state.all && !state.focus && !state.tag && !state.folder;
    q(".static").hidden = !still;
    picture.style.display = still ? "none" : "";
    q(".zoom").hidden = still;
    canvas.style.overflow = still ? "auto" : "hidden";
    q(".large-note") && (q(".large-note").hidden = !still);
    q(".empty").hidden = still || shown.length > 0;
    lines = bridge(shown);
    size = place(shown, lines);
    world.textContent = "";
    edgeLayer = svg("g", { "class": "edges" }, world);
    nodeLayer = svg("g", {}, world);
    lines.forEach(function (l) {
      var ys = l.points.map(function (p) { return p[2]; }).concat(l.from.py + H / 2, l.to.py + H / 2);
      l.x0 = l.from.px; l.x1 = l.to.px; l.y0 = Math.min.apply(null, ys); l.y1 = Math.max.apply(null, ys); l.off = false;
      l.el = svg("path", { d: pathOf(l) }, edgeLayer);
      if (l.via) l.el.setAttribute("class", "via");
    });
    shown.forEach(drawNode);
    q(".lineage-count").textContent = still ? nodes.length.toLocaleString("en") + " nodes in " + D.groups.length + " groups"
      : shown.length === nodes.length ? nodes.length.toLocaleString("en") + (nodes.length === 1 ? " node" : " nodes")
      : shown.length.toLocaleString("en") + " of " + nodes.length.toLocaleString("en") + " nodes";
    pick(null);
    begin();
  }
  function drawNode(n) {
    var a = svg("a", { href: root + n.href, "class": "gn " + D.groups[n.group][1] + (n.id === state.focus ? " current" : ""), transform: "translate(" + n.px + "," + n.py + ")" }, nodeLayer);
    svg("rect", { width: n.pw, height: H, rx: 7 }, a);
    svg("rect", { "class": "kb", x: 7, y: 10, width: 4, height: H - 20, rx: 2 }, a);
    svg("text", { "class": "gl", x: 19, y: 19 }, a).textContent = clip(n.label, 34);
    svg("text", { "class": "gs", x: 19, y: 34 }, a).textContent = n.sub;
    if (n.mark) svg("text", { "class": n.mark === "!" ? "gm warn" : "gm", x: n.pw - 18, y: 19 }, a).textContent = n.mark;
    a.setAttribute("data-id", n.id);
    n.el = a;
    n.off = false;
    a.addEventListener("click", function (e) {
      if (e.ctrlKey || e.metaKey || e.shiftKey) return;
      e.preventDefault();
      if (!moved) pick(n);
    });
    a.addEventListener("dblclick", function () { location.href = root + n.href; });
    a.addEventListener("mouseenter", function () { hover(n, true); });
    a.addEventListener("mouseleave", function () { hover(n, false); });
    a.addEventListener("focus", function () {
      canvas.scrollTop = canvas.scrollLeft = 0;
      if (!a.matches(":focus-visible")) return;
      var b = canvas.getBoundingClientRect(), x = view.x + n.px * view.k, y = view.y + n.py * view.k;
      if (x > 0 && y > 0 && x + n.pw * view.k < b.width && y + H * view.k < b.height) return;
      view.x += b.width / 2 - x - n.pw * view.k / 2;
      view.y += b.height / 2 - y;
      apply();
    });
    a.addEventListener("keydown", function (e) { if (e.key === "f") { focusOn(n); e.stopPropagation(); } });
  }
  function hover(n, on) {
    lines.forEach(function (l) { if (l.from === n || l.to === n) l.el.classList.toggle("hover", on); });
  }

  // Picking a node shows what it needs, what needs it, and what can be done.
  var panel = q(".picked");
  function pick(n) {
    canvas.classList.toggle("picking", !!n);
    shown.forEach(function (x) { x.el && x.el.classList.remove("on", "chosen"); });
    lines.forEach(function (l) { l.el.classList.remove("on"); });
    panel.hidden = !n;
    panel.textContent = "";
    if (!n) return;
    var on = {};
    function walk(x, side, end) {
      lines.forEach(function (l) {
        if (l[side] === x) { l.el.classList.add("on"); if (!on[end + l[end].i]) { on[end + l[end].i] = true; l[end].el.classList.add("on"); walk(l[end], side, end); } }
      });
    }
    n.el.classList.add("on", "chosen");
    walk(n, "to", "from");
    walk(n, "from", "to");
    function add(tag, text, className) { var e = document.createElement(tag); e.textContent = text; if (className) e.className = className; return e; }
    var h = add("h2", "", D.groups[n.group][1]);
    h.append(add("span", "", "swatch"), n.label);
    panel.append(h, add("p", n.sub + (n.timing ? " · " + n.timing : "")));
    if (n.text) panel.append(add("p", n.text));
    panel.append(add("p", n.up.length + " direct " + (n.up.length === 1 ? "parent" : "parents") + ", " + n.down.length + " direct " + (n.down.length === 1 ? "child" : "children")));
    var actions = add("div", "", "actions"), open = add("a", "Open page"), focus = add("button", "Focus"), close = add("button", "×", "close");
    open.href = root + n.href;
    focus.type = close.type = "button";
    close.title = "Close";
    focus.addEventListener("click", function () { focusOn(n); });
    close.addEventListener("click", function () { pick(null); });
    actions.append(open, focus);
    panel.append(actions, close);
  }
  function focusOn(n) {
    state.focus = n ? n.id : "";
    sync();
    draw();
  }

  // Moving
  var moved = false, pointers = {}, last = null;
  function apply() {
    world.setAttribute("transform", "translate(" + view.x.toFixed(1) + "," + view.y.toFixed(1) + ") scale(" + view.k.toFixed(4) + ")");
    canvas.classList.toggle("far", view.k < .5);
    canvas.classList.toggle("farther", view.k < .22);
    if (shown.length > 300 && !culling) { culling = true; requestAnimationFrame(cull); }
  }
  // In a large picture only what the window shows is drawn. Parts whose state does not change
  // are left alone.
  var culling = false;
  function cull() {
    culling = false;
    var b = canvas.getBoundingClientRect(), slack = 80 / view.k;
    var x0 = -view.x / view.k - slack, y0 = -view.y / view.k - slack;
    var x1 = x0 + b.width / view.k + 2 * slack, y1 = y0 + b.height / view.k + 2 * slack;
    shown.forEach(function (n) { toggle(n, n.px < x1 && n.px + n.pw > x0 && n.py < y1 && n.py + H > y0); });
    lines.forEach(function (l) { toggle(l, l.x0 < x1 && l.x1 > x0 && l.y0 < y1 && l.y1 > y0); });
  }
  function showEverything() { shown.concat(lines).forEach(function (o) { toggle(o, true); }); }
  function toggle(o, on) {
    if (o.off === !on) return;
    o.off = !on;
    o.el.style.display = on ? "" : "none";
  }
  function fit() {
    var b = canvas.getBoundingClientRect(), k = Math.min(1.15, (b.width - 16) / size.w, (b.height - 16) / size.h);
    view.k = Math.max(.03, k);
    view.x = (b.width - size.w * view.k) / 2;
    view.y = (b.height - size.h * view.k) / 2;
    apply();
  }
  // A view begins whole if it can be read so; else it begins readable, at the focus or the sources.
  function begin() {
    fit();
    var least = .55, b = canvas.getBoundingClientRect(), f = byId[state.focus];
    if (view.k >= least) return;
    view.k = least;
    if (f && f.el) {
      view.x = b.width / 2 - (f.px + f.pw / 2) * least;
      view.y = b.height / 2 - (f.py + H / 2) * least;
    } else {
      view.x = size.w * least < b.width ? (b.width - size.w * least) / 2 : 4;
      view.y = size.h * least < b.height ? (b.height - size.h * least) / 2 : 4;
    }
    apply();
  }
  function zoom(factor, cx, cy) {
    var k = Math.min(3, Math.max(.03, view.k * factor));
    view.x = cx - (cx - view.x) * k / view.k;
    view.y = cy - (cy - view.y) * k / view.k;
    view.k = k;
    apply();
  }
  function centre(factor) { var b = canvas.getBoundingClientRect(); zoom(factor, b.width / 2, b.height / 2); }
  canvas.addEventListener("wheel", function (e) {
    if (picture.style.display === "none" || panel.contains(e.target)) return;
    e.preventDefault();
    var b = canvas.getBoundingClientRect();
    zoom(Math.exp(-e.deltaY * (e.deltaMode === 1 ? .05 : e.ctrlKey ? .01 : .0018)), e.clientX - b.left, e.clientY - b.top);
  }, { passive: false });
  function spread() {
    var ids = Object.keys(pointers), a = pointers[ids[0]], b = pointers[ids[1]] || a;
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, d: Math.hypot(a.x - b.x, a.y - b.y) };
  }
  canvas.addEventListener("pointerdown", function (e) {
    if (e.target.closest(".zoom, .picked, .empty, .static")) return;
    pointers[e.pointerId] = { x: e.clientX, y: e.clientY };
    last = spread();
    moved = false;
  });
  window.addEventListener("pointermove", function (e) {
    if (!pointers[e.pointerId]) return;
    pointers[e.pointerId] = { x: e.clientX, y: e.clientY };
    var now = spread(), b = canvas.getBoundingClientRect();
    if (Math.hypot(now.x - last.x, now.y - last.y) > 3 || moved) {
      moved = true;
      canvas.classList.add("dragging");
    }
    if (last.d && now.d) zoom(now.d / last.d, now.x - b.left, now.y - b.top);
    if (moved || now.d) { view.x += now.x - last.x; view.y += now.y - last.y; apply(); last = now; }
  });
  function lift(e) {
    if (!pointers[e.pointerId]) return;
    delete pointers[e.pointerId];
    canvas.classList.remove("dragging");
    if (Object.keys(pointers).length) last = spread();
  }
  window.addEventListener("pointerup", lift);
  window.addEventListener("pointercancel", lift);
  canvas.addEventListener("dragstart", function (e) { e.preventDefault(); });
  canvas.addEventListener("click", function (e) { if ((e.target === picture || e.target === canvas) && !moved) pick(null); });
  canvas.addEventListener("keydown", function (e) {
    var step = 60, k = e.key;
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (k === "ArrowLeft") view.x += step; else if (k === "ArrowRight") view.x -= step;
    else if (k === "ArrowUp") view.y += step; else if (k === "ArrowDown") view.y -= step;
    else if (k === "+" || k === "=") return centre(1.25); else if (k === "-") return centre(.8);
    else if (k === "0") return fit(); else if (k === "Escape") return pick(null); else return;
    e.preventDefault();
    apply();
  });
  q(".zoom").addEventListener("click", function (e) {
    var z = e.target.dataset.zoom;
    if (z === "in") centre(1.3); else if (z === "out") centre(1 / 1.3); else if (z === "fit") fit();
  });

  // Controls
  var input = q(".focus-input"), up = q(".focus-up"), down = q(".focus-down"), tagSelect = q(".tag-select"), folderSelect = q(".folder-select");
  D.groups.forEach(function (g) {
    var b = document.createElement("button"), s = document.createElement("span"), c = document.createElement("span");
    b.type = "button";
    b.className = g[1];
    b.dataset.key = g[3];
    s.className = "swatch";
    c.className = "count";
    c.textContent = g[2].toLocaleString("en");
    b.append(s, g[0], c);
    b.title = "Show or hide; double click shows only these";
    b.addEventListener("click", function () { state.hide[g[3]] = !state.hide[g[3]]; change(); });
    b.addEventListener("dblclick", function () {
      D.groups.forEach(function (o) { state.hide[o[3]] = o !== g; });
      change();
    });
    q(".legend").appendChild(b);
  });
  D.tags.forEach(function (t) { option(tagSelect, t, t); });
  if (!D.tags.length) q(".tag-label").style.display = "none";
  var folders = {};
  nodes.forEach(function (n) {
    var parts = n.folder.split("/");
    for (var k = 1; k <= parts.length; k++) if (parts[0]) folders[parts.slice(0, k).join("/")] = true;
  });
  var folderNames = Object.keys(folders).sort();
  folderNames.forEach(function (f) { option(folderSelect, f, f); });
  if (folderNames.length < 2) q(".folder-label").style.display = "none";
  nodes.forEach(function (n) { option(q("#focus-names"), n.label, n.sub); });
  function findNode(text) {
    var t = text.trim().toLowerCase();
    if (!t) return null;
    return nodes.filter(function (n) { return n.label.toLowerCase() === t; })[0]
      || nodes.filter(function (n) { return n.label.toLowerCase().indexOf(t) === 0; })[0]
      || nodes.filter(function (n) { return n.label.toLowerCase().indexOf(t) >= 0; })[0] || null;
  }
  function exact() { var t = input.value.trim(); return nodes.some(function (n) { return n.label === t; }) || !t; }
  input.addEventListener("input", function () { if (exact()) { state.focus = (findNode(input.value) || {}).id || ""; change(); } });
  input.addEventListener("keydown", function (e) { if (e.key === "Enter") focusOn(findNode(input.value)); });
  up.addEventListener("change", function () { state.up = +up.value; change(); });
  down.addEventListener("change", function () { state.down = +down.value; change(); });
  tagSelect.addEventListener("change", function () { state.tag = tagSelect.value; change(); });
  folderSelect.addEventListener("change", function () { state.folder = folderSelect.value; change(); });
  Array.prototype.forEach.call(document.querySelectorAll(".reset"), function (b) {
    b.addEventListener("click", function () {
      state = { focus: "", up: 99, down: 99, tag: "", folder: "", hide: {}, all: !large };
      change();
    });
  });
  var showAll = q(".show-all");
  if (showAll) { showAll.hidden = false; showAll.addEventListener("click", function () { state.all = true; change(); }); }
  function sync() {
    writeHash();
    if (document.activeElement !== input || exact()) input.value = state.focus ? byId[state.focus].label : document.activeElement === input ? input.value : "";
    up.value = String(state.up); down.value = String(state.down);
    up.disabled = down.disabled = !state.focus;
    tagSelect.value = state.tag; folderSelect.value = state.folder;
    Array.prototype.forEach.call(document.querySelectorAll(".legend button"), function (b) { b.setAttribute("aria-pressed", state.hide[b.dataset.key] ? "false" : "true"); });
  }
  function change() { sync(); draw(); }
  window.addEventListener("hashchange", function () { readHash(); sync(); draw(); });
  var wait = 0;
  window.addEventListener("resize", function () { clearTimeout(wait); wait = setTimeout(begin, 120); });

  // Paper shows the whole picture.
  window.addEventListener("beforeprint", function () {
    showEverything();
    world.removeAttribute("transform");
    canvas.classList.remove("far", "farther");
    picture.setAttribute("viewBox", "0 0 " + size.w + " " + size.h);
  });
  window.addEventListener("afterprint", function () { picture.removeAttribute("viewBox"); fit(); });

  q(".lineage-tools").hidden = false;
  canvas.insertBefore(picture, canvas.firstChild);
  sync();
  draw();
  
})();
