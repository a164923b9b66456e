// What all pages of a deck share: click steps of a slide, charts, a slide fitted into a screen.
(function () {
  'use strict';
  var width = 1280, height = 720;
  var readable = 0.86; // below it the densest type is smaller than a footnote's

  // steps gives the numbers of clicks at which something appears on a slide, in order.
  function steps(slide) {
    var seen = {};
    slide.querySelectorAll('[data-step]').forEach(function (e) { if (+e.dataset.step > 0) seen[+e.dataset.step] = true; });
    return Object.keys(seen).map(Number).sort(function (a, b) { return a - b; });
  }

  // show puts a slide into the state after n clicks.
  function show(slide, n) {
    var order = steps(slide), last = n > 0 ? order[Math.min(n, order.length) - 1] || 0 : 0;
    slide.querySelectorAll('[data-step]').forEach(function (e) {
      var at = +e.dataset.step;
      e.classList.toggle('waits', at > last);
      e.classList.toggle('comes', at > 0 && at === last);
    });
  }

  // draw draws the charts below an element that are to be seen and not yet drawn in this theme.
  function draw(root) {
    settle(root);
    root.querySelectorAll('.chart[data-chart]').forEach(function (e) {
      var theme = atlas.dark() ? 'dark' : 'light';
      var own = e.closest('[data-theme]');
      if (own && own !== document.documentElement) theme = own.dataset.theme;
      if (e.drawnIn === theme || !e.offsetWidth || !e.offsetHeight) return;
      var known = atlasDeck.charts[e.dataset.chart];
      if (!known) return;
      if (e.drawn) e.drawn.dispose();
      var place = e.querySelector('.chart-stage') || e.appendChild(Object.assign(document.createElement('div'), { className: 'chart-stage' }));
      // Charts are laid out in points for a size; in a smaller place they are drawn smaller, so that
      // what was found to fit still fits.
      var wide = e.offsetWidth * 0.75, high = e.offsetHeight * 0.75, scale = Math.min(1, wide / known.width, high / known.height);
      place.style.width = wide / scale + 'px';
      place.style.height = high / scale + 'px';
      place.style.transform = 'scale(' + scale * 4 / 3 + ')';
      e.drawn = atlasChart.mount(place, known[theme] || known.light);
      e.drawnIn = theme;
      e.drawn.on('click', function (p) {
        var from = p.data && p.data.origin;
        if (from) e.dispatchEvent(new CustomEvent('atlas-figure', { bubbles: true, detail: Object.assign({ text: p.data.text, name: p.name }, from) }));
      });
    });
  }

  // settle makes what is too large for its place denser, in steps, and at last smaller.
  function settle(root) {
    root.querySelectorAll('.slide').forEach(function (slide) {
      if (slide.settled || !slide.offsetWidth) return;
      slide.settled = true;
      slide.querySelectorAll('.region, .slide-head').forEach(settleOne);
    });
  }

  // cards puts so many figures beside one another as have room for their numbers.
  function cards(e) {
    e.querySelectorAll('.kpis').forEach(function (k) {
      k.style.gridTemplateColumns = '';
      for (var n = getComputedStyle(k).gridTemplateColumns.split(' ').length - 1; n > 0 && tight(k) > 1; n--) {
        k.style.gridTemplateColumns = 'repeat(' + n + ', minmax(0, 1fr))';
      }
    });
  }

  // tight is how much wider than its card a figure is.
  function tight(e) {
    return Array.from(e.querySelectorAll('.kpi')).reduce(function (most, k) { return Math.max(most, k.scrollWidth > k.clientWidth + 1 ? k.scrollWidth / k.clientWidth : 1); }, 1);
  }

  function over(e) {
    var h = e.scrollHeight / e.clientHeight, w = Math.max(e.scrollWidth / e.clientWidth, tight(e));
    return Math.max(h > 1 + 1.5 / e.clientHeight ? h : 1, w > 1 + 1.5 / e.clientWidth ? w : 1);
  }

  function settleOne(e) {
    if (!e.clientHeight || !e.clientWidth) return;
    for (var level = 0; level <= 3; level++) {
      if (level) e.dataset.dense = level;
      cards(e);
      if (over(e) === 1) return;
    }
    // Half the room is enough for a last look; less cannot be read.
    var zoom = 1;
    for (var i = 0; i < 6 && over(e) > 1 && zoom > 0.5; i++) {
      zoom = Math.max(0.5, zoom / Math.sqrt(over(e)) - 0.01);
      Array.from(e.children).forEach(function (c) { c.style.zoom = zoom; });
    }
    if (over(e) > 1) e.dataset.cut = '';
    if (zoom < readable || over(e) > 1) e.dataset.over = Math.round(zoom * 100);
  }

  // undraw forgets the drawn charts below an element, of a copy of a slide.
  function undraw(root) {
    root.querySelectorAll('.chart-stage').forEach(function (e) { e.remove(); });
  }

  // fit scales a slide of 1280 by 720 to the width and height of a box, at its top, and gives the scale.
  function fit(slide, box) {
    var scale = Math.min(box.clientWidth / width, box.clientHeight / height);
    slide.style.transform = 'translateX(' + (box.clientWidth - width * scale) / 2 + 'px) scale(' + scale + ')';
    return scale;
  }

  // frames waits until the browser has drawn what was changed.
  function frames() {
    return document.fonts.ready.then(function () {
      return new Promise(function (done) { requestAnimationFrame(function () { requestAnimationFrame(done); }); });
    });
  }

  atlas.stage = { width: width, height: height, steps: steps, show: show, draw: draw, undraw: undraw, fit: fit, frames: frames };
  atlas.t = function (name) { return atlasDeck.words[name] || name; };
  atlas.slide = function (id) { return atlasDeck.slides.find(function (s) { return s.id === id; }); };
})();
