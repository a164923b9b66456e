// While a deck is written: what was saved is shown at once, mistakes stand over the slides until they
// are mended.
(function () {
  'use strict';
  var root = document.documentElement, shown = null, busy = false, again = null, box = null;

  function plain(href) { return href.split('?')[0]; }

  function loaded(element) {
    return new Promise(function (done) { element.onload = element.onerror = done; });
  }

  // styles puts changed style sheets in place of those they were.
  function styles(next) {
    var now = Array.from(document.querySelectorAll('link[rel="stylesheet"]')), have = now.map(function (l) { return l.getAttribute('href'); });
    var waits = [];
    next.querySelectorAll('link[rel="stylesheet"]').forEach(function (link) {
      var href = link.getAttribute('href'), old = now.find(function (l) { return plain(l.getAttribute('href')) === plain(href); });
      if (have.indexOf(href) >= 0) return;
      var copy = document.createElement('link');
      copy.rel = 'stylesheet';
      copy.href = href;
      waits.push(loaded(copy).then(function () { if (old) old.remove(); }));
      if (old) old.after(copy); else document.head.append(copy);
    });
    return Promise.all(waits);
  }

  // update shows a new state of the deck without loading the page anew.
  async function update(state) {
    var answer = await fetch('index.html?at=' + state.version, { cache: 'no-store' });
    if (!answer.ok) throw new Error(answer.statusText);
    var next = new DOMParser().parseFromString(await answer.text(), 'text/html'), data = null;
    var now = Array.from(document.scripts).map(function (s) { return s.getAttribute('src'); });
    next.querySelectorAll('script[src]').forEach(function (s) {
      var src = s.getAttribute('src');
      if (now.indexOf(src) >= 0) return;
      if (plain(src) !== 'assets/deck-data.js') throw new Error('another program'); // then the page loads anew
      data = src;
    });
    var ready = styles(next);
    if (data) {
      var script = document.createElement('script'), old = document.querySelector('script[src^="assets/deck-data.js"]');
      script.src = data;
      var come = loaded(script);
      old.replaceWith(script);
      await come;
    }
    await ready;
    document.title = next.title;
    atlas.renew(sections(next));
  }

  // sections gives the slides of a new page; those that are as they were stay, with their charts.
  var texts = {};
  function sections(next) {
    var old = {}, known = texts;
    document.querySelectorAll('.slides > section').forEach(function (s) { old[s.id] = s; });
    texts = {};
    return Array.from(next.querySelectorAll('.slides > section')).map(function (s) {
      var charts = Array.from(s.querySelectorAll('[data-chart]')).map(function (c) { return atlasDeck.charts[c.dataset.chart]; });
      texts[s.id] = s.outerHTML + JSON.stringify(charts);
      return old[s.id] && known[s.id] === texts[s.id] ? old[s.id] : document.importNode(s, true);
    });
  }

  function render(state) {
    var list = state.problems || [], errors = list.filter(function (p) { return p.severity === 'error'; });
    if (box) box.remove();
    box = null;
    // What stands on its slide already is only pointed at.
    var slides = Array.from(document.querySelectorAll('.slides .slide-problem'));
    var words = function (text) { return text.replace(/["'`]/g, ''); };
    var known = slides.map(function (s) { return words(s.textContent); });
    errors = errors.filter(function (p) { return !known.some(function (text) { return text.indexOf(words(p.message)) >= 0; }); });
    if (slides.length && !errors.length) { point(slides); return; }
    if (!list.length) return;
    box = document.createElement('aside');
    box.className = 'dev-problems' + (errors.length ? '' : ' warnings');
    box.setAttribute('role', 'alert');
    (errors.length ? errors : list).forEach(function (p) {
      var one = document.createElement('div');
      function line(className, text) {
        if (text) one.append(Object.assign(document.createElement('p'), { className: className, textContent: text }));
      }
      line('dev-place', p.place);
      line('dev-message', p.message + (p.code ? '  [' + p.code + ']' : ''));
      if (p.snippet) one.append(Object.assign(document.createElement('pre'), { textContent: p.snippet }));
      line('dev-hint', p.hint);
      box.append(one);
    });
    var close = Object.assign(document.createElement('button'), { type: 'button', textContent: '×', className: 'dev-close' });
    close.addEventListener('click', function () { box.remove(); box = null; });
    box.append(close);
    document.body.append(box);
  }

  // point leads to slides that have mistakes on them.
  function point(slides) {
    box = document.createElement('aside');
    box.className = 'dev-problems points';
    slides.forEach(function (s) {
      var id = s.closest('section').id, b = Object.assign(document.createElement('button'), { type: 'button', textContent: '⚠ ' + id });
      b.addEventListener('click', function () { atlas.go(id, 0); });
      box.append(b);
    });
    document.body.append(box);
  }

  async function take(state) {
    if (busy) { again = state; return; }
    busy = true;
    try {
      if (shown !== null && state.version !== shown) {
        if (root.dataset.page !== 'deck' || !atlas.renew) { location.reload(); return; }
        await update(state);
      }
      shown = state.version;
      render(state);
      root.dataset.version = state.version;
    } catch (e) {
      location.reload();
    } finally {
      busy = false;
    }
    if (again) { var next = again; again = null; take(next); }
  }

  var source = new EventSource('events');
  source.onmessage = function (e) {
    root.classList.remove('dev-away');
    var state = JSON.parse(e.data);
    // A page that was loaded before the server's first word shows what was there then.
    if (shown === null && root.dataset.built && state.version !== +root.dataset.built) shown = -1;
    take(state);
  };
  source.onerror = function () { root.classList.add('dev-away'); };
})();
