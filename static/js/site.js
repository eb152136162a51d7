// A small comfort; every page works without it.
(function () {
  "use strict";
  // A link to a quoted place opens what hides it.
  function reveal() {
    const place = window.location.hash && document.getElementById(window.location.hash.slice(1));
    const closed = place && place.closest("details:not([open])");
    if (closed) {
      closed.open = true;
      place.scrollIntoView();
    }
  }
  window.addEventListener("hashchange", reveal);
  reveal();
})();
