// What all pages of a deck share: click steps of a slide, charts, a slide fitted into a screen.
(function () {
  'use strict';
  var width = 1280, height = 720;

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
    root.querySelectorAll('.chart[data-chart]').forEach(function (e) {
      var theme = atlas.dark() ? 'dark' : 'light';
      var own = e.closest('[data-theme]');
      if (own && own !== document.documentElement) theme = own.dataset.theme;
      if (e.drawnIn === theme || !e.offsetWidth || !e.offsetHeight) return;
      var known = atlasDeck.charts[e.dataset.chart];
      if (!known) return;
      if (e.drawn) e.drawn.dispose();
      var place = e.querySelector('.chart-stage') || e.appendChild(Object.assign(document.createElement('div'), { className: 'chart-stage' }));
      place.style.width = e.offsetWidth * 0.75 + 'px'; // charts are laid out in points
      place.style.height = e.offsetHeight * 0.75 + 'px';
      e.drawn = atlasChart.mount(place, known[theme] || known.light);
      e.drawnIn = theme;
      e.drawn.on('click', function (p) {
        var from = p.data && p.data.origin;
        if (from) e.dispatchEvent(new CustomEvent('atlas-figure', { bubbles: true, detail: Object.assign({ text: p.data.text, name: p.name }, from) }));
      });
    });
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
