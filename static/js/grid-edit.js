/* The changes that are not saved yet: what each cell would say, undo and redo, a copy for a reload. */
"use strict";

window.qdGrid = window.qdGrid || {};

(() => {
  const FIELDS = ["text", "status", "vintage", "qualifier", "note"];

  class Changes {
    /* `data` is the page's grid-data, `changed(keys)` is called after each change. */
    constructor(data, place, changed) {
      this.data = data;
      this.place = place;
      this.changed = changed;
      this.said = new Map();
      this.done = [];
      this.undone = [];
      this.missing = new Set(data.missing);
      this.normal = data.statuses[0][0];
      this.offered = this.stored();
    }

    /* What stands in a cell on the server, as far as the page knows. */
    base(key) {
      const cell = this.data.cells[key];
      return {
        text: cell.text,
        status: cell.status,
        vintage: cell.vintage,
        qualifier: cell.qualifier || "",
        note: cell.note || "",
        token: cell.token,
      };
    }

    now(key) { return this.said.get(key) || this.base(key); }

    /* Whether the cell would say something else than it does; a choice about nothing is none. */
    isChanged(key) {
      const said = this.said.get(key);
      if (!said) { return false; }
      return !(this.data.cells[key].state === "empty" && said.text === "" && !this.missing.has(said.status));
    }

    keys() { return Array.from(this.said.keys()).filter((key) => this.isChanged(key)); }

    /* Say something of several cells at once: one step of undo. `wanted` maps keys to fields. */
    say(wanted) {
      const step = [];
      wanted.forEach((fields, key) => {
        const before = this.said.get(key);
        const after = this.differing(key, { ...this.now(key), ...fields });
        if (JSON.stringify(before) !== JSON.stringify(after)) { step.push({ key, before, after }); }
      });
      if (step.length === 0) { return 0; }
      step.forEach(({ key, after }) => this.put(key, after));
      this.done.push(step);
      this.undone = [];
      this.told(step);
      return step.length;
    }

    /* Write texts into cells: words of an older value and a reason for a gap go with it. */
    write(texts) {
      const wanted = new Map();
      texts.forEach((text, key) => {
        const base = this.base(key);
        if (text === base.text && !this.missing.has(base.status)) {
          wanted.set(key, { text, status: base.status, qualifier: base.qualifier });
          return;
        }
        const status = this.now(key).status;
        wanted.set(key, {
          text, qualifier: "", status: this.missing.has(status) ? this.normal : status,
        });
      });
      return this.say(wanted);
    }

    undo() { return this.turn(this.done, this.undone, "before"); }

    redo() { return this.turn(this.undone, this.done, "after"); }

    turn(from, to, side) {
      const step = from.pop();
      if (!step) { return 0; }
      step.forEach((change) => this.put(change.key, change[side]));
      to.push(step);
      this.told(step);
      return step.length;
    }

    /* The server knows these cells now: `standing` by key, as it answered. */
    settle(standing) {
      const settled = new Set();
      standing.forEach((found) => {
        const cell = this.data.cells[found.key];
        ["text", "shown", "state", "status", "vintage", "qualifier", "token", "by", "at", "note"].forEach(
          (name) => { if (found[name] !== undefined) { cell[name] = found[name]; } },
        );
        if (found.state === "empty") { cell.text = ""; cell.shown = ""; cell.status = this.normal; }
        if (found.state !== "returned") { delete cell.returned; }
        this.said.delete(found.key);
        settled.add(found.key);
      });
      // A step about what is saved by now cannot be taken back here.
      const open = (step) => step.filter((change) => !settled.has(change.key));
      this.done = this.done.map(open).filter((step) => step.length > 0);
      this.undone = this.undone.map(open).filter((step) => step.length > 0);
      this.store();
      this.changed(Array.from(settled));
    }

    /* My value shall win over what somebody else wrote since. */
    insist(key, token) {
      const said = this.said.get(key);
      if (said) { this.said.set(key, { ...said, token }); this.store(); }
    }

    stored() {
      try {
        const found = JSON.parse(window.sessionStorage.getItem(this.place) || "[]");
        return new Map(found.filter(([key]) => {
          const cell = this.data.cells[key];
          return cell && !cell.locked;
        }));
      } catch (error) {
        return new Map();
      }
    }

    /* Take up again what was left unsaved; what was changed since stays. */
    restore() {
      const step = [];
      this.offered.forEach((said, key) => {
        const after = this.differing(key, said);
        if (after && !this.said.has(key)) { step.push({ key, before: undefined, after }); this.put(key, after); }
      });
      this.offered.clear();
      if (step.length > 0) { this.done.push(step); }
      this.told(step);
      return step.length;
    }

    discard() {
      this.offered.clear();
      this.store();
    }

    differing(key, said) {
      const base = this.base(key);
      return FIELDS.some((name) => said[name] !== base[name]) ? said : undefined;
    }

    put(key, said) {
      if (said === undefined) { this.said.delete(key); } else { this.said.set(key, said); }
    }

    told(step) {
      this.store();
      this.changed(step.map((change) => change.key));
    }

    store() {
      try {
        // What is offered and not yet taken or discarded is kept beside what is new.
        const kept = new Map([...this.offered, ...this.said]);
        if (kept.size === 0) {
          window.sessionStorage.removeItem(this.place);
        } else {
          window.sessionStorage.setItem(this.place, JSON.stringify(Array.from(kept)));
        }
      } catch (error) {
        // Without storage the page still warns before it is left.
      }
    }
  }

  window.qdGrid.Changes = Changes;
})();
