/* Follows each job under way once a second until it is over; without it, reload shows the same. */
(function () {
  "use strict";

  function part(row, name) {
    return row.querySelector('[data-part="' + name + '"]');
  }

  function show(row, job) {
    part(row, "label").textContent = job.label;
    part(row, "message").textContent = job.message;
    part(row, "error").textContent = job.error;
    var known = job.total !== null;
    part(row, "figures").textContent = known ? job.done + " / " + job.total : String(job.done);
    var bar = row.querySelector("progress");
    if (job.state === "done") {
      bar.max = 1;
      bar.value = 1;
    } else if (known && job.total > 0) {
      bar.max = job.total;
      bar.value = Math.min(job.done, job.total);
    } else if (job.state === "running") {
      bar.removeAttribute("value");
    }
  }

  function follow(row) {
    fetch(row.dataset.job, { credentials: "same-origin", redirect: "error" })
      .then(function (answer) {
        if (!answer.ok) {
          throw new Error(String(answer.status));
        }
        return answer.json();
      })
      .then(function (job) {
        show(row, job);
        if (job.over) {
          // The row may now offer a retry, which the server writes.
          window.location.reload();
        } else {
          window.setTimeout(follow, 1000, row);
        }
      })
      .catch(function () {
        // The server may be restarting: ask again, more slowly.
        window.setTimeout(follow, 5000, row);
      });
  }

  document.querySelectorAll("tr[data-job]").forEach(follow);
})();
