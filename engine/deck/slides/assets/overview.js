// The overview: all slides in a grid, as they are after their last click.
(function () {
  'use strict';
  var stage = atlas.stage, box = null;

  function open() {
    box = document.createElement('div');
    box.className = 'overview-grid';
    box.setAttribute('role', 'dialog');
    box.setAttribute('aria-label', atlas.t('overview'));
    document.querySelectorAll('.slides > section').forEach(function (section, i) {
      var b = document.createElement('button'), screen = document.createElement('span'), name = document.createElement('span');
      b.type = 'button';
      screen.className = 'screen';
      name.className = 'overview-name';
      name.append(Object.assign(document.createElement('b'), { textContent: i + 1 }), document.createTextNode((atlas.slide(section.id) || {}).title || section.id));
      var copy = section.querySelector('.slide').cloneNode(true);
      copy.removeAttribute('id');
      copy.inert = true;
      copy.querySelectorAll('.fragment').forEach(function (e) { e.classList.remove('fragment'); });
      stage.undraw(copy);
      screen.append(copy);
      b.append(screen, name);
      if (section === atlas.current()) b.setAttribute('aria-current', 'true');
      b.addEventListener('click', function () { close(); atlas.go(section.id, 0); });
      box.append(b);
    });
    document.body.append(box);
    document.documentElement.classList.add('overview-on');
    size();
    (box.querySelector('[aria-current]') || box.firstChild).focus();
  }

  function size() {
    if (!box) return;
    box.querySelectorAll('.screen').forEach(function (s) { stage.fit(s.firstChild, s); });
    stage.draw(box);
  }

  function close() {
    if (!box) return;
    box.remove();
    box = null;
    document.documentElement.classList.remove('overview-on');
  }

  // Keys move in the grid and do not reach the deck.
  window.addEventListener('keydown', function (e) {
    if (!box || e.ctrlKey || e.metaKey || e.altKey) return;
    var all = Array.from(box.children), i = all.indexOf(document.activeElement);
    var across = all.filter(function (b) { return b.offsetTop === all[0].offsetTop; }).length;
    var by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across }[e.key];
    e.stopImmediatePropagation();
    if (by) {
      e.preventDefault();
      (all[Math.min(Math.max(i + by, 0), all.length - 1)] || all[0]).focus();
    } else if (e.key === 'Escape' || e.key === 'o') {
      e.preventDefault();
      close();
    }
  }, true);
  window.addEventListener('resize', size);

  atlas.overview = { toggle: function () { if (box) close(); else open(); }, close: close, redraw: size };
})();
