// Counts what is ticked and ticks a whole page; the forms work without it.
(function () {
  "use strict";

  function boxesOf(form) {
    return Array.prototype.filter.call(
      form.elements,
      (box) => box.type === "checkbox" && box.name === "row"
    );
  }

  function count(form, place, before) {
    const ticked = boxesOf(form).filter((box) => box.checked).length;
    place.textContent = ticked ? place.dataset.words + ticked : before;
  }

  document.querySelectorAll("[data-chosen][data-words]").forEach((place) => {
    const form = document.getElementById(place.dataset.chosen);
    const before = place.textContent;
    const all = document.querySelector('[data-tick-all="' + place.dataset.chosen + '"]');
    document.addEventListener("change", (event) => {
      if (event.target.form === form) {
        count(form, place, before);
      }
    });
    if (all) {
      all.hidden = boxesOf(form).length === 0;
      all.addEventListener("click", () => {
        const boxes = boxesOf(form);
        const wanted = !boxes.every((box) => box.checked);
        boxes.forEach((box) => {
          box.checked = wanted;
        });
        count(form, place, before);
      });
    }
    count(form, place, before);
  });
})();
