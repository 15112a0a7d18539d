(function () {
  var table = document.getElementById("table");
  if (!table) { return; }
  // A browser takes more than a second to lay out some thousand rows, so that at first only some are shown.
  var most = Number(table.dataset.most), rows = Array.prototype.slice.call(table.tBodies[0].rows);
  var body = table.tBodies[0], all = document.getElementById("all");
  var text = document.getElementById("text"), check = document.getElementById("kind"), count = document.getElementById("count");
  function filter() {
    var word = text.value.toLowerCase(), wanted = check.value, shown = 0;
    rows.forEach(function (row) {
      var name = row.cells[0].textContent.toLowerCase();
      var fits = name.indexOf(word) >= 0 && (!wanted || (" " + row.dataset.kinds + " ").indexOf(" " + wanted + " ") >= 0);
      if (fits) { shown += 1; }
      row.hidden = !fits || shown > most;
    });
    count.textContent = shown.toLocaleString("en") + " of " + rows.length.toLocaleString("en");
    if (shown > most) { count.textContent += ", the first " + most.toLocaleString("en") + " shown"; }
    all.hidden = shown <= most;
  }
  function value(row, column) {
    var cell = row.cells[column];
    return cell.dataset.value === undefined ? cell.textContent : Number(cell.dataset.value);
  }
  Array.prototype.forEach.call(table.tHead.rows[0].cells, function (head, column) {
    head.firstElementChild.addEventListener("click", function () {
      var up = head.getAttribute("aria-sort") !== "ascending";
      Array.prototype.forEach.call(table.tHead.rows[0].cells, function (other) { other.removeAttribute("aria-sort"); });
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      var order = rows.map(function (row) { return [value(row, column), row]; });
      order.sort(function (one, other) { return (one[0] < other[0] ? -1 : one[0] > other[0] ? 1 : 0) * (up ? 1 : -1); });
      var part = document.createDocumentFragment();
      order.forEach(function (pair) { part.appendChild(pair[1]); });
      body.appendChild(part);
      rows = order.map(function (pair) { return pair[1]; });
      filter();
    });
  });
  function open() {
    var target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (var node = target; node; node = node.parentElement) { if (node.tagName === "DETAILS") { node.open = true; } }
    if (target) { target.scrollIntoView(); }
  }
  window.addEventListener("hashchange", open);
  open();
  text.addEventListener("input", filter);
  check.addEventListener("change", filter);
  all.addEventListener("click", function () { most = rows.length; filter(); });
  filter();
})();
