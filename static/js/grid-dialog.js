/* The difference that is confirmed before anything is saved: errors, doubts, other people's values. */
"use strict";

window.qdGrid = window.qdGrid || {};

(() => {
  const el = (name, attributes, ...children) => {
    const node = document.createElement(name);
    Object.keys(attributes || {}).forEach((key) => {
      if (attributes[key] !== undefined) { node.setAttribute(key, attributes[key]); }
    });
    children.forEach((child) => { if (child) { node.append(child); } });
    return node;
  };

  const issue = (words, severity, sentence) => el(
    "p", { class: `issue issue-${severity}` }, el("strong", {}, words(severity)), " ", sentence,
  );

  const FOCUSABLE = "button:not([disabled]), input:not([disabled]), a[href], textarea, select, h2[tabindex]";

  class Review {
    /* `words(name, values)` gives a sentence, `named(key)` what a cell is called. */
    constructor(words, named) {
      this.words = words;
      this.named = named;
      this.frame = document.getElementById("grid-dialog");
      this.title = document.getElementById("grid-dialog-title");
      this.body = document.getElementById("grid-dialog-body");
      this.actions = document.getElementById("grid-dialog-actions");
      this.frame.addEventListener("keydown", (event) => this.key(event));
      this.finish = null;
    }

    /* Resolves to {action: "save" | "back" | "go", key, choices, reasons} when it is left. */
    open({ items, submit, sentence }) {
      const { words } = this;
      this.parts = new Map();
      const wrong = items.filter((item) => item.wrong);
      const asked = items.filter((item) => item.asks);
      this.title.textContent = words("review_title", { count: items.length });
      this.body.textContent = "";
      if (sentence) { this.body.append(el("p", { class: "notice notice-error", role: "alert" }, sentence)); }
      if (wrong.length > 0) {
        this.body.append(el("p", { class: "notice notice-error" }, words("errors_block", { count: wrong.length })));
      }
      if (asked.length > 1) { this.body.append(this.forAll(asked)); }
      const list = el("ul", { class: "plain-list grid-review" });
      const weight = (item) => (item.wrong ? 0 : item.conflict ? 1 : item.asks ? 2 : 3);
      items.slice().sort((one, two) => weight(one) - weight(two)).forEach((item) => list.append(this.item(item)));
      this.body.append(list);
      this.buttons(items, submit, wrong.length > 0);
      this.frame.hidden = false;
      document.documentElement.classList.add("grid-dialog-open");
      this.title.focus();
      return new Promise((resolve) => { this.finish = resolve; });
    }

    close(answer) {
      this.frame.hidden = true;
      document.documentElement.classList.remove("grid-dialog-open");
      const { finish } = this;
      this.finish = null;
      if (finish) { finish(answer); }
    }

    item(item) {
      const { words } = this;
      const parts = {};
      const line = el("p", {}, el("strong", {}, this.named(item.key)), " ");
      if (item.draft) {
        line.append(el("strong", { class: "grid-new" }, item.old), " ", el("span", { class: "tag" }, words("submit_draft")));
      } else {
        line.append(
          el("span", { class: "grid-old" }, item.old || words("empty")), " → ",
          el("strong", { class: "grid-new" }, item.text || words("empty")),
        );
      }
      if (item.read && !item.draft) { line.append(" ", el("span", { class: "soft" }, words("read_as", { value: item.read }))); }
      if (item.difference && !item.draft) {
        line.append(" ", el("span", { class: "soft" }, words("difference", { difference: item.difference })));
      }
      const node = el("li", {}, line);
      if (item.error) { node.append(issue(words, "error", item.error)); }
      item.issues.forEach((found) => node.append(issue(words, found.severity, found.sentence)));
      if (item.wrong) {
        const go = el("button", { type: "button", class: "button-quiet" }, words("go_to"));
        go.addEventListener("click", () => this.close({ action: "go", key: item.key }));
        node.append(el("p", {}, go));
      }
      if (item.conflict) { node.append(this.conflict(item, parts)); }
      if (item.asks) { node.append(this.reason(item, parts)); }
      this.parts.set(item.key, parts);
      return node;
    }

    conflict(item, parts) {
      const { words } = this;
      const found = item.conflict;
      const sentence = found.by
        ? words("conflict", { by: found.by, at: found.at, value: found.shown || words("empty") })
        : words("conflict_withdrawn");
      const group = el("fieldset", { class: "grid-conflict" }, el("legend", {}, sentence));
      const choice = (value, label) => {
        const radio = el("input", { type: "radio", name: `choice-${item.key}`, value });
        group.append(el("label", {}, radio, " ", label));
        return radio;
      };
      parts.choices = [
        choice("mine", words("use_mine", { value: item.read || item.text || words("empty") })),
        choice("theirs", words("keep_theirs", { value: found.shown || words("empty") })),
      ];
      return group;
    }

    reason(item, parts) {
      const id = `grid-reason-${this.parts.size}`;
      parts.reason = el("input", { id, maxlength: "2000", autocomplete: "off", value: item.reason || "" });
      const label = this.words(item.isMissing ? "reason_missing" : "reason");
      return el("div", { class: "field" }, el("label", { for: id }, label), parts.reason);
    }

    forAll(asked) {
      const { words } = this;
      const input = el("input", { id: "grid-reason-all", maxlength: "2000", autocomplete: "off" });
      const button = el("button", { type: "button", class: "button-quiet" }, words("use_all"));
      button.addEventListener("click", () => {
        this.parts.forEach((parts) => {
          if (parts.reason && parts.reason.value.trim() === "") { parts.reason.value = input.value; }
        });
      });
      const label = el("label", { for: "grid-reason-all" }, words("reason_all", { count: asked.length }));
      return el("div", { class: "field grid-reason-all" }, label, el("div", { class: "grid-beside" }, input, button));
    }

    buttons(items, submit, blocked) {
      const { words } = this;
      this.actions.textContent = "";
      if (!blocked) {
        const save = el("button", { type: "button", class: "button", id: "grid-confirm" }, words(submit ? "confirm_submit" : "confirm_save"));
        save.addEventListener("click", () => this.confirm(items));
        this.actions.append(save);
      }
      const back = el("button", { type: "button", class: "button-quiet" }, words("back"));
      back.addEventListener("click", () => this.close({ action: "back" }));
      this.actions.append(back);
    }

    /* Leave with what was chosen, or show what is still to be said. */
    confirm(items) {
      const choices = new Map();
      const reasons = new Map();
      const open = [];
      this.frame.querySelectorAll(".grid-wanted").forEach((node) => node.remove());
      items.forEach((item) => {
        const { choices: radios, reason } = this.parts.get(item.key);
        const chosen = radios ? (radios.find((radio) => radio.checked) || {}).value : "mine";
        if (!chosen) { open.push([radios[0], "choice_wanted"]); }
        choices.set(item.key, chosen);
        if (!reason) { return; }
        reason.removeAttribute("aria-invalid");
        reasons.set(item.key, reason.value.trim());
        if (chosen !== "theirs" && reason.value.trim() === "") { open.push([reason, "reason_wanted"]); }
      });
      open.forEach(([control, word], at) => {
        const id = `grid-wanted-${at}`;
        control.setAttribute("aria-invalid", "true");
        control.setAttribute("aria-describedby", id);
        control.closest(".field, fieldset").append(el("p", { class: "errorlist grid-wanted", id }, this.words(word)));
      });
      if (open.length > 0) { open[0][0].focus(); return; }
      this.close({ action: "save", choices, reasons });
    }

    key(event) {
      if (event.key === "Escape") {
        event.preventDefault();
        this.close({ action: "back" });
      } else if (event.key === "Tab") {
        const all = Array.from(this.frame.querySelectorAll(FOCUSABLE));
        const first = all.find((node) => node.tabIndex >= 0);
        const last = all[all.length - 1];
        const at = document.activeElement;
        if (event.shiftKey && (at === first || at === this.title)) {
          event.preventDefault();
          last.focus();
        } else if (!event.shiftKey && at === last) {
          event.preventDefault();
          first.focus();
        }
      } else if (event.key === "Enter" && event.target.matches("input:not([type=radio])")) {
        event.preventDefault();
        if (event.target.id === "grid-reason-all") { this.frame.querySelector(".grid-beside button").click(); return; }
        const confirm = document.getElementById("grid-confirm");
        if (confirm) { confirm.click(); }
      }
    }
  }

  window.qdGrid.Review = Review;
  window.qdGrid.el = el;
  window.qdGrid.issue = issue;
})();
