// The link between the slides and the presenter's window: messages by postMessage between the window
// and the one that opened it, which works on a disk too, and by BroadcastChannel where both have an
// origin. Each message is heard once.
(function () {
  'use strict';
  var me = Math.random().toString(36).slice(2), count = 0, heard = new Set(), listeners = [];
  var place = location.pathname.replace(/[^/]*$/, '');
  var other = window.opener, channel = null;
  try { channel = new BroadcastChannel('atlas-deck ' + place); } catch (e) { /* then the windows know each other */ }

  function receive(m) {
    if (!m || m.atlas !== 1 || m.place !== place || m.from === me || heard.has(m.id)) return;
    heard.add(m.id);
    if (heard.size > 5000) heard.clear();
    listeners.forEach(function (f) { f(m); });
  }

  if (channel) channel.onmessage = function (e) { receive(e.data); };
  window.addEventListener('message', function (e) {
    if (other && e.source === other) receive(e.data);
  });

  atlas.link = {
    send: function (kind, more) {
      var m = Object.assign({ atlas: 1, place: place, from: me, id: me + ':' + count++, kind: kind }, more);
      if (channel) channel.postMessage(m);
      if (other && !other.closed) other.postMessage(m, '*');
    },
    on: function (f) { listeners.push(f); },
    // open shows the presenter's window; false if the browser does not let it.
    open: function () {
      var w = window.open('presenter.html', 'atlas-presenter', 'popup,width=1180,height=760');
      if (!w) return false;
      other = w;
      w.focus();
      return true;
    }
  };
})();
