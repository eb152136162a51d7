/* Asks the what-if page anew while a person types, and shows its answer in place. */
"use strict";

(() => {
  const form = document.querySelector(".whatif-form");
  if (!form || !window.fetch) { return; }
  let waiting = 0;
  let asked = 0;

  const ask = async () => {
    const turn = ++asked;
    const address = `${form.getAttribute("action")}?${new URLSearchParams(new FormData(form))}`;
    let text;
    try {
      const answer = await fetch(address, { credentials: "same-origin" });
      if (!answer.ok) { return; }
      text = await answer.text();
    } catch {
      return; // The buttons still work: they load the page as a whole.
    }
    const result = new DOMParser().parseFromString(text, "text/html").querySelector(".whatif-result");
    // A later question may have been answered first.
    if (turn !== asked || !result) { return; }
    // The region stays, so that what changes in it is read out.
    document.querySelector(".whatif-result").replaceChildren(...result.childNodes);
    window.history.replaceState(null, "", address);
  };

  form.addEventListener("input", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(ask, 400);
  });
})();
