// Drawing above a slide: strokes are kept by slide in the stage's own measure, so that every window
// shows them in its size.
(function () {
  'use strict';
  var colors = ['#d92d20', '#1668dc', '#f0b400', '#12a150', '#14181f', '#ffffff'];

  // Ink draws on a canvas over an element; slideOf gives the slide's element that is drawn on.
  atlas.Ink = function (holder, slideOf) {
    var ink = this, canvas = document.createElement('canvas'), bar = document.createElement('div');
    var pages = {}, id = null, on = false, color = colors[0], erasing = false, stroke = null;
    canvas.className = 'ink';
    bar.className = 'ink-bar';
    bar.hidden = true;
    holder.append(canvas, bar);

    colors.forEach(function (c) {
      var b = tool('pen', '', function () { color = c; erasing = false; marks(); });
      b.dataset.color = c;
      b.style.backgroundColor = c;
      b.className = 'ink-color';
      b.setAttribute('aria-label', atlas.t('pen') + ' ' + c);
    });
    tool('eraser', atlas.t('eraser'), function () { erasing = !erasing; marks(); }).dataset.eraser = '';
    tool('erase', atlas.t('erase'), function () { ink.clear(); });

    function tool(name, text, act) {
      var b = document.createElement('button');
      b.type = 'button';
      b.textContent = text;
      b.dataset.ink = name;
      b.addEventListener('click', act);
      bar.append(b);
      return b;
    }

    function marks() {
      bar.querySelectorAll('button').forEach(function (b) {
        b.setAttribute('aria-pressed', String('eraser' in b.dataset ? erasing : !erasing && b.dataset.color === color));
      });
      canvas.classList.toggle('erases', erasing);
    }

    function frame() {
      var slide = slideOf();
      if (!slide) return null;
      var s = slide.getBoundingClientRect(), h = holder.getBoundingClientRect();
      return { x: s.left - h.left, y: s.top - h.top, scale: s.width / atlas.stage.width || 1 };
    }

    function point(e) {
      var f = frame(), h = holder.getBoundingClientRect();
      return [Math.round((e.clientX - h.left - f.x) / f.scale * 10) / 10, Math.round((e.clientY - h.top - f.y) / f.scale * 10) / 10];
    }

    function redraw() {
      var f = frame(), ratio = window.devicePixelRatio || 1, w = holder.clientWidth, h = holder.clientHeight;
      if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) {
        canvas.width = Math.round(w * ratio);
        canvas.height = Math.round(h * ratio);
      }
      var c = canvas.getContext('2d');
      c.setTransform(1, 0, 0, 1, 0, 0);
      c.clearRect(0, 0, canvas.width, canvas.height);
      if (!f) return;
      c.setTransform(f.scale * ratio, 0, 0, f.scale * ratio, f.x * ratio, f.y * ratio);
      c.lineCap = c.lineJoin = 'round';
      (pages[id] || []).concat(stroke ? [stroke] : []).forEach(function (s) {
        c.strokeStyle = s.color;
        c.lineWidth = s.width;
        c.beginPath();
        s.points.forEach(function (p, i) { if (i) c.lineTo(p[0], p[1]); else c.moveTo(p[0], p[1]); });
        if (s.points.length === 1) c.lineTo(s.points[0][0] + 0.1, s.points[0][1]);
        c.stroke();
      });
    }

    function changed() {
      redraw();
      if (ink.onchange) ink.onchange(id, pages[id] || []);
    }

    // wipe takes away the strokes that a point touches.
    function wipe(p) {
      var before = pages[id] || [];
      var left = before.filter(function (s) {
        return !s.points.some(function (q) { return Math.hypot(q[0] - p[0], q[1] - p[1]) < 16; });
      });
      if (left.length !== before.length) { pages[id] = left; changed(); }
    }

    canvas.addEventListener('pointerdown', function (e) {
      if (!on || e.button > 0) return;
      e.preventDefault();
      canvas.setPointerCapture(e.pointerId);
      if (erasing) { stroke = { wipes: true, points: [] }; wipe(point(e)); return; }
      stroke = { color: color, width: 4, points: [point(e)] };
      redraw();
    });
    canvas.addEventListener('pointermove', function (e) {
      if (!stroke) return;
      if (stroke.wipes) { wipe(point(e)); return; }
      (e.getCoalescedEvents && e.getCoalescedEvents().length ? e.getCoalescedEvents() : [e]).forEach(function (x) { stroke.points.push(point(x)); });
      redraw();
    });
    function up() {
      if (!stroke) return;
      if (!stroke.wipes) (pages[id] = pages[id] || []).push(stroke);
      stroke = null;
      changed();
    }
    canvas.addEventListener('pointerup', up);
    canvas.addEventListener('pointercancel', up);
    new ResizeObserver(redraw).observe(holder);

    this.show = function (slide) { id = slide; redraw(); };
    this.redraw = redraw;
    this.on = function () { return on; };
    this.toggle = function (want) {
      on = want === undefined ? !on : want;
      canvas.classList.toggle('on', on);
      bar.hidden = !on;
      marks();
      return on;
    };
    this.clear = function () { pages[id] = []; changed(); };
    this.pages = function () { return pages; };
    this.put = function (slide, strokes) { pages[slide] = strokes; redraw(); };
  };
})();
