/* The grid of actuals: keys, mouse, clipboard, and what brings the other parts together. */
"use strict";

(() => {
  const source = document.getElementById("grid-data");
  if (!source || !window.fetch || !window.qdGrid) { return; }
  const { Aside, Changes, Review, Saving, Server, Unanswered, View, clipboard, el } = window.qdGrid;
  const data = JSON.parse(source.textContent);
  if (data.rows.length === 0) { return; }
  const byId = (id) => document.getElementById(id);
  const status = byId("grid-status");

  const words = (name, values = {}) => (data.words[name] || "").replace(
    /%\((\w+)\)s/g, (whole, key) => (values[key] === undefined ? "" : String(values[key])),
  );
  const tell = (...sentences) => { status.textContent = sentences.filter(Boolean).join(" "); };

  const who = document.querySelector(".who");
  const place = `qd-grid:${who ? who.textContent.trim() : ""}:${window.location.pathname}${window.location.search}`;
  const verdicts = new Map();
  const changes = new Changes(data, place, (keys) => {
    keys.forEach((key) => {
      const verdict = verdicts.get(key);
      // What was read of another text says nothing of this one.
      if (verdict && !isAbout(verdict, changes.now(key))) { verdicts.delete(key); }
      view.draw(key);
    });
    refresh();
    checkSoon(keys);
  });
  const view = new View(data, changes, verdicts, words);
  const server = new Server(data.urls, words);
  const review = new Review(words, (key) => view.named(key));
  let input = null;
  let busy = false;

  function isAbout(verdict, said) {
    return verdict.text === said.text && verdict.status === said.status;
  }

  const statement = (key) => ({ key, ...changes.now(key) });
  const refresh = () => {
    const { length } = changes.keys();
    byId("grid-count").textContent = length === 0 ? "" : words("count", { count: length });
    byId("grid-undo").disabled = changes.done.length === 0;
    byId("grid-redo").disabled = changes.undone.length === 0;
    inspect();
  };

  /* Checking in the background, a little after the last change. */
  let waiting = 0;
  const toCheck = new Set();
  const checkSoon = (keys) => {
    keys.forEach((key) => toCheck.add(key));
    window.clearTimeout(waiting);
    waiting = window.setTimeout(async () => {
      const asked = Array.from(toCheck).filter((key) => changes.isChanged(key));
      toCheck.clear();
      if (asked.length === 0) { return; }
      try {
        learn(await server.read(asked.map(statement)));
        const verdict = verdicts.get(asked[0]);
        // Whoever typed it is in the next cell by now.
        if (asked.length === 1 && verdict && verdict.error) { tell(`${view.named(asked[0])} ${verdict.error}`); }
      } catch (error) {
        // Nothing is lost: everything is checked again before it is saved.
        if (!(error instanceof Unanswered)) { throw error; }
      }
    }, 500);
  };

  const learn = (found) => {
    found.forEach((verdict, key) => {
      if (!changes.isChanged(key) || !isAbout(verdict, changes.now(key))) { return; }
      verdicts.set(key, verdict);
      if (!input || key !== view.activeKey) { view.draw(key); }
    });
    inspect();
    view.describe();
  };

  const openKeys = (keys) => keys.filter((key) => !data.cells[key].locked);
  const lockedWords = (keys) => {
    const locked = keys.filter((key) => data.cells[key].locked);
    if (locked.length === 0) { return ""; }
    return keys.length === 1
      ? words("locked", { sentence: data.cells[locked[0]].locked })
      : words("locked_many", { count: locked.length });
  };

  const aside = new Aside({ data, changes, view, verdicts, words }, (name, value) => {
    const keys = name === "note" ? [view.activeKey] : view.keys();
    const wanted = new Map(openKeys(keys.filter(Boolean)).map((key) => {
      const gap = name === "status" && changes.missing.has(value);
      return [key, gap ? { status: value, text: "", qualifier: "" } : { [name]: value }];
    }));
    changes.say(wanted);
    tell(lockedWords(keys.filter(Boolean)));
  });
  const inspect = () => aside.show();

  const takeParts = () => {
    const key = view.activeKey;
    if (key && data.cells[key].parts_text && !data.cells[key].locked) {
      changes.write(new Map([[key, data.cells[key].parts_text]]));
      tell(`${view.named(key)} ${data.cells[key].parts_text}`);
    }
  };
  const partsButton = byId("grid-take-parts");
  partsButton.setAttribute("aria-keyshortcuts", "Control+Enter");
  partsButton.addEventListener("click", takeParts);

  /* Editing */
  const edit = (text) => {
    const key = view.activeKey;
    if (!key) { return; }
    if (data.cells[key].locked) { tell(lockedWords([key])); return; }
    const node = view.node(view.active);
    const row = data.rows[view.active.row];
    const label = words("edit_label", { row: row.name, column: data.columns[view.active.column].label, unit: row.unit });
    const field = el("input", { type: "text", autocomplete: "off", maxlength: "200", "aria-label": label });
    field.value = text === null ? changes.now(key).text : text;
    node.textContent = "";
    node.append(field);
    field.focus();
    if (text === null) { field.select(); }
    input = { field, key };
    field.addEventListener("blur", () => leave(true));
  };

  const leave = (keep) => {
    if (!input) { return; }
    const { field, key } = input;
    input = null;
    const text = field.value.trim();
    if (!keep || changes.write(new Map([[key, text]])) === 0) { view.draw(key); }
  };

  const typed = (event) => {
    const { row, column } = view.active;
    const moves = {
      Enter: event.shiftKey ? [-1, 0] : [1, 0], Tab: event.shiftKey ? [0, -1] : [0, 1],
      ArrowUp: [-1, 0], ArrowDown: [1, 0],
    };
    if (event.isComposing) { return; }
    if (event.key === "Escape") {
      event.preventDefault();
      leave(false);
      view.go(view.active);
    } else if (moves[event.key]) {
      event.preventDefault();
      leave(true);
      step(row + moves[event.key][0], column + moves[event.key][1]);
    }
  };

  /* Tab goes on in the next row, as in a spreadsheet. */
  const step = (row, column) => {
    if (column >= view.width && row < view.height - 1) { view.go({ row: row + 1, column: 0 }); return; }
    if (column < 0 && row > 0) { view.go({ row: row - 1, column: view.width - 1 }); return; }
    view.go({ row, column: Math.max(0, column) });
  };

  const clear = () => {
    const keys = openKeys(view.keys());
    const wanted = new Map(keys.map((key) => [key, { text: "", status: changes.normal, qualifier: "" }]));
    changes.say(wanted);
    const count = keys.filter((key) => changes.isChanged(key)).length;
    tell(count > 0 ? words("choose_missing", { count }) : "", lockedWords(view.keys()));
  };

  const back = (count, done, nothing) => tell(count > 0 ? words(done, { count }) : words(nothing));
  const undo = () => back(changes.undo(), "undone", "nothing_to_undo");
  const redo = () => back(changes.redo(), "redone", "nothing_to_redo");

  const commands = {
    z: (event) => (event.shiftKey ? redo() : undo()),
    y: redo,
    a: () => { view.corner = { row: 0, column: 0 }; view.go({ row: view.height - 1, column: view.width - 1 }, { extend: true }); },
    Enter: takeParts,
  };

  const pressed = (event) => {
    if (input) { typed(event); return; }
    if (!event.target.closest("td[data-key], tbody th")) { return; }
    const control = event.ctrlKey || event.metaKey;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const target = event.altKey ? null : view.target(event);
    if (target) {
      event.preventDefault();
      view.go(target, { extend: event.shiftKey });
      inspect();
      const { top, bottom, left, right } = view.range;
      tell(event.shiftKey ? words("selected", { rows: bottom - top + 1, columns: right - left + 1 }) : lockedWords(view.keys()));
      return;
    }
    if (control && commands[key]) {
      event.preventDefault();
      commands[key](event);
      return;
    }
    if (control || event.altKey || view.active.column < 0) { return; }
    if (event.key === "Enter" || event.key === "F2") {
      event.preventDefault();
      edit(null);
    } else if (event.key === "Tab") {
      tabbed(event);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      clear();
    } else if (event.key === "Escape") {
      view.go(view.active);
    } else if (event.key.length === 1) {
      event.preventDefault();
      edit(event.key);
    } else if (event.key === "Process") {
      edit(""); // an input method begins: it goes on in the field
    }
  };

  /* Tab moves from cell to cell and leaves the table at its ends. */
  const tabbed = (event) => {
    const { row, column } = view.active;
    const last = row === view.height - 1 && column === view.width - 1;
    if (event.shiftKey ? row === 0 && column === 0 : last) { return; }
    event.preventDefault();
    step(row, column + (event.shiftKey ? -1 : 1));
    inspect();
  };

  view.table.addEventListener("keydown", pressed);

  /* The mouse and fingers: a second click on the active cell edits it. */
  let pulling = null;
  view.table.addEventListener("mousedown", (event) => {
    const cell = event.target.closest("td[data-key]");
    if (!cell || event.button !== 0 || event.target.nodeName === "INPUT") { return; }
    event.preventDefault();
    const at = view.at.get(cell.dataset.key);
    const again = !input && cell.dataset.key === view.activeKey && document.activeElement === cell;
    leave(true);
    view.go(at, { extend: event.shiftKey });
    inspect();
    tell(lockedWords(view.keys()));
    if (again && !event.shiftKey) { edit(null); } else { pulling = { x: event.clientX, y: event.clientY }; }
  });
  view.table.addEventListener("mouseover", (event) => {
    const cell = event.target.closest("td[data-key]");
    // The table may scroll under a hand that keeps still.
    const moved = pulling ? Math.abs(event.clientX - pulling.x) + Math.abs(event.clientY - pulling.y) : 0;
    if (cell && moved > 5 && event.buttons === 1) { view.go(view.at.get(cell.dataset.key), { extend: true }); inspect(); }
  });
  document.addEventListener("mouseup", () => { pulling = null; });
  // A reader that moves its own cursor brings the grid along.
  view.table.addEventListener("focusin", (event) => {
    const cell = event.target.closest("td[data-key]");
    if (!cell || input || event.target !== cell || cell.dataset.key === view.activeKey) { return; }
    view.go(view.at.get(cell.dataset.key), { focus: false });
    inspect();
  });

  /* The clipboard */
  const inTable = () => !input && view.table.contains(document.activeElement) && view.active.column >= 0;

  document.addEventListener("copy", (event) => {
    if (!inTable()) { return; }
    const block = view.lines().map((line) => line.map((key) => {
      const said = changes.now(key);
      return changes.missing.has(said.status) ? view.labels.get(said.status) : said.text;
    }));
    event.clipboardData.setData("text/plain", clipboard.write(block));
    event.preventDefault();
    tell(words("copied", { count: block.length * block[0].length }));
  });

  document.addEventListener("paste", (event) => {
    if (!input && !inTable()) { return; }
    const block = clipboard.read(event.clipboardData);
    const single = block.length === 1 && block[0].length === 1;
    // A table cannot go into the one field that is open: it goes into the grid.
    if (input && single) { return; }
    event.preventDefault();
    if (input) { leave(false); view.go(view.active); }
    const keys = view.keys();
    if (single && keys.length > 1) {
      const text = block[0][0].trim();
      const count = changes.write(new Map(openKeys(keys).map((key) => [key, text])));
      tell(words("pasted", { count }), lockedWords(keys));
      return;
    }
    paste(block);
  });

  const paste = async (block) => {
    if (busy) { return; }
    const { top, left } = view.range;
    tell(words("pasting"));
    await guarded(async () => {
      const found = await server.readBlock(
        block, { row: top, column: left }, data.rows.map((row) => row.key), data.columns.map((column) => column.period),
      );
      const cells = found.cells.filter((cell) => data.cells[cell.key]);
      const keys = cells.map((cell) => cell.key);
      const free = new Set(openKeys(keys));
      const count = changes.write(new Map(cells.filter((cell) => free.has(cell.key)).map((cell) => [cell.key, cell.text])));
      learn(new Map(cells.map((cell) => [cell.key, cell])));
      const wrong = cells.filter((cell) => free.has(cell.key) && !cell.ok).length;
      const sentences = found.notes.concat(keys.length > 1 ? [lockedWords(keys)].filter(Boolean) : []);
      note(sentences);
      const places = keys.map((key) => view.at.get(key));
      if (places.length > 0) {
        view.go({ row: Math.min(...places.map((at) => at.row)), column: Math.min(...places.map((at) => at.column)) });
        inspect();
      }
      tell(
        words("pasted", { count }), wrong > 0 ? words("pasted_wrong", { count: wrong }) : "",
        keys.length === 1 ? lockedWords(keys) : "", ...sentences,
      );
    });
  };

  /* What was left out of a paste stays in sight until it is closed. */
  const notes = el("div", { id: "grid-notes", class: "notice", hidden: "" });
  status.after(notes);
  const note = (sentences) => {
    notes.textContent = "";
    notes.hidden = sentences.length === 0;
    const close = el("button", { type: "button", class: "button-quiet" }, words("close"));
    close.addEventListener("click", () => { notes.hidden = true; view.go(view.active); });
    const list = el("ul", {});
    sentences.forEach((sentence) => list.append(el("li", {}, sentence)));
    notes.append(el("p", { class: "lead" }, words("notes_title")), list, close);
  };

  /* One question to the server at a time; what goes wrong is said, and nothing is lost. */
  const guarded = async (ask) => {
    if (busy) { return; }
    busy = true;
    view.table.setAttribute("aria-busy", "true");
    try {
      await ask();
    } catch (error) {
      if (!(error instanceof Unanswered)) { throw error; }
      tell(error.message);
    } finally {
      busy = false;
      view.table.removeAttribute("aria-busy");
    }
  };

  const saving = new Saving({ data, changes, view, server, review, words, tell, learn });
  const save = (submit) => {
    leave(true);
    guarded(async () => {
      await saving.start(submit);
      inspect();
      view.describe();
    });
  };

  byId("grid-save").addEventListener("click", () => save(false));
  byId("grid-submit").addEventListener("click", () => save(true));
  byId("grid-undo").addEventListener("click", undo);
  byId("grid-redo").addEventListener("click", redo);
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s" && byId("grid-dialog").hidden) {
      event.preventDefault();
      save(false);
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (changes.keys().length > 0) { event.preventDefault(); event.returnValue = ""; }
  });

  /* What a reload interrupted is offered, not put back silently. */
  const offer = () => {
    const { size } = changes.offered;
    if (size === 0) { return; }
    const restore = el("button", { type: "button", class: "button" }, words("restore"));
    const discard = el("button", { type: "button", class: "button-quiet" }, words("discard"));
    const box = el(
      "div", { class: "notice", id: "grid-stored", role: "region", "aria-label": words("restore") },
      el("p", {}, words("stored", { count: size })), el("p", { class: "actions" }, restore, discard),
    );
    status.before(box);
    restore.addEventListener("click", () => {
      box.remove();
      tell(words("restored", { count: changes.restore() }));
      view.go(view.active);
    });
    discard.addEventListener("click", () => {
      box.remove();
      changes.discard();
      tell(words("discarded"));
      view.go(view.active);
    });
  };

  byId("grid-tools").hidden = false;
  document.querySelector(".grid-layout").classList.add("grid-with-inspector");
  offer();
  refresh();
})();
