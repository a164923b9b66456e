// Search, theme, list filters and copying. Pages read without it.
(function () {
  "use strict";
  var body = document.body, root = body.dataset.root || "";
  function all(selector, from) { return Array.prototype.slice.call((from || document).querySelectorAll(selector)); }
  function make(tag, className, text) {
    var e = document.createElement(tag);
    if (className) e.className = className;
    if (text !== undefined) e.textContent = text;
    return e;
  }

  // Theme
  all("[data-theme-button]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      var html = document.documentElement;
      var dark = html.dataset.theme ? html.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      html.dataset.theme = dark ? "light" : "dark";
      try { localStorage.setItem("atlas-theme", html.dataset.theme); } catch (e) { /* not kept */ }
    });
  });

  // Menu: bring the current page into view; Escape closes it on small screens.
  var here = document.querySelector(".menu-nodes [aria-current]");
  if (here) {
    var menu = document.querySelector(".menu");
    menu.scrollTop = Math.max(0, here.offsetTop - menu.clientHeight / 2);
  }
  var toggle = document.getElementById("menu-open");
  document.getElementById("main").addEventListener("click", function () { toggle.checked = false; });

  // Graphs wider than the page begin at the node that the page is about.
  all(".graph-box").forEach(function (box) {
    var current = box.querySelector(".current");
    if (!current || box.scrollWidth <= box.clientWidth) return;
    var at = current.getBoundingClientRect(), in_ = box.getBoundingClientRect();
    box.scrollLeft = at.left + at.width / 2 - in_.left - in_.width / 2;
  });

  // Copying code
  all("[data-copy]").forEach(function (box) {
    if (!navigator.clipboard) return;
    var button = make("button", "copy", "Copy");
    button.type = "button";
    button.addEventListener("click", function () {
      var text = all("pre b", box).map(function (b) { return b.textContent.replace(/\n$/, ""); }).join("\n");
      navigator.clipboard.writeText(text).then(function () {
        button.textContent = "Copied";
        setTimeout(function () { button.textContent = "Copy"; }, 1500);
      });
    });
    box.appendChild(button);
  });

  // Lists: filter by words, sort by a column
  all("[data-filter]").forEach(function (input) {
    input.closest(".filter").hidden = false;
    var rows = all("[data-filterable] tbody tr");
    input.addEventListener("input", function () {
      var words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      var folder = null, any = false;
      rows.forEach(function (row) {
        if (row.className === "folder") {
          if (folder) folder.hidden = !any;
          folder = row; any = false;
          return;
        }
        var text = row.textContent.toLowerCase();
        row.hidden = !words.every(function (w) { return text.indexOf(w) >= 0; });
        any = any || !row.hidden;
      });
      if (folder) folder.hidden = !any;
    });
  });
  all("[data-filterable] th").forEach(function (th) {
    th.dataset.sort = "";
    th.addEventListener("click", function () {
      var tbody = th.closest("table").tBodies[0], k = th.cellIndex, down = th.getAttribute("aria-sort") === "ascending";
      all("th", th.parentNode).forEach(function (x) { x.removeAttribute("aria-sort"); });
      th.setAttribute("aria-sort", down ? "descending" : "ascending");
      var key = function (row) {
        var text = row.cells[k].textContent.trim(), n = parseFloat(text.replace(/[^0-9.]/g, ""));
        return th.classList.contains("num") ? (isNaN(n) ? -1 : n) : text.toLowerCase();
      };
      all("tr.folder", tbody).forEach(function (r) { r.remove(); });
      all("tr", tbody).map(function (r) { return [key(r), r]; }).sort(function (a, b) {
        return (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0) * (down ? -1 : 1);
      }).forEach(function (p) { tbody.appendChild(p[1]); });
    });
  });

  // Search
  var dialog = document.querySelector("dialog.search");
  if (!dialog || !dialog.showModal) return;
  var field = dialog.querySelector("input"), list = dialog.querySelector("ul"), state = dialog.querySelector(".search-state");
  var loading = false, index = null, hits = [], chosen = 0, LIMIT = 40;

  function load() {
    if (index || loading) return;
    loading = true;
    var s = document.createElement("script");
    s.src = body.dataset.search;
    s.onload = function () { index = prepare(window.atlasSearch || []); find(); };
    s.onerror = function () { state.textContent = "The search data is missing: build the documentation again."; };
    document.head.appendChild(s);
  }
  function prepare(rows) {
    return rows.map(function (r) {
      return {
        name: r[0], what: r[1], cls: r[2], href: r[3], text: r[4], tags: r[5], path: r[6], cols: r[7],
        lname: r[0].toLowerCase(), ltext: r[4].toLowerCase(), ltags: r[5].join(" ").toLowerCase(), lpath: r[6].toLowerCase(),
        lcols: r[7].map(function (c) { return c[0].toLowerCase(); }), lcoltexts: r[7].map(function (c) { return c[1].toLowerCase(); })
      };
    });
  }
  function nameScore(name, word) {
    var i = name.indexOf(word);
    if (i < 0) return 0;
    if (name === word) return 120;
    if (i === 0) return 90;
    return /[_.\s-]/.test(name[i - 1]) ? 70 : 45;
  }
  function score(e, words, phrase) {
    var total = 0;
    for (var k = 0; k < words.length; k++) {
      var w = words[k], best = nameScore(e.lname, w);
      if (best < 40 && e.what.toLowerCase().indexOf(w) === 0) best = 30;
      if (best < 35 && e.ltags.indexOf(w) >= 0) best = 35;
      if (best < 25) for (var c = 0; c < e.lcols.length; c++) if (e.lcols[c].indexOf(w) >= 0) { best = 25; break; }
      if (best < 15 && e.ltext.indexOf(w) >= 0) best = 15;
      if (best < 8 && e.lpath.indexOf(w) >= 0) best = 8;
      if (!best) return 0;
      total += best;
    }
    if (words.length > 1 && e.ltext.indexOf(phrase) >= 0) total += 30;
    return total - Math.min(20, e.lname.length / 8) - (e.what === "test" ? 30 : 0);
  }
  // For slips of the finger: the letters of the word in order, with few others between, or all
  // but one of them.
  function scattered(name, word) {
    for (var skip = -1; skip < word.length; skip++) {
      var at = -1, first = -1, ok = true;
      for (var i = 0; i < word.length && ok; i++) {
        if (i === skip) continue;
        at = name.indexOf(word[i], at + 1);
        if (first < 0) first = at;
        ok = at >= 0;
      }
      if (ok && at - first < word.length * 1.6) return 20 - (at - first) / word.length - (skip < 0 ? 0 : 5);
    }
    return 0;
  }
  function find() {
    if (!index) { state.textContent = "Loading…"; return; }
    var words = field.value.toLowerCase().split(/\s+/).filter(Boolean), phrase = words.join(" ");
    hits = [];
    if (!words.length) {
      state.textContent = "Type a name, a column, a word of a description or a tag.";
      render(words);
      return;
    }
    index.forEach(function (e, order) {
      var s = score(e, words, phrase);
      if (s > 0) hits.push({ s: s, order: order, e: e });
      e.cols.forEach(function (c, k) {
        var cs = 0, own = false, text = e.lcoltexts[k];
        for (var i = 0; i < words.length; i++) {
          var n = nameScore(e.lcols[k], words[i]);
          if (!n && text.indexOf(words[i]) >= 0) n = 18;
          own = own || n > 0;
          if (!n && nameScore(e.lname, words[i])) n = 12;
          if (!n) return;
          cs += n;
        }
        if (!own) return;
        if (words.length > 1 && text.indexOf(phrase) >= 0) cs += 50;
        hits.push({ s: cs * .62 - e.lcols[k].length / 8, order: order, e: e, col: c, href: e.href + "#column-" + anchor(c[0]) });
      });
    });
    if (!hits.length && words.length === 1 && words[0].length > 2) index.forEach(function (e, order) {
      var s = scattered(e.lname, words[0]);
      if (s > 0) hits.push({ s: s, order: order, e: e });
    });
    hits.sort(function (a, b) { return b.s - a.s || a.order - b.order; });
    var count = hits.length;
    hits = hits.slice(0, LIMIT);
    state.textContent = count ? (count > LIMIT ? "The best " + LIMIT + " of " + count : "") : "Nothing found for “" + field.value + "”. Fewer letters find more.";
    render(words);
  }
  function anchor(name) {
    return name.toLowerCase().replace(/[ /]/g, "-").replace(/[^a-z0-9_.-]/gu, function (c) { return "~" + c.codePointAt(0).toString(16); });
  }
  function marked(text, words) {
    var out = document.createDocumentFragment(), low = text.toLowerCase(), at = 0;
    while (at < text.length) {
      var best = -1, len = 0;
      words.forEach(function (w) {
        var i = low.indexOf(w, at);
        if (i >= 0 && (best < 0 || i < best)) { best = i; len = w.length; }
      });
      if (best < 0) break;
      out.append(text.slice(at, best), make("mark", "", text.slice(best, best + len)));
      at = best + len;
    }
    out.append(text.slice(at));
    return out;
  }
  function render(words) {
    list.textContent = "";
    chosen = 0;
    hits.forEach(function (h, i) {
      var li = make("li"), a = make("a", h.e.cls), name = make("span", "r-name");
      li.id = "hit-" + i;
      li.setAttribute("role", "option");
      a.href = root + (h.href || h.e.href);
      a.tabIndex = -1;
      name.append(marked(h.col ? h.col[0] : h.e.name, words));
      a.append(make("span", "swatch"), name, make("span", "r-what", h.col ? "column of " + h.e.name : h.e.what));
      var text = h.col ? h.col[1] : h.e.text;
      if (text) { var t = make("span", "r-text"); t.append(marked(text, words)); a.append(t); }
      li.append(a);
      li.addEventListener("mousemove", function () { choose(i, true); });
      list.append(li);
    });
    choose(0);
  }
  function choose(i, still) {
    if (!hits.length) { field.removeAttribute("aria-activedescendant"); return; }
    chosen = (i + hits.length) % hits.length;
    all("li", list).forEach(function (li, k) { li.setAttribute("aria-selected", k === chosen ? "true" : "false"); });
    var li = list.children[chosen];
    field.setAttribute("aria-activedescendant", li.id);
    if (!still) li.scrollIntoView({ block: "nearest" });
  }
  function open() {
    if (dialog.open) return;
    dialog.showModal();
    field.focus();
    field.select();
    load();
    find();
  }
  all("[data-open-search]").forEach(function (b) { b.hidden = false; b.addEventListener("click", open); });
  field.addEventListener("input", find);
  field.addEventListener("keydown", function (e) {
    if (e.key === "ArrowDown") { choose(chosen + 1); e.preventDefault(); }
    else if (e.key === "ArrowUp") { choose(chosen - 1); e.preventDefault(); }
    else if (e.key === "Enter" && hits.length) {
      e.preventDefault();
      var a = list.children[chosen].querySelector("a");
      if (e.ctrlKey || e.metaKey) window.open(a.href); else { dialog.close(); location.href = a.href; }
    }
  });
  list.addEventListener("click", function () { setTimeout(function () { dialog.close(); }, 0); });
  dialog.addEventListener("click", function (e) { if (e.target === dialog) dialog.close(); });
  document.addEventListener("keydown", function (e) {
    var t = e.target, typing = t.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(t.tagName) && t.type !== "checkbox" && t.type !== "radio";
    if ((e.key === "/" && !typing && !e.ctrlKey && !e.metaKey && !e.altKey) || (e.key.toLowerCase() === "k" && (e.ctrlKey || e.metaKey))) {
      e.preventDefault();
      open();
    }
  });
  if (/^#search=/.test(location.hash)) { field.value = decodeURIComponent(location.hash.slice(8)); open(); }
})();
