// The presenter's window: the slide as it is, what the next click shows, notes, time, all slides.
(function () {
  'use strict';
  var stage = atlas.stage, t = atlas.t, root = document.documentElement;
  var pages = {}, order = [];
  document.querySelectorAll('.stock > .page').forEach(function (p) { pages[p.dataset.slide] = p; order.push(p.dataset.slide); });
  var now = { slide: order[0], step: 0 }, linked = false, black = false;
  var screens = { now: document.querySelector('.screen.now'), next: document.querySelector('.screen.next') };

  function find(selector) { return document.querySelector(selector); }
  function clicks(id) { return pages[id] ? stage.steps(pages[id]).length : 0; }

  // after gives the state that the next click leads to; null at the end.
  function after(s) {
    if (s.step < clicks(s.slide)) return { slide: s.slide, step: s.step + 1 };
    var i = order.indexOf(s.slide);
    return i + 1 < order.length ? { slide: order[i + 1], step: 0 } : null;
  }
  function before(s) {
    if (s.step > 0) return { slide: s.slide, step: s.step - 1 };
    var i = order.indexOf(s.slide);
    return i > 0 ? { slide: order[i - 1], step: clicks(order[i - 1]) } : null;
  }

  function put(screen, state) {
    var old = screen.querySelector('.page');
    if (!state) {
      if (old) old.remove();
      screen.dataset.end = t('end');
      return;
    }
    delete screen.dataset.end;
    if (!old || old.dataset.slide !== state.slide) {
      if (old) old.remove();
      old = pages[state.slide].cloneNode(true);
      screen.prepend(old);
    }
    stage.show(old, state.step);
    stage.fit(old, screen);
    stage.draw(old);
  }

  function render() {
    var next = after(now), many = clicks(now.slide), known = atlas.slide(now.slide) || {};
    put(screens.now, now);
    put(screens.next, next);
    ink.show(now.slide);
    find('.desk-now .place').textContent = order.indexOf(now.slide) + 1 + ' / ' + order.length;
    find('.clicks').textContent = many ? t('click') + ' ' + now.step + ' / ' + many : '';
    find('.desk-next .what').textContent = !next ? '' : next.slide === now.slide ? t('click') + ' ' + next.step + ' / ' + many : t('nextslide') + ' ' + (order.indexOf(next.slide) + 1);
    var notes = find('.notes');
    if (notes.dataset.of !== now.slide) {
      notes.dataset.of = now.slide;
      notes.innerHTML = known.notes || '';
      if (!known.notes) notes.append(Object.assign(document.createElement('p'), { className: 'none', textContent: t('nonotes') }));
      notes.scrollTop = 0;
    }
    document.querySelectorAll('.desk-list button').forEach(function (b) {
      var on = b.dataset.slide === now.slide;
      if (on) b.setAttribute('aria-current', 'true'); else b.removeAttribute('aria-current');
      if (on) b.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    });
  }

  function go(state) {
    if (!state) return;
    now = state;
    render();
    atlas.link.send('go', state);
  }

  order.forEach(function (id, i) {
    var li = document.createElement('li'), b = document.createElement('button');
    b.type = 'button';
    b.dataset.slide = id;
    b.append(Object.assign(document.createElement('span'), { textContent: i + 1 }), document.createTextNode((atlas.slide(id) || { title: id }).title));
    b.addEventListener('click', function () { go({ slide: id, step: 0 }); });
    li.append(b);
    find('.desk-list ol').append(li);
  });

  var ink = new atlas.Ink(screens.now, function () { return screens.now.querySelector('.slide'); });
  ink.onchange = function (slide, strokes) { atlas.link.send('ink', { slide: slide, strokes: strokes }); };

  // Time.
  var elapsed = 0, since = Date.now(), running = true;
  function tick() {
    var d = new Date(), s = Math.floor((elapsed + (running ? Date.now() - since : 0)) / 1000);
    find('.clock').textContent = d.toLocaleTimeString(atlasDeck.locale, { hour: '2-digit', minute: '2-digit' });
    var h = Math.floor(s / 3600), m = Math.floor(s % 3600 / 60);
    find('.elapsed').textContent = (h ? h + ':' + String(m).padStart(2, '0') : m) + ':' + String(s % 60).padStart(2, '0');
  }
  setInterval(tick, 250);

  // Size of the notes, remembered.
  var size = 22;
  try { size = +localStorage.getItem('atlas-notes-size') || size; } catch (e) { /* storage may be switched off */ }
  function resize(by) {
    size = Math.min(64, Math.max(12, size + by));
    find('.notes').style.fontSize = size + 'px';
    try { localStorage.setItem('atlas-notes-size', size); } catch (e) { /* then it is not remembered */ }
  }
  resize(0);

  function press(name, on) { find('[data-do="' + name + '"]').setAttribute('aria-pressed', String(on)); }

  var acts = {
    previous: function () { go(before(now)); },
    next: function () { go(after(now)); },
    first: function () { go({ slide: order[0], step: 0 }); },
    last: function () { go({ slide: order[order.length - 1], step: 0 }); },
    pause: function () {
      if (running) elapsed += Date.now() - since; else since = Date.now();
      running = !running;
      find('[data-do="pause"]').textContent = running ? t('pause') : t('resume');
      root.classList.toggle('stopped', !running);
      tick();
    },
    reset: function () { elapsed = 0; since = Date.now(); tick(); },
    draw: function () { press('draw', ink.toggle()); },
    erase: function () { ink.clear(); },
    black: function () { black = !black; press('black', black); atlas.link.send('black', { on: black }); },
    theme: function () { atlas.setTheme(atlas.dark() ? 'light' : 'dark'); atlas.link.send('theme', { theme: root.dataset.theme }); },
    smaller: function () { resize(-2); },
    larger: function () { resize(2); }
  };
  var keys = { ArrowRight: 'next', ArrowDown: 'next', PageDown: 'next', ' ': 'next', n: 'next', ArrowLeft: 'previous', ArrowUp: 'previous', PageUp: 'previous', p: 'previous',
    Home: 'first', End: 'last', d: 'draw', e: 'erase', b: 'black', t: 'theme', '+': 'larger', '-': 'smaller' };

  document.addEventListener('click', function (e) {
    var b = e.target.closest && e.target.closest('[data-do]');
    if (b && acts[b.dataset.do]) { acts[b.dataset.do](); b.blur(); }
  });
  document.addEventListener('keydown', function (e) {
    if (e.ctrlKey || e.metaKey || e.altKey || !keys[e.key]) return;
    if (e.target.closest('.notes') && /^(Arrow|Page|Home|End)/.test(e.key)) return; // scrolls the notes
    e.preventDefault();
    acts[keys[e.key]]();
  });

  function status() {
    var s = find('.linked');
    s.textContent = linked ? t('linked') : t('alone');
    s.classList.toggle('on', linked);
  }

  atlas.link.on(function (m) {
    if (m.kind === 'here') { atlas.link.send('hello'); return; }
    if (m.kind === 'hello' || m.kind === 'go') return; // from another presenter's window
    if (!linked) { linked = true; status(); }
    if (m.kind === 'at' && pages[m.slide] && (m.slide !== now.slide || m.step !== now.step)) {
      now = { slide: m.slide, step: m.step };
      render();
    } else if (m.kind === 'ink') {
      ink.put(m.slide, m.strokes);
    } else if (m.kind === 'theme') {
      atlas.setTheme(m.theme, true);
    } else if (m.kind === 'black') {
      black = m.on;
      press('black', black);
    }
  });
  atlas.onTheme(function () { stage.draw(document.body); });
  new ResizeObserver(function () {
    Object.keys(screens).forEach(function (k) { var p = screens[k].querySelector('.page'); if (p) { stage.fit(p, screens[k]); stage.draw(p); } });
    ink.redraw();
  }).observe(find('.desk'));

  status();
  tick();
  render();
  atlas.link.send('hello');
  stage.frames().then(atlas.ready, atlas.failed);
})();
