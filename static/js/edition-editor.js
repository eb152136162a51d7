/* The page of a draft: preview while typing, Ctrl+S, a warning before unsaved changes are left.
   Without it the form is saved by its buttons and the preview is that of the last save. */
(function () {
  "use strict";

  const form = document.querySelector(".edit-form");
  if (!form) {
    return;
  }
  const panel = form.querySelector("[data-panel]");
  const columns = form.querySelector(".edit-columns");
  const state = form.querySelector("[data-state]");
  const saving = form.querySelector('button[value="save"]');
  const quotes = JSON.parse(document.getElementById("clause-quotes").textContent);
  let dirty = "unsaved" in form.dataset;
  let waiting = 0;
  let asked = 0;

  function retitle() {
    panel.querySelectorAll("[data-titled]").forEach((told) => {
      const row = document.getElementById("row-" + told.dataset.titled);
      if (row) {
        row.querySelector("[data-title]").textContent = told.dataset.name;
        row.querySelector("[data-cap]").textContent = told.dataset.sum;
      }
    });
  }

  /* The sentences against a field and its help are read out with it. */
  function describe(field, wrong) {
    const ids = wrong ? [field.id + "-problems"] : [];
    if (document.getElementById(field.id + "_helptext")) {
      ids.push(field.id + "_helptext");
    }
    if (ids.length) {
      field.setAttribute("aria-describedby", ids.join(" "));
    } else {
      field.removeAttribute("aria-describedby");
    }
  }

  function mark() {
    form.querySelectorAll("[aria-invalid]").forEach((field) => {
      field.removeAttribute("aria-invalid");
      describe(field, false);
    });
    form.querySelectorAll(".errorlist").forEach((place) => {
      place.textContent = "";
    });
    panel.querySelectorAll("[data-field]").forEach((link) => {
      const field = document.getElementById(link.dataset.field);
      const place = document.getElementById(link.dataset.field + "-problems");
      if (field && place) {
        if (/^(INPUT|SELECT|TEXTAREA)$/.test(field.tagName)) {
          field.setAttribute("aria-invalid", "true");
          describe(field, true);
        }
        place.textContent += link.textContent;
      }
    });
  }

  async function preview() {
    const turn = ++asked;
    try {
      const answer = await fetch(form.dataset.preview, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        credentials: "same-origin",
        redirect: "error",
      });
      if (!answer.ok) {
        return;
      }
      const text = await answer.text();
      // A later question may have been answered first.
      if (turn === asked) {
        panel.innerHTML = text;
        retitle();
        mark();
      }
    } catch (error) {
      // Saving still works; the preview is then that of the last answer.
    }
  }

  form.addEventListener("input", () => {
    dirty = true;
    state.textContent = state.dataset.dirty;
    window.clearTimeout(waiting);
    waiting = window.setTimeout(preview, 400);
  });

  form.addEventListener("change", (event) => {
    const place = form.querySelector('[data-quote-of="' + event.target.id + '"]');
    if (place && event.target.id) {
      const words = quotes[event.target.value] || "";
      const quote = document.createElement("q");
      quote.lang = "zh-CN";
      quote.textContent = words;
      place.replaceChildren(...(words ? [quote] : []));
    }
  });

  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (dirty && button && "server" in button.dataset && !window.confirm(form.dataset.leave)) {
      event.preventDefault();
      return;
    }
    dirty = false;
  });

  window.addEventListener("beforeunload", (event) => {
    if (dirty) {
      event.preventDefault();
      event.returnValue = "";
    }
  });

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      form.requestSubmit(saving);
    }
  });

  /* On a small screen the form and what stands beside it take turns. */
  const views = Array.from(form.querySelectorAll("[data-view]"));
  function show(view) {
    columns.dataset.showing = view;
    views.forEach((link) => {
      if (link.dataset.view === view) {
        link.setAttribute("aria-current", "true");
      } else {
        link.removeAttribute("aria-current");
      }
    });
  }
  columns.classList.add("tabbed");
  show("form");
  form.addEventListener("click", (event) => {
    const link = event.target.closest("[data-view]");
    if (link) {
      event.preventDefault();
      show(link.dataset.view);
    }
    const fault = event.target.closest("a[data-field]");
    const field = fault && document.getElementById(fault.dataset.field);
    if (field) {
      event.preventDefault();
      show("form");
      const closed = [];
      for (let up = field.closest("details"); up; up = up.parentElement.closest("details")) {
        closed.push(up);
      }
      closed.forEach((details) => {
        details.open = true;
      });
      field.scrollIntoView({ block: "center" });
      field.focus();
    }
  });
})();
