/* The table as an ARIA grid: where a person is, what is selected, how each cell looks and reads. */
"use strict";

window.qdGrid = window.qdGrid || {};

(() => {
  const { el } = window.qdGrid;
  const STATES = ["grid-changed", "grid-wrong", "grid-selected"];

  class View {
    /* `verdicts` maps keys to what the server read there; `words(name, values)` gives sentences. */
    constructor(data, changes, verdicts, words) {
      this.data = data;
      this.changes = changes;
      this.verdicts = verdicts;
      this.words = words;
      this.table = document.getElementById("grid");
      this.scroll = this.table.closest(".grid-scroll");
      this.at = new Map();
      // The last period that is over is what people come to fill.
      const last = data.columns.map((column) => !column.partial).lastIndexOf(true);
      this.active = { row: 0, column: Math.max(0, last) };
      this.corner = this.active;
      this.selected = [];
      this.labels = new Map(data.statuses);
      this.build();
    }

    /* Give the plain table its roles once; later only single cells are touched. */
    build() {
      const { data, table } = this;
      this.heads = Array.from(table.tBodies[0].rows, (row) => row.cells[0]);
      this.nodes = Array.from(table.tBodies[0].rows, (row) => Array.from(row.querySelectorAll("td[data-key]")));
      table.setAttribute("role", "grid");
      table.setAttribute("aria-multiselectable", "true");
      table.setAttribute("aria-rowcount", String(table.rows.length));
      Array.from(table.rows).forEach((row) => row.setAttribute("role", "row"));
      table.tHead.querySelectorAll("th").forEach((head) => head.setAttribute("role", "columnheader"));
      table.querySelectorAll("td.grid-unit").forEach((cell) => {
        cell.setAttribute("role", "gridcell");
        cell.setAttribute("aria-readonly", "true");
      });
      this.heads.forEach((head) => {
        head.setAttribute("role", "rowheader");
        head.querySelectorAll("a").forEach((link) => { link.tabIndex = -1; });
      });
      this.nodes.forEach((line, row) => line.forEach((cell, column) => {
        this.at.set(cell.dataset.key, { row, column });
        cell.setAttribute("role", "gridcell");
        cell.tabIndex = -1;
        if (data.cells[cell.dataset.key].locked) { cell.setAttribute("aria-readonly", "true"); }
      }));
      this.scroll.removeAttribute("tabindex");
      this.describing = el("span", { id: "grid-describing", class: "visually-hidden" });
      this.scroll.after(this.describing);
      this.node(this.active).tabIndex = 0;
      this.scroll.scrollLeft = this.scroll.scrollWidth;
    }

    get height() { return this.nodes.length; }

    get width() { return this.data.columns.length; }

    node(place) { return place.column < 0 ? this.heads[place.row].querySelector("a") : this.nodes[place.row][place.column]; }

    key(place) { return place.column < 0 ? null : this.nodes[place.row][place.column].dataset.key; }

    get activeKey() { return this.key(this.active); }

    named(key) {
      const place = this.at.get(key);
      return `${this.data.rows[place.row].name} · ${this.data.columns[place.column].label}`;
    }

    /* Go to a cell (column -1 is the link of the row); `extend` keeps the other corner. */
    go(place, { extend = false, focus = true } = {}) {
      const row = Math.max(0, Math.min(this.height - 1, place.row));
      const column = Math.max(extend ? 0 : -1, Math.min(this.width - 1, place.column));
      const before = this.node(this.active);
      before.tabIndex = -1;
      before.removeAttribute("aria-describedby");
      this.active = { row, column };
      if (!extend) { this.corner = this.active; }
      const node = this.node(this.active);
      node.tabIndex = 0;
      this.mark();
      this.describe();
      if (focus) {
        node.focus({ preventScroll: true });
        node.scrollIntoView({ block: "nearest", inline: "nearest" });
      }
    }

    /* All rows and columns between the two corners. */
    get range() {
      return {
        top: Math.min(this.active.row, this.corner.row),
        bottom: Math.max(this.active.row, this.corner.row),
        left: Math.max(0, Math.min(this.active.column, this.corner.column)),
        right: Math.max(this.active.column, this.corner.column),
      };
    }

    lines(from = this.range) {
      const lines = [];
      for (let row = from.top; row <= from.bottom; row += 1) {
        lines.push(this.nodes[row].slice(from.left, from.right + 1).map((cell) => cell.dataset.key));
      }
      return lines;
    }

    /* The keys of the cells that a command is about. */
    keys() { return this.active.column < 0 ? [] : [].concat(...this.lines()); }

    mark() {
      this.selected.forEach((cell) => { cell.classList.remove("grid-selected"); cell.removeAttribute("aria-selected"); });
      const { top, bottom, left, right } = this.range;
      this.selected = [];
      if (top === bottom && left >= right) { return; }
      for (let row = top; row <= bottom; row += 1) {
        this.selected.push(...this.nodes[row].slice(left, right + 1));
      }
      this.selected.forEach((cell) => { cell.classList.add("grid-selected"); cell.setAttribute("aria-selected", "true"); });
    }

    /* What stands beside the active cell, for those who hear the page. */
    describe() {
      const key = this.activeKey;
      if (!key) { this.describing.textContent = ""; return; }
      const cell = this.data.cells[key];
      const verdict = this.verdicts.get(key);
      const found = [["unit_is", this.data.rows[this.active.row].unit], ["last_is", cell.last],
        ["goal_is", cell.goal], ["required_is", cell.required]];
      const parts = found.filter(([, value]) => value).map(([name, value]) => this.words(name, { value }));
      parts.push(...[cell.parts, cell.locked].filter(Boolean), ...View.sentences(verdict));
      this.describing.textContent = parts.join("；");
      this.node(this.active).setAttribute("aria-describedby", "grid-describing");
    }

    static sentences(verdict) {
      if (!verdict) { return []; }
      return [verdict.error, ...(verdict.issues || []).map((issue) => issue.sentence)].filter(Boolean);
    }

    /* What a cell says now, in words or digits. */
    shown(key) {
      if (!this.changes.isChanged(key)) { return this.data.cells[key].shown; }
      const said = this.changes.now(key);
      if (this.changes.missing.has(said.status)) { return this.labels.get(said.status); }
      return said.text === "" ? this.words("cleared") : said.text;
    }

    draw(key) {
      const place = this.at.get(key);
      const node = this.node(place);
      const cell = this.data.cells[key];
      const changed = this.changes.isChanged(key);
      const verdict = this.verdicts.get(key);
      const wrong = changed && Boolean(verdict && !verdict.ok);
      const selected = node.classList.contains("grid-selected");
      node.className = `grid-cell grid-${cell.state}`;
      [changed, wrong, selected].forEach((on, at) => { if (on) { node.classList.add(STATES[at]); } });
      if (cell.locked) { node.classList.add("grid-locked"); }
      const shown = this.shown(key);
      node.textContent = shown;
      if (wrong) { node.setAttribute("aria-invalid", "true"); } else { node.removeAttribute("aria-invalid"); }
      if (changed) {
        const old = cell.shown || this.words("empty");
        node.setAttribute("aria-label", this.words("changed_label", { new: shown, old }));
        return;
      }
      node.removeAttribute("aria-label");
      const state = cell.state === "empty" || cell.state === "approved" ? "" : new Map(this.data.states).get(cell.state);
      if (state) { node.append(el("span", { class: "visually-hidden" }, ` ${state}`)); }
    }

    /* Where an arrow, Home, End or a page leads; null for other keys. */
    target(event) {
      const { row, column } = this.active;
      const far = event.ctrlKey || event.metaKey;
      const page = Math.max(1, Math.floor(this.scroll.clientHeight / this.nodes[row][0].offsetHeight) - 2);
      const places = {
        ArrowUp: () => [far ? 0 : row - 1, column],
        ArrowDown: () => [far ? this.height - 1 : row + 1, column],
        ArrowLeft: () => [row, far ? 0 : column - 1],
        ArrowRight: () => [row, far ? this.width - 1 : column + 1],
        Home: () => [far ? 0 : row, 0],
        End: () => [far ? this.height - 1 : row, this.width - 1],
        PageUp: () => [row - page, column],
        PageDown: () => [row + page, column],
      };
      const found = places[event.key];
      if (!found) { return null; }
      const [to, across] = found();
      return { row: to, column: across };
    }
  }

  window.qdGrid.View = View;
})();
