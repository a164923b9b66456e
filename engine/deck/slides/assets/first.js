// Sets the theme before anything is drawn: what the address asks for, what the viewer chose last, what
// the deck is made for; and reads the deck's data.
var atlas = (function () {
  'use strict';
  var root = document.documentElement;
  var query = new URLSearchParams(location.search);
  var key = 'atlas-deck-theme';

  function stored() {
    try { return localStorage.getItem(key); } catch (e) { return null; } // storage may be switched off
  }

  function known(theme) { return theme === 'light' || theme === 'dark' ? theme : null; }

  root.dataset.theme = known(query.get('theme')) || (root.dataset.page === 'print' ? null : known(stored())) || known(root.dataset.theme) || known(root.dataset.default) || 'light';
  root.classList.add('js');
  if (query.has('shot')) root.classList.add('shot');

  var listeners = [];
  return {
    query: query,
    dark: function () { return root.dataset.theme === 'dark'; },
    setTheme: function (theme, quietly) {
      if (!known(theme) || theme === root.dataset.theme) return;
      root.dataset.theme = theme;
      if (!quietly) { try { localStorage.setItem(key, theme); } catch (e) { /* then it is not remembered */ } }
      listeners.forEach(function (f) { f(theme); });
    },
    onTheme: function (f) { listeners.push(f); },
    // failed tells who prints or pictures the page that it cannot be drawn.
    failed: function (e) { if (!root.dataset.failed) root.dataset.failed = String(e && e.message || e); },
    ready: function () { root.dataset.ready = ''; }
  };
})();
window.addEventListener('error', function (e) { atlas.failed(e.message); });
window.addEventListener('unhandledrejection', function (e) { atlas.failed(e.reason); });
