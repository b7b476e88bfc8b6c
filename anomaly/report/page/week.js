(function () {
  "use strict";

  // What nobody has asked for yet is kept packed, since thousands of rows, charts and lists
  // of evidence would make the page slow to open: lists of markup, so many pieces at a time
  // as JSON, by gzip, in base64.
  var PACKED = 50;

  // list finds packed markup and returns a function that unpacks its nth part.
  function list(id) {
    var element = document.getElementById(id), parts, open = [];
    return element && function (n) {
      parts = parts || JSON.parse(element.textContent);
      if (n === undefined) { return parts.length; }
      open[n] = open[n] || unpack(parts[n]);
      return open[n];
    };
  }

  function unpack(text) {
    if (!window.DecompressionStream) {
      document.getElementById("old-browser").hidden = false;
      return Promise.resolve([]);
    }
    var bytes = Uint8Array.from(atob(text), function (c) { return c.charCodeAt(0); });
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
  }

  // A long table shows its first rows; searching and sorting reach all of them.
  var FIRST = 100;

  function Grid(table, tools) {
    this.table = table;
    this.input = tools.querySelector("input");
    this.output = tools.querySelector("output");
    this.more = tools.querySelector("button");
    this.bodies = Array.prototype.slice.call(table.tBodies);
    this.rest = list(table.id + "-rest");
    this.count = Number(tools.getAttribute("data-rows"));
    this.limit = FIRST;
    var grid = this;
    table.querySelectorAll("thead button").forEach(function (button) {
      button.addEventListener("click", function () { grid.whole().then(function () { grid.sort(button.parentNode); }); });
    });
    this.input.addEventListener("input", function () { grid.whole().then(function () { grid.show(); }); });
    this.more.addEventListener("click", function () {
      grid.limit = Infinity;
      grid.whole().then(function () { grid.show(); });
    });
    tools.hidden = false;
    this.show();
  }

  // whole unpacks the rows beyond the first, once, and promises that they are there.
  Grid.prototype.whole = function () {
    if (!this.rest) { return Promise.resolve(); }
    var grid = this, parts = [];
    for (var n = 0; n < this.rest(); n++) { parts.push(this.rest(n)); }
    this.filled = this.filled || Promise.all(parts).then(function (parts) {
      var holder = document.createElement("template");
      holder.innerHTML = "<table>" + parts.map(function (part) { return part.join(""); }).join("") + "</table>";
      var all = document.createDocumentFragment();
      Array.prototype.slice.call(holder.content.firstChild.tBodies).forEach(function (body) {
        body.hidden = true;
        grid.bodies.push(body);
        all.appendChild(body);
      });
      grid.table.appendChild(all);
    });
    return this.filled;
  };

  // show hides what is not searched for and what is beyond the limit.
  Grid.prototype.show = function () {
    var wanted = this.input.value.toLowerCase().split(/\s+/).filter(Boolean), hits = 0, shown = 0, limit = this.limit;
    this.bodies.forEach(function (body) {
      var hit = !wanted.length || wanted.every(function (w) { return text(body).indexOf(w) >= 0; });
      if (hit) { hits++; }
      body.hidden = !hit || shown >= limit;
      if (!body.hidden) { shown++; }
    });
    this.output.textContent = this.output.getAttribute("data-text").replace("{n}", shown).replace("{all}", this.count);
    this.more.hidden = shown === (wanted.length ? hits : this.count);
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

  var grids = Array.prototype.map.call(document.querySelectorAll("table.sortable"), function (table) {
    return new Grid(table, document.getElementById(table.id + "-tools"));
  });

  var cards = list("cards");
  function fill(more) {
    if (more.filled || !more.hasAttribute("data-i")) { return; }
    more.filled = true;
    var i = Number(more.getAttribute("data-i"));
    cards(Math.floor(i / PACKED)).then(function (part) { more.insertAdjacentHTML("beforeend", part[i % PACKED] || ""); });
  }
  document.addEventListener("toggle", function (event) {
    if (event.target.open) { fill(event.target); }
  }, true);

  // reveal opens the account that the address asks for, wherever it is.
  function reveal() {
    var id = decodeURIComponent(location.hash.slice(1));
    if (!id) { return; }
    Promise.all(document.getElementById(id) ? [] : grids.map(function (grid) { return grid.whole(); })).then(function () {
      var target = document.getElementById(id), more = target && target.querySelector("details[data-i]");
      if (more) {
        target.hidden = false;
        more.open = true;
        target.scrollIntoView();
      }
    });
  }
  window.addEventListener("hashchange", reveal);
  reveal();
})();
