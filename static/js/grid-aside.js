/* The aside of the active cell: what stands beside it, what is doubted, and the choices about it. */
"use strict";

window.qdGrid = window.qdGrid || {};

(() => {
  const { el } = window.qdGrid;
  const byId = (id) => document.getElementById(id);

  class Aside {
    /* `parts` are the page's data, changes, view, verdicts, words; `chosen(name, value)` is told. */
    constructor(parts, chosen) {
      Object.assign(this, parts);
      this.node = byId("grid-inspector");
      this.fields = {
        status: byId("grid-cell-status"),
        vintage: byId("grid-cell-vintage"),
        qualifier: byId("grid-cell-qualifier"),
        note: byId("grid-cell-note"),
      };
      this.states = new Map(this.data.states);
      this.doubts = el("div", { id: "grid-doubts" });
      this.node.querySelector("dl").after(this.doubts);
      Object.keys(this.fields).forEach((name) => {
        this.fields[name].addEventListener("change", () => chosen(name, this.fields[name].value));
      });
      this.node.hidden = false;
    }

    show() {
      const key = this.view.activeKey;
      if (!key) { return; }
      const cell = this.data.cells[key];
      const { unit } = this.data.rows[this.view.active.row];
      const shows = {
        ...cell,
        name: this.words("in_unit", { name: this.view.named(key), unit }),
        shown: cell.shown ? `${cell.shown} ${unit}` : "",
        state: this.states.get(cell.state) || "",
        by: [cell.by, cell.at].filter(Boolean).join(" "),
      };
      this.node.querySelectorAll("[data-show]").forEach((node) => {
        const text = shows[node.dataset.show] || "";
        node.textContent = text;
        if (node.nodeName === "DD") {
          node.hidden = text === "";
          node.previousElementSibling.hidden = text === "";
        }
      });
      byId("grid-parts").hidden = !cell.parts || Boolean(cell.locked);
      const said = this.changes.now(key);
      Object.keys(this.fields).forEach((name) => {
        this.fields[name].disabled = Boolean(cell.locked);
        if (document.activeElement !== this.fields[name]) { this.fields[name].value = said[name]; }
      });
      this.doubt(said, this.verdicts.get(key));
    }

    /* How the text was read, and what is wrong or odd about it. */
    doubt(said, verdict) {
      this.doubts.textContent = "";
      if (!verdict) { return; }
      if (verdict.ok && verdict.shown !== said.text) {
        const value = `${verdict.shown} ${verdict.unit}`;
        this.doubts.append(el("p", { class: "soft" }, this.words("read_as", { value })));
      }
      if (verdict.error) { this.doubts.append(this.issue("error", verdict.error)); }
      (verdict.issues || []).forEach((issue) => this.doubts.append(this.issue(issue.severity, issue.sentence)));
    }

    issue(severity, sentence) { return window.qdGrid.issue(this.words, severity, sentence); }
  }

  window.qdGrid.Aside = Aside;
})();
