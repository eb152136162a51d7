// Asks the rules while an award is being typed and shows the answer beside the form.
(function () {
  "use strict";
  const form = document.querySelector("form[data-check]");
  const place = document.querySelector("[data-hint]");
  if (!form || !place || !window.fetch) {
    return;
  }
  let waiting = 0;
  let asked = 0;

  function show(answer) {
    const found = new DOMParser().parseFromString(answer.html, "text/html").body;
    place.replaceChildren(...found.childNodes);
  }

  async function ask() {
    const turn = ++asked;
    try {
      const answer = await fetch(form.dataset.check, {
        method: "POST",
        body: new FormData(form),
        credentials: "same-origin",
        redirect: "error",
      });
      if (!answer.ok) {
        return;
      }
      const found = await answer.json();
      // A later question may have been answered first.
      if (turn === asked) {
        show(found);
      }
    } catch {
      return; // Saving checks everything anew and says the same.
    }
  }

  form.addEventListener("input", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(ask, 400);
  });
  // What the server said of a refused save stays until something is typed.
  if (form.dataset.fresh && form.querySelector('[name="item"]:checked')) {
    ask();
  }
})();
