// The print page: a page a slide, or a click (?clicks=1), or three slides a sheet with lines for notes (?handout=3).
(function () {
  'use strict';
  var stage = atlas.stage, pages = document.querySelector('.pages');

  // states makes a page of every click state of every slide.
  function states() {
    Array.from(pages.children).forEach(function (page) {
      var n = stage.steps(page).length;
      for (var i = 0; i < n; i++) {
        var copy = page.cloneNode(true);
        stage.show(copy, i);
        if (i > 0) unhead(copy);
        pages.insertBefore(copy, page);
      }
      if (n > 0) unhead(page);
    });
  }

  // unhead turns headings into plain text: the outline names each slide once.
  function unhead(page) {
    page.querySelectorAll('h1,h2,h3,h4,h5,h6').forEach(function (h) {
      var p = document.createElement('div');
      Array.from(h.attributes).forEach(function (a) { p.setAttribute(a.name, a.value); });
      p.classList.add('heading-' + h.localName);
      while (h.firstChild) p.appendChild(h.firstChild);
      h.replaceWith(p);
    });
  }

  function handout(many) {
    var slides = Array.from(pages.children);
    pages.classList.add('handout');
    for (var i = 0; i < slides.length; i += many) {
      var sheet = document.createElement('div');
      sheet.className = 'sheet sheet-' + many;
      var head = document.createElement('div');
      head.className = 'sheet-head';
      head.append(Object.assign(document.createElement('span'), { textContent: document.title }), Object.assign(document.createElement('span'), { textContent: i / many + 1 + ' / ' + Math.ceil(slides.length / many) }));
      sheet.append(head);
      slides.slice(i, i + many).forEach(function (page) {
        var row = document.createElement('div'), frame = document.createElement('div'), lines = document.createElement('div');
        row.className = 'sheet-row'; frame.className = 'sheet-frame'; lines.className = 'sheet-lines';
        for (var k = 0; k < 9; k++) lines.append(document.createElement('i'));
        frame.append(page);
        row.append(frame, lines);
        sheet.append(row);
      });
      pages.append(sheet);
    }
  }

  // crowded tells the program what had to be made small to fit.
  function crowded() {
    var list = Array.from(pages.querySelectorAll('[data-over]')).map(function (e) {
      var region = Array.from(e.classList).find(function (c) { return c.indexOf('region-') === 0; });
      return { slide: e.closest('.page').dataset.slide, region: region ? region.slice('region-'.length) : '', percent: +e.dataset.over, cut: e.hasAttribute('data-cut') };
    });
    document.documentElement.dataset.tells = JSON.stringify(list);
  }

  if (atlas.query.has('clicks')) states();
  stage.draw(pages);
  crowded();
  if (atlas.query.has('handout')) handout(Math.min(Math.max(+atlas.query.get('handout') || 3, 1), 4));
  window.addEventListener('beforeprint', function () { stage.draw(pages); });
  stage.frames().then(atlas.ready, atlas.failed);
})();
