"use strict";
(() => {
  const all = JSON.parse(document.getElementById("data").textContent);
  const $ = (id) => document.getElementById(id);
  const body = $("list").tBodies[0];
  const step = 200;
  const months = ["", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
  let shown = step, order = "", down = false, list = all;

  const fill = (id, values, label = (v) => v) => {
    for (const v of values) $(id).add(new Option(label(v), v));
  };
  const unique = (key) => [...new Set(all.map((f) => f[key]))].sort((a, b) => (a > b ? 1 : a < b ? -1 : 0));
  fill("t", unique("t"));
  fill("c", unique("c"));
  fill("f", unique("f"));
  fill("m", unique("m"), (m) => months[m] || "none");
  for (const f of all) f.q = [f.t, f.c, f.f, f.h, f.r, f.a, f.v, f.x, ...(f.w || []).map((p) => p[1])].join("\n").toLowerCase();

  const el = (tag, cls, text) => {
    const e = document.createElement(tag);
    if (cls) e.className = cls;
    if (text !== undefined) e.textContent = text;
    return e;
  };
  const row = (f) => {
    const tr = el("tr", f.s);
    const severity = el("td");
    severity.append(el("span", "mark", f.s === "error" ? "✗" : "▲"), f.s);
    const place = el("td", "place");
    const few = f.a && f.a.split(" ").length <= 3; // else it is about the row
    place.append(f.f + (f.h ? " › " + f.h : "") + " › ", el("span", "cell", few ? f.a : f.r ? "row " + f.r : "all rows"));
    const what = el("td", "", f.x);
    if (f.w && f.w.length) {
      const d = el("details");
      d.append(el("summary", "", f.r ? "row " + f.r : "group"));
      d.addEventListener("toggle", () => {
        if (d.querySelector("dl")) return;
        const dl = el("dl");
        for (const [k, v] of f.w) dl.append(el("dt", "", k), el("dd", "", v));
        d.append(dl);
      });
      what.append(d);
    }
    tr.append(severity, el("td", "", f.c), place, el("td", "value", f.v || ""), what);
    return tr;
  };
  const draw = () => {
    body.replaceChildren(...list.slice(0, shown).map(row));
    $("more").hidden = list.length <= shown;
    $("count").textContent = list.length === all.length
      ? `${all.length.toLocaleString("en")} findings`
      : `${list.length.toLocaleString("en")} of ${all.length.toLocaleString("en")} findings`;
    if (!list.length) {
      const td = el("td", "muted", all.length ? "No finding is like that: clear the filters." : "Nothing was found.");
      td.colSpan = 5;
      const tr = el("tr");
      tr.append(td);
      body.append(tr);
    }
  };
  const filter = () => {
    const q = $("q").value.trim().toLowerCase();
    const want = ["t", "c", "s", "m", "f"].map((k) => [k, $(k).value]).filter(([, v]) => v !== "");
    list = all.filter((f) => want.every(([k, v]) => String(f[k]) === v) && (!q || f.q.includes(q)));
    if (order) {
      const of = (f) => (order === "f" ? [f.f, f.h || "", f.r] : order === "v" ? [isNaN(f.v) ? f.v || "" : Number(f.v)] : [f[order]]);
      list = [...list].sort((a, b) => {
        const x = of(a), y = of(b);
        for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return (x[i] < y[i] ? -1 : 1) * (down ? -1 : 1);
        return 0;
      });
    }
    shown = step;
    draw();
  };
  $("filters").addEventListener("input", filter);
  $("filters").addEventListener("submit", (e) => e.preventDefault());
  $("filters").addEventListener("reset", () => setTimeout(filter));
  $("more").addEventListener("click", () => { shown += step; draw(); });
  for (const b of document.querySelectorAll("[data-sort]")) {
    b.addEventListener("click", () => {
      down = order === b.dataset.sort && !down;
      order = b.dataset.sort;
      for (const o of document.querySelectorAll("[data-sort]")) o.closest("th").removeAttribute("aria-sort");
      b.closest("th").setAttribute("aria-sort", down ? "descending" : "ascending");
      filter();
    });
  }
  for (const b of document.querySelectorAll(".pick")) {
    b.addEventListener("click", () => {
      $("filters").reset();
      $("t").value = b.dataset.table;
      $("c").value = b.dataset.check;
      setTimeout(() => { filter(); $("findings").scrollIntoView({ behavior: "smooth" }); });
    });
  }
  draw();
})();
