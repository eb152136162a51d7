/* Saving: read everything anew, show the difference, keep what was confirmed, all or nothing. */
"use strict";

window.qdGrid = window.qdGrid || {};

(() => {
  const typedIn = (id) => document.getElementById(id).value.trim();

  class Saving {
    /* `parts` are the page's data, changes, view, server, review, words, tell and learn. */
    constructor(parts) { Object.assign(this, parts); }

    async start(submit) {
      if (this.keys(submit).length === 0) { this.tell(this.words("no_changes")); return; }
      await this.check(submit, new Map(), new Map(), "");
    }

    /* The cells of a save: what is changed; of a submission also the selected drafts. */
    keys(submit) {
      const { changes, data, view } = this;
      const changed = changes.keys();
      if (!submit) { return changed; }
      const drafts = view.keys().filter((key) => ["draft", "returned"].includes(data.cells[key].state)
        && !data.cells[key].locked && !changes.isChanged(key));
      return changed.concat(drafts);
    }

    statement(key) { return { key, ...this.changes.now(key) }; }

    async check(submit, reasons, problems, sentence) {
      const { changes, view, words } = this;
      this.tell(words("reading"));
      const keys = this.keys(submit);
      const found = await this.server.read(keys.map((key) => this.statement(key)));
      const same = keys.filter((key) => found.get(key).unchanged && changes.isChanged(key)
        && found.get(key).standing.token === changes.now(key).token);
      this.learn(found);
      if (same.length > 0) { changes.settle(same.map((key) => found.get(key).standing)); }
      const rest = keys.filter((key) => !same.includes(key));
      this.tell(same.length > 0 ? words("unchanged", { count: same.length }) : "");
      if (rest.length === 0) { return; }
      const items = rest.map((key) => this.item(key, found.get(key), reasons, problems.get(key)));
      const answer = await this.review.open({ items, submit, sentence });
      view.go(answer.action === "go" ? view.at.get(answer.key) : view.active);
      if (answer.action === "save") { await this.keep(submit, items, answer); } else { this.tell(""); }
    }

    /* What the dialog shows of a cell; `problem` is what a save said against it. */
    item(key, verdict, reasons, problem) {
      const said = this.changes.now(key);
      const isMissing = this.changes.missing.has(said.status);
      const issues = verdict.issues || [];
      const plain = said.text.replace(/\s/g, "");
      const reads = !isMissing && verdict.shown && ![verdict.shown, `${verdict.shown}${verdict.unit}`].includes(plain);
      const wantsReason = verdict.needs_reason || issues.some((issue) => issue.needs_reason)
        || (verdict.needs_note && !said.note) || Boolean(problem);
      return {
        key,
        issues,
        isMissing,
        conflict: verdict.standing.token === said.token ? null : verdict.standing,
        error: verdict.error || (problem && verdict.ok ? problem.sentence : ""),
        wrong: !verdict.ok,
        draft: !this.changes.isChanged(key),
        old: this.data.cells[key].shown,
        text: isMissing ? this.view.labels.get(said.status) : said.text,
        read: reads ? `${verdict.shown} ${verdict.unit}` : "",
        difference: verdict.difference,
        confirmed: verdict.confirmed,
        reason: reasons.get(key),
        asks: verdict.ok && wantsReason,
      };
    }

    async keep(submit, items, { choices, reasons }) {
      const { changes, data, words } = this;
      const theirs = items.filter((one) => choices.get(one.key) === "theirs");
      if (theirs.length > 0) { changes.settle(theirs.map((one) => one.conflict)); }
      const mine = items.filter((one) => choices.get(one.key) !== "theirs");
      mine.filter((one) => one.conflict).forEach((one) => changes.insist(one.key, one.conflict.token));
      if (mine.length === 0) { this.tell(words("saved", { count: 0 })); return; }
      this.tell(words("saving"));
      const cells = mine.map((one) => {
        const why = reasons.get(one.key) || "";
        return { ...this.statement(one.key), explanation: why, reason: why, confirmed: one.confirmed || "" };
      });
      const source = {
        title: typedIn("grid-source-title"), url: typedIn("grid-source-url"), date: typedIn("grid-source-date"),
      };
      const { status, body } = await this.server.save(cells, source, submit);
      if (status === 409) {
        // Somebody was faster since the reading: read again, and let the person choose.
        await this.check(submit, reasons, new Map(), "");
      } else if (status === 422) {
        const problems = new Map(body.problems.map((problem) => [problem.key, problem]));
        const others = body.problems.filter((problem) => !data.cells[problem.key]);
        await this.check(submit, reasons, problems, others.map((problem) => problem.sentence).join(" "));
      } else {
        changes.settle(body.saved);
        this.tell(words(submit ? "submitted" : "saved", { count: body.saved.length }));
      }
    }
  }

  window.qdGrid.Saving = Saving;
})();
