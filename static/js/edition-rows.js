/* Rows of support items: added, copied, moved and taken out in place, each step taken back with
   Ctrl+Z. Without it the same buttons send the form and the server does the step. */
(function () {
  "use strict";

  const form = document.querySelector(".edit-form");
  const list = form && form.querySelector("[data-items]");
  const pattern = document.getElementById("blank-row");
  if (!list || !pattern) {
    return;
  }
  const done = [];
  const takeBack = form.querySelector("[data-take-back]");
  const state = form.querySelector("[data-state]");
  let next = rows().length;

  function rows() {
    return Array.from(list.querySelectorAll("details.edit-item"));
  }

  function field(row, name) {
    return row.querySelector('[name$="-' + name + '"]');
  }

  /* The headings of the tiers follow the items, as the server writes them. */
  function retier() {
    list.querySelectorAll(".edit-tier").forEach((heading) => heading.remove());
    let last = null;
    rows().forEach((row) => {
      const tier = field(row, "tier").value.trim();
      if (tier !== last) {
        const heading = document.createElement("h3");
        heading.className = "edit-tier";
        heading.textContent = tier || pattern.dataset.untiered;
        list.insertBefore(heading, row);
      }
      last = tier;
    });
  }

  function changed(words, undo) {
    if (undo) {
      done.push(undo);
    }
    takeBack.hidden = done.length === 0;
    retier();
    // After the notice of unsaved changes, so that what was done is what is read out.
    form.dispatchEvent(new Event("input", { bubbles: true }));
    state.textContent = words;
  }

  function blank() {
    const number = String(next++);
    const holder = document.createElement("div");
    const sign = new RegExp(pattern.dataset.number, "g");
    holder.innerHTML = pattern.innerHTML.replace(sign, number);
    const row = holder.firstElementChild;
    row.open = true;
    return row;
  }

  function place(row, after) {
    if (after) {
      after.after(row);
    } else {
      list.appendChild(row);
    }
    changed(form.dataset.added, () => row.remove());
    row.scrollIntoView({ block: "nearest" });
    field(row, "name").focus();
  }

  function fill(row, from, names) {
    from.querySelectorAll("input, select, textarea").forEach((old) => {
      const name = old.name.replace(/^item-[0-9]+-/, "");
      if (!old.name || old.name === "item" || name === "key" || (names && !names.includes(name))) {
        return;
      }
      let twin = Array.from(row.querySelectorAll('[name$="-' + name + '"]')).find(
        (one) => one.name.replace(/^item-[0-9]+-/, "") === name &&
          (old.type !== "checkbox" || one.value === old.value)
      );
      if (!twin && old.type === "checkbox") {
        // A further place that only this item names: kept, though the pattern has no box for it.
        twin = document.createElement("input");
        twin.type = "hidden";
        twin.name = row.querySelector("select").name.replace(/^(item-[0-9]+-).*$/, "$1") + name;
        twin.value = old.value;
        if (old.checked) {
          row.appendChild(twin);
        }
        return;
      }
      if (!twin) {
        return;
      }
      if (old.type === "checkbox") {
        twin.checked = old.checked;
      } else {
        twin.value = old.value;
      }
    });
  }

  function move(row, other, before) {
    if (!other) {
      return;
    }
    // The item below, never a heading: those are made anew after each step.
    const all = rows();
    const home = all[all.indexOf(row) + 1] || null;
    if (before) {
      other.before(row);
    } else {
      other.after(row);
    }
    changed(form.dataset.moved, () => list.insertBefore(row, home && home.isConnected ? home : null));
  }

  const steps = {
    add(row) {
      const made = blank();
      if (row) {
        fill(made, row, ["tier", "tier_en"]);
      }
      place(made, row);
    },
    copy(row) {
      const made = blank();
      fill(made, row, null);
      made.querySelector("[data-title]").textContent = row.querySelector("[data-title]").textContent;
      made.querySelector("[data-cap]").textContent = row.querySelector("[data-cap]").textContent;
      place(made, row);
    },
    remove(row) {
      const all = rows();
      const at = all.indexOf(row);
      const below = all[at + 1] || null;
      row.remove();
      changed(form.dataset.removed, () => {
        list.insertBefore(row, below && below.isConnected ? below : null);
      });
      const near = below || all[at - 1];
      (near ? near.querySelector("summary") : takeBack).focus();
    },
    up(row) {
      const all = rows();
      move(row, all[all.indexOf(row) - 1], true);
    },
    down(row) {
      const all = rows();
      move(row, all[all.indexOf(row) + 1], false);
    },
  };

  form.addEventListener("click", (event) => {
    const button = event.target.closest('button[name="step"]');
    if (!button) {
      return;
    }
    const [step, number] = button.value.split(":");
    if (!steps[step] || (step !== "add" && number === undefined)) {
      return;
    }
    event.preventDefault();
    const row = button.closest("details.edit-item");
    steps[step](row);
    if (step === "up" || step === "down") {
      button.focus();
    }
  });

  function undo() {
    const last = done.pop();
    if (last) {
      last();
      changed(form.dataset.restored, null);
    }
  }

  takeBack.addEventListener("click", undo);
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]), textarea");
    const wanted = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key === "z";
    // In a field the browser's own undo is meant.
    if (wanted && !typing && done.length) {
      event.preventDefault();
      undo();
    }
  });
  list.addEventListener("change", (event) => {
    if (/-tier$/.test(event.target.name)) {
      retier();
    }
  });
})();
