/* Takes a file that is dropped, and follows an upload under way; without it both still work. */
(function () {
  "use strict";

  function dropped(zone) {
    var input = zone.querySelector('input[type="file"]');
    zone.querySelector(".drop-hint").hidden = false;
    ["dragenter", "dragover"].forEach(function (name) {
      zone.addEventListener(name, function (event) {
        event.preventDefault();
        zone.classList.add("over");
      });
    });
    zone.addEventListener("dragleave", function () {
      zone.classList.remove("over");
    });
    zone.addEventListener("drop", function (event) {
      event.preventDefault();
      zone.classList.remove("over");
      if (event.dataTransfer && event.dataTransfer.files.length) {
        input.files = event.dataTransfer.files;
        input.focus();
      }
    });
  }

  function show(card, state) {
    var bar = card.querySelector("progress");
    if (state.total) {
      bar.max = state.total;
      bar.value = Math.min(state.done, state.total);
      card.querySelector('[data-part="figures"]').textContent = state.done + " / " + state.total;
    }
  }

  function follow(card) {
    fetch(card.dataset.uploadState, { credentials: "same-origin", redirect: "error" })
      .then(function (answer) {
        if (!answer.ok) {
          throw new Error(String(answer.status));
        }
        return answer.json();
      })
      .then(function (state) {
        show(card, state);
        if (state.over) {
          window.location.reload();
        } else {
          window.setTimeout(follow, 700, card);
        }
      })
      .catch(function () {
        // The server may be restarting: ask again, more slowly.
        window.setTimeout(follow, 5000, card);
      });
  }

  document.querySelectorAll("[data-drop-zone]").forEach(dropped);
  document.querySelectorAll("[data-upload-state]").forEach(follow);
})();
