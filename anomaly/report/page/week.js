(function () {
  "use strict";

  function value(body, column, numeric) {
    var cell = body.rows[0].cells[column];
    var text = cell.hasAttribute("data-v") ? cell.getAttribute("data-v") : cell.textContent;
    if (!numeric) { return text.toLowerCase(); }
    return text === "" ? -Infinity : Number(text);
  }

  function sort(table, head) {
    var column = head.cellIndex, numeric = head.hasAttribute("data-n");
    var up = head.getAttribute("aria-sort") ? head.getAttribute("aria-sort") === "descending" : !numeric;
    var bodies = Array.prototype.map.call(table.tBodies, function (body, i) {
      return { body: body, i: i, v: value(body, column, numeric) };
    });
    bodies.sort(function (a, b) {
      var c = numeric ? a.v - b.v : a.v.localeCompare(b.v);
      if (c !== c) { c = 0; }
      return (up ? c : -c) || a.i - b.i;
    });
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (th) { th.removeAttribute("aria-sort"); });
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    var all = document.createDocumentFragment();
    bodies.forEach(function (b) { all.appendChild(b.body); });
    table.appendChild(all);
  }

  function search(table, input, output) {
    var index = null;
    function filter() {
      var wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean), shown = 0;
      index = index || Array.prototype.map.call(table.tBodies, function (body) {
        var more = body.querySelector("summary");
        return { body: body, text: (body.rows[0].textContent + " " + (more ? more.textContent : "")).toLowerCase() };
      });
      index.forEach(function (row) {
        var hit = wanted.every(function (w) { return row.text.indexOf(w) >= 0; });
        row.body.hidden = !hit;
        if (hit) { shown++; }
      });
      output.textContent = output.getAttribute("data-text").replace("{n}", shown).replace("{all}", index.length);
    }
    input.addEventListener("input", filter);
  }

  document.querySelectorAll("table.sortable").forEach(function (table) {
    table.querySelectorAll("thead button").forEach(function (button) {
      button.addEventListener("click", function () { sort(table, button.parentNode); });
    });
    var tools = document.getElementById(table.id + "-tools");
    if (tools) {
      tools.hidden = false;
      search(table, tools.querySelector("input"), tools.querySelector("output"));
    }
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
