// The panel that tells where figures are from: the block, its query, what the query reads and when
// that was loaded, the row and the column.
(function () {
  'use strict';
  var t = atlas.t, panel = document.createElement('aside'), open = false, shown = null;
  panel.className = 'where';
  panel.hidden = true;
  panel.setAttribute('aria-label', t('where'));
  document.body.append(panel);

  function el(tag, className, text) {
    var e = document.createElement(tag);
    if (className) e.className = className;
    if (text !== undefined && text !== null) e.textContent = text;
    return e;
  }

  function time(text) {
    if (!text) return t('unknown');
    var d = new Date(text);
    if (isNaN(d)) return text;
    return d.toLocaleString(atlasDeck.locale, { dateStyle: 'medium', timeStyle: 'short' });
  }

  function fact(list, name, value, className) {
    if (value === undefined || value === null || value === '') return;
    list.append(el('dt', '', name));
    list.append(el('dd', className, value));
  }

  // query draws one query: what it reads, its SQL.
  function query(name) {
    var q = atlasDeck.queries[name], box = el('section', 'where-query');
    box.append(el('h3', '', t('query') + ' ' + name));
    if (!q) return box;
    var head = el('p', 'where-count', (q.rows || 0).toLocaleString(atlasDeck.locale) + ' ' + t(q.rows === 1 ? 'row1' : 'rows'));
    box.append(head);
    if (q.relations && q.relations.length) {
      var list = el('ul', 'where-relations');
      q.relations.forEach(function (r) {
        var li = el('li', r.stale ? 'stale' : '');
        li.append(el('b', '', r.name), el('span', 'where-loaded', t('loaded') + ' ' + time(r.loaded_at)));
        if (r.stale) li.append(el('span', 'badge', '⚠ ' + t('stale')));
        li.title = r.node;
        list.append(li);
      });
      box.append(el('h4', '', t('relations')), list);
    }
    var bar = el('div', 'where-sql'), copy = el('button', '', t('copy'));
    copy.type = 'button';
    copy.addEventListener('click', function () {
      var done = function () { copy.textContent = t('copied'); setTimeout(function () { copy.textContent = t('copy'); }, 1500); };
      if (navigator.clipboard) navigator.clipboard.writeText(q.sql).then(done, function () { pick(code); });
      else pick(code);
    });
    bar.append(el('h4', '', t('sql')), copy);
    var code = el('pre', '', q.sql);
    code.tabIndex = 0;
    box.append(bar, code);
    return box;
  }

  function pick(node) { getSelection().selectAllChildren(node); }

  // figure draws one figure with all that is known of it.
  function figure(f) {
    var b = atlasDeck.blocks[f.block], q = atlasDeck.queries[f.query] || {}, list = el('dl', 'where-facts');
    var labels = q.labels || {};
    panel.append(el('p', 'where-value', f.text || f.value));
    fact(list, t('block'), b ? b.title : f.block);
    if (b) fact(list, '', b.node, 'where-node');
    var columns = (f.column || '').split('/').map(function (c) { return labels[c] && labels[c] !== c ? labels[c] + ' (' + c + ')' : c; });
    fact(list, t('column'), columns.join(' / '));
    fact(list, t('row'), f.row === 'total' ? t('rowtotal') : (f.row || '').split(',').join('\n'), 'where-row');
    if (f.value !== undefined && f.value !== '' && f.value !== f.text) fact(list, t('value'), f.value);
    panel.append(list);
    if (b && b.stale) panel.append(el('p', 'badge', '⚠ ' + b.stale));
    if (f.query) panel.append(query(f.query));
    var back = el('button', 'where-back', t('back'));
    back.type = 'button';
    back.addEventListener('click', function () { atlas.where.show(null); });
    panel.append(back);
  }

  // overview draws all that the current slide shows.
  function overview() {
    var slide = atlas.current && atlas.current(), known = slide && atlas.slide(slide.id), queries = [];
    panel.append(el('p', 'where-hint', t('pick')));
    function add(name) { if (name && queries.indexOf(name) < 0) queries.push(name); }
    ((known && known.blocks) || []).forEach(function (id) { add((atlasDeck.blocks[id] || {}).query); });
    if (slide) slide.querySelectorAll('[data-query]').forEach(function (e) { add(e.dataset.query); });
    if (!queries.length) panel.append(el('p', '', t('nofigures')));
    queries.forEach(function (name) {
      var box = query(name), uses = (known.blocks || []).filter(function (id) { return (atlasDeck.blocks[id] || {}).query === name; });
      if (uses.length) {
        var p = el('p', 'where-uses', t('block') + ': ' + uses.map(function (id) { return atlasDeck.blocks[id].title; }).join(' · '));
        box.insertBefore(p, box.children[1] || null);
      }
      panel.append(box);
    });
  }

  function render() {
    panel.textContent = '';
    var head = el('header', 'where-head'), close = el('button', '', '×');
    close.type = 'button';
    close.setAttribute('aria-label', t('close'));
    close.addEventListener('click', function () { atlas.where.toggle(false); });
    head.append(el('h2', '', t('where')), close);
    panel.append(head);
    if (shown) figure(shown); else overview();
    var r = atlasDeck.report;
    if (r.title) panel.append(el('p', 'where-report', t('report') + ': ' + r.title + (r.period ? ' · ' + r.period : '') + (r.generated ? ' · ' + t('dataas') + ' ' + time(r.generated) : '')));
    panel.scrollTop = 0;
  }

  function mark(target) {
    document.querySelectorAll('.figure-picked').forEach(function (e) { e.classList.remove('figure-picked'); });
    if (target) target.classList.add('figure-picked');
  }

  atlas.where = {
    toggle: function (want) {
      var before = open;
      open = want === undefined ? !open : want;
      panel.hidden = !open;
      document.documentElement.classList.toggle('where-open', open);
      if (open) render(); else { shown = null; mark(null); }
      if (before !== open && atlas.where.onchange) atlas.where.onchange();
      document.querySelectorAll('[data-do="where"]').forEach(function (b) { b.setAttribute('aria-pressed', String(open)); });
      return open;
    },
    show: function (f) { shown = f; if (!f) mark(null); atlas.where.toggle(true); },
    isOpen: function () { return open; },
    moved: function () { shown = null; mark(null); if (open) render(); }
  };

  document.addEventListener('click', function (e) {
    var target = e.target.closest && e.target.closest('.slide [data-query][data-column]');
    if (!target || e.target.closest('a[href]')) return;
    mark(target);
    var d = target.dataset;
    atlas.where.show({ text: target.textContent.trim(), value: target.getAttribute('value') || d.value, block: d.block || (target.closest('[data-block]') || { dataset: {} }).dataset.block, query: d.query, row: d.row, column: d.column });
  });
  document.addEventListener('atlas-figure', function (e) {
    mark(null);
    var d = e.detail;
    atlas.where.show({ text: (d.name ? d.name + ': ' : '') + (d.text || ''), value: d.value, block: d.block, query: d.query, row: d.row, column: d.column });
  });
})();
