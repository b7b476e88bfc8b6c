(function () {
  "use strict";

  // A long table shows its first rows (as many as the style sheet does); searching and sorting reach all of them.
  var FIRST = 200;

  function Grid(table, tools) {
    this.table = table;
    this.input = tools.querySelector("input");
    this.output = tools.querySelector("output");
    this.more = tools.querySelector("button");
    this.bodies = Array.prototype.slice.call(table.tBodies);
    this.limit = FIRST;
    var grid = this;
    table.querySelectorAll("thead button").forEach(function (button) {
      button.addEventListener("click", function () { grid.sort(button.parentNode); });
    });
    this.input.addEventListener("input", function () { grid.show(); });
    this.more.addEventListener("click", function () { grid.limit = Infinity; grid.show(); });
    tools.hidden = false;
    this.show();
    table.classList.add("ready"); // until here the style sheet hid what is beyond the first rows
  }

  // show hides what is not searched for and what is beyond the limit.
  Grid.prototype.show = function () {
    var wanted = this.input.value.toLowerCase().split(/\s+/).filter(Boolean), hits = 0, shown = 0, limit = this.limit;
    this.bodies.forEach(function (body) {
      var hit = !wanted.length || wanted.every(function (w) { return text(body).indexOf(w) >= 0; });
      if (hit) { hits++; }
      body.hidden = !hit || shown >= limit;
      if (!body.hidden) { shown++; }
    });
    this.output.textContent = this.output.getAttribute("data-text").replace("{n}", shown).replace("{all}", this.bodies.length);
    this.more.hidden = shown === hits;
  };

  function text(body) {
    if (body.text === undefined) {
      var more = body.querySelector("summary");
      body.text = (body.rows[0].textContent + " " + (more ? more.textContent : "")).toLowerCase();
    }
    return body.text;
  }

  function value(body, column, numeric) {
    var cell = body.rows[0].cells[column];
    var v = cell.hasAttribute("data-v") ? cell.getAttribute("data-v") : cell.textContent;
    if (!numeric) { return v.toLowerCase(); }
    return v === "" ? -Infinity : Number(v);
  }

  Grid.prototype.sort = function (head) {
    var column = head.cellIndex, numeric = head.hasAttribute("data-n");
    var up = head.getAttribute("aria-sort") ? head.getAttribute("aria-sort") === "descending" : !numeric;
    var rows = this.bodies.map(function (body, i) { return { body: body, i: i, v: value(body, column, numeric) }; });
    rows.sort(function (a, b) {
      var c = a.v < b.v ? -1 : a.v > b.v ? 1 : 0;
      return (up ? c : -c) || a.i - b.i;
    });
    Array.prototype.forEach.call(this.table.tHead.rows[0].cells, function (th) { th.removeAttribute("aria-sort"); });
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    this.bodies = rows.map(function (row) { return row.body; });
    var all = document.createDocumentFragment();
    this.bodies.forEach(function (body) { all.appendChild(body); });
    this.table.appendChild(all);
    this.show();
  };

  document.querySelectorAll("table.sortable").forEach(function (table) {
    new Grid(table, document.getElementById(table.id + "-tools"));
  });

  // The charts and evidence are kept as text until somebody opens them: thousands of
  // them would make the page slow to open.
  var cards = null;
  function fill(more) {
    if (more.children.length > 1 || !more.hasAttribute("data-i")) { return; }
    cards = cards || JSON.parse(document.getElementById("cards").textContent);
    more.insertAdjacentHTML("beforeend", cards[Number(more.getAttribute("data-i"))]);
  }
  document.addEventListener("toggle", function (event) {
    if (event.target.open) { fill(event.target); }
  }, true);

  function reveal() {
    var target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    var more = target && target.querySelector("details");
    if (more) {
      target.hidden = false;
      fill(more);
      more.open = true;
      target.scrollIntoView();
    }
  }
  window.addEventListener("hashchange", reveal);
  reveal();
})();
