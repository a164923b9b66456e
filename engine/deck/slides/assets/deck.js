// The slides themselves: moves, click steps, the tools, and the link to the presenter's window.
(function () {
  'use strict';
  var stage = atlas.stage, root = document.documentElement, slides = document.querySelector('.slides');
  var shot = atlas.query.has('shot');

  // Click steps are reveal's fragments, numbered without gaps.
  function count() {
    slides.querySelectorAll('section').forEach(function (section) {
      var order = stage.steps(section);
      section.querySelectorAll('[data-step]').forEach(function (e) {
        if (+e.dataset.step < 1) return;
        e.classList.add('fragment');
        e.dataset.fragmentIndex = order.indexOf(+e.dataset.step);
      });
    });
  }
  count();

  var deck = new Reveal(document.querySelector('.reveal'), {
    width: stage.width, height: stage.height, margin: 0, minScale: 0.05, maxScale: 8, center: false, controls: false,
    progress: !shot, hash: true, fragmentInURL: true, history: true, transition: 'none', backgroundTransition: 'none', autoAnimate: false,
    help: false, scrollActivationWidth: null, viewDistance: 2, mobileViewDistance: 1, overview: false, touch: true, hideInactiveCursor: true, hideCursorTime: 3000
  });

  function current() { return deck.getCurrentSlide(); }
  function at() {
    var f = deck.getIndices().f;
    return { slide: current() ? current().id : '', step: (f === undefined ? -1 : f) + 1 };
  }
  function go(slide, step) {
    var section = document.getElementById(slide);
    if (!section || !slides.contains(section)) return false;
    var i = deck.getIndices(section);
    deck.slide(i.h, i.v, step - 1);
    return true;
  }
  atlas.current = current;
  atlas.go = go;
  atlas.at = at;
  atlas.deck = deck;
  // renew shows slides that have come in place of others, at the same place as before.
  atlas.renew = function (sections) {
    var here = at(), index = deck.getIndices().h;
    atlas.overview.close();
    slides.replaceChildren.apply(slides, sections);
    count();
    deck.sync();
    if (!go(here.slide, here.step)) deck.slide(Math.min(index, sections.length - 1), 0, -1);
    last = current();
    changed();
    atlas.where.moved();
  };
  atlas.where.onchange = function () { if (deck.isReady()) { deck.layout(); ink.redraw(); } };

  var ink = new atlas.Ink(document.body, function () { var s = current(); return s && s.querySelector('.slide'); });
  ink.onchange = function (slide, strokes) { atlas.link.send('ink', { slide: slide, strokes: strokes }); };
  atlas.ink = ink;

  function changed() {
    var now = at();
    stage.draw(current());
    ink.show(now.slide);
    var all = deck.getSlides();
    document.querySelector('.tools .place').textContent = all.indexOf(current()) + 1 + ' / ' + all.length;
    atlas.link.send('at', now);
    if (!shot) (window.requestIdleCallback || setTimeout)(function () { stage.draw(slides); });
  }

  var last = null;
  function moved() {
    if (last !== current()) { last = current(); atlas.where.moved(); }
    changed();
  }

  var acts = {
    previous: function () { deck.prev(); },
    next: function () { deck.next(); },
    overview: function () { atlas.overview.toggle(); },
    draw: function () { var on = ink.toggle(); press('draw', on); root.classList.toggle('drawing', on); },
    erase: function () { ink.clear(); },
    where: function () { atlas.where.toggle(); },
    theme: function () { atlas.setTheme(atlas.dark() ? 'light' : 'dark'); },
    presenter: function () { if (!atlas.link.open()) say(atlas.t('blocked')); },
    fullscreen: function () { if (document.fullscreenElement) document.exitFullscreen(); else root.requestFullscreen().catch(function () {}); },
    help: function () { help(); }
  };

  function press(name, on) {
    document.querySelectorAll('[data-do="' + name + '"]').forEach(function (b) { b.setAttribute('aria-pressed', String(on)); });
  }

  function say(text) {
    var p = document.createElement('p');
    p.className = 'said';
    p.setAttribute('role', 'status');
    p.textContent = text;
    document.body.append(p);
    setTimeout(function () { p.remove(); }, 5000);
  }

  var keys = [['→  ␣  n', 'next'], ['←  p', 'previous'], ['o  Esc', 'overview'], ['s', 'presenter'], ['w', 'where'], ['d', 'draw'], ['e', 'erase'], ['t', 'theme'], ['b', 'black'], ['f', 'fullscreen'], ['?', 'help']];
  var box = null;
  function help() {
    if (!box) {
      box = document.createElement('dialog');
      box.className = 'keys';
      var list = document.createElement('dl'), head = document.createElement('h2');
      head.textContent = atlas.t('help');
      keys.forEach(function (k) {
        list.append(Object.assign(document.createElement('dt'), { textContent: k[0] }), Object.assign(document.createElement('dd'), { textContent: atlas.t(k[1]) }));
      });
      box.append(head, list);
      box.addEventListener('click', function () { box.close(); });
      document.body.append(box);
    }
    if (box.open) box.close(); else box.showModal();
  }

  document.addEventListener('click', function (e) {
    var b = e.target.closest && e.target.closest('[data-do]');
    if (b && acts[b.dataset.do]) { acts[b.dataset.do](); b.blur(); }
  });
  document.addEventListener('keydown', function (e) {
    if (e.key !== '?' || e.ctrlKey || e.metaKey || e.altKey) return;
    e.preventDefault();
    help();
  });

  var idle = 0;
  function active() {
    root.classList.add('active');
    clearTimeout(idle);
    idle = setTimeout(function () { root.classList.remove('active'); }, 2500);
  }
  ['pointermove', 'pointerdown', 'focusin'].forEach(function (name) { document.addEventListener(name, active); });

  atlas.link.on(function (m) {
    if (m.kind === 'hello') {
      atlas.link.send('at', at());
      atlas.link.send('theme', { theme: root.dataset.theme });
      var pages = ink.pages();
      Object.keys(pages).forEach(function (id) { atlas.link.send('ink', { slide: id, strokes: pages[id] }); });
    } else if (m.kind === 'go') {
      if (deck.isPaused()) deck.togglePause(false);
      go(m.slide, m.step);
    } else if (m.kind === 'ink') {
      ink.put(m.slide, m.strokes);
    } else if (m.kind === 'theme') {
      atlas.setTheme(m.theme);
    } else if (m.kind === 'black') {
      deck.togglePause(m.on);
    }
  });

  atlas.onTheme(function (theme) {
    stage.draw(slides);
    atlas.overview.redraw();
    atlas.link.send('theme', { theme: theme });
  });

  deck.on('slidechanged', moved);
  deck.on('fragmentshown', changed);
  deck.on('fragmenthidden', changed);
  deck.on('resize', function () { ink.redraw(); });
  deck.on('paused', function () { atlas.link.send('black', { on: true }); });
  deck.on('resumed', function () { atlas.link.send('black', { on: false }); });

  // atlasShow is for who takes pictures: "/sales/2" shows a slide after two clicks, standing still.
  window.atlasShow = function (address) {
    var parts = address.replace(/^\//, '').split('/');
    if (!go(decodeURIComponent(parts[0]), +(parts[1] || 0))) return Promise.reject(new Error('there is no slide ' + parts[0]));
    stage.draw(current());
    return stage.frames();
  };

  deck.initialize().then(function () {
    [[87, 'W', 'where'], [84, 'T', 'theme'], [68, 'D', 'draw'], [69, 'E', 'erase'], [83, 'S', 'presenter'], [79, 'O', 'overview'], [27, 'Esc', 'overview']].forEach(function (k) {
      deck.addKeyBinding({ keyCode: k[0], key: k[1], description: atlas.t(k[2]) }, acts[k[2]]);
    });
    last = current();
    changed();
    atlas.link.send('here');
    return stage.frames();
  }).then(atlas.ready, atlas.failed);
})();
