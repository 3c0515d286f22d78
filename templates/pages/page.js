"use strict";
(function () {
  var root = document.documentElement, form = document.querySelector("form.filter");
  root.classList.add("js");
  function plain(text) {
    return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();
  }
  function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }

  var rows = all("[data-t]").map(function (row, number) {
    return { row: row, number: number, name: null, level: row.dataset.l, codes: " " + row.dataset.t + " ",
             late: Number(row.dataset.d || 0), unit: row.closest(".grid") !== null };
  });
  var groups = all("details.group");
  function nameOf(item) { return item.name === null ? (item.name = plain(item.row.querySelector("th").textContent)) : item.name; }

  function apply() {
    var text = plain(form.elements.find.value.trim()), level = form.elements.level.value, code = form.elements.state.value;
    var narrowed = Boolean(text || level || code), shown = 0;
    rows.forEach(function (item) {
      var fits = (!level || item.level === level) && (!code || item.codes.indexOf(" " + code + " ") >= 0) &&
                 (!text || nameOf(item).indexOf(text) >= 0);
      item.row.hidden = !fits;
      if (fits && item.unit) { shown += 1; }
    });
    groups.forEach(function (group) {
      var any = group.querySelector("tr[data-t]:not([hidden])") !== null;
      group.hidden = narrowed && !any;
      if (!group.dataset.was) { group.dataset.was = group.open ? "open" : "shut"; }
      group.open = narrowed ? any && shown <= 400 : group.dataset.was === "open";
    });
    form.querySelector("output").textContent = narrowed ? form.dataset.found.replace("{n}", shown) : "";
  }

  function order() {
    var by = form.elements.order.value;
    all(".grid tbody").forEach(function (body) {
      var own = rows.filter(function (item) { return item.row.parentNode === body; });
      own.sort(function (a, b) {
        if (by === "name") { return nameOf(a).localeCompare(nameOf(b), "vi"); }
        return (by === "late" ? b.late - a.late : 0) || a.number - b.number;
      });
      own.forEach(function (item) { body.appendChild(item.row); });
    });
    groups.slice().sort(function (a, b) { return by === "late" ? b.dataset.late - a.dataset.late : 0; })
      .forEach(function (group) { group.parentNode.appendChild(group); });
  }

  if (form) {
    form.addEventListener("input", apply);
    form.addEventListener("submit", function (event) { event.preventDefault(); apply(); });
    form.addEventListener("reset", function () { setTimeout(function () { apply(); order(); }); });
    form.elements.order.addEventListener("change", order);
  }

  all("table.list th button").forEach(function (button) {
    button.addEventListener("click", function () {
      var head = button.closest("th"), body = head.closest("table").tBodies[0], column = head.cellIndex;
      var down = head.getAttribute("aria-sort") === "ascending";
      all("th", head.parentNode).forEach(function (other) { other.removeAttribute("aria-sort"); });
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      var value = function (row) { return row.cells[column].dataset.v || plain(row.cells[column].textContent.trim()); };
      all("tr", body).sort(function (a, b) {
        var x = value(a), y = value(b);
        var found = isNaN(x) || isNaN(y) ? x.localeCompare(y, "vi") : x - y;
        return down ? -found : found;
      }).forEach(function (row) { body.appendChild(row); });
    });
  });

  var opened = [];
  window.addEventListener("beforeprint", function () {
    if (rows.length <= 600) { opened = all("details.group:not([open])"); opened.forEach(function (group) { group.open = true; }); }
  });
  window.addEventListener("afterprint", function () { opened.forEach(function (group) { group.open = false; }); opened = []; });
})();
