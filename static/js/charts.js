// Draws the figures of a page. Plotly is fetched when the first one comes into view or its picture
// is asked for; the page says the same in sentences and tables without it.
(function () {
  "use strict";

  const NARROW = 560;
  const CONFIG = Object.freeze({
    displayModeBar: false,
    displaylogo: false,
    showSendToCloud: false,
    plotlyServerURL: "",
    topojsonURL: "",
    typesetMath: false,
    responsive: true,
    showTips: false,
    scrollZoom: false,
    doubleClick: false,
    locale: "en",
  });

  // The map library inside Plotly adds its style sheet while it loads, unless an element with this
  // id is there; a map is never drawn here, and the page allows no inline style.
  const MAP_STYLE = "9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53";

  let library = null;

  function plotly(url) {
    if (!document.getElementById(MAP_STYLE)) {
      const stand = document.createElement("meta");
      stand.id = MAP_STYLE;
      document.head.appendChild(stand);
    }
    library =
      library ||
      new Promise(function (resolve, reject) {
        const script = document.createElement("script");
        script.src = url;
        script.onload = function () {
          resolve(window.Plotly);
        };
        script.onerror = function () {
          library = null;
          reject(new Error("plotly"));
        };
        document.head.appendChild(script);
      });
    return library;
  }

  function fetched(url) {
    return fetch(url, { credentials: "same-origin", headers: { Accept: "application/json" } }).then(
      function (answer) {
        if (!answer.ok) {
          throw new Error(String(answer.status));
        }
        return answer.json();
      }
    );
  }

  // A phone has no room for a long legend's font and wide margins.
  function fitted(layout, width) {
    if (width >= NARROW) {
      return layout;
    }
    return Object.assign({}, layout, {
      margin: { l: 52, r: 12, t: 32, b: 40 },
      font: Object.assign({}, layout.font, { size: 11 }),
      xaxis: Object.assign({}, layout.xaxis, { dtick: 2 * layout.xaxis.dtick }),
    });
  }

  const drawing = new WeakMap();

  function draw(chart) {
    if (!drawing.has(chart)) {
      chart.setAttribute("aria-busy", "true");
      const work = Promise.all([plotly(chart.dataset.plotly), fetched(chart.dataset.figure)])
        .then(function (parts) {
          const layout = fitted(parts[1].layout, chart.clientWidth);
          return parts[0].newPlot(chart, parts[1].data, layout, CONFIG);
        })
        .catch(function () {
          drawing.delete(chart);
          chart.textContent = chart.dataset.failed;
          chart.classList.add("chart-failed");
          chart.removeAttribute("role");
          return null;
        });
      work.then(function () {
        chart.removeAttribute("aria-busy");
      });
      drawing.set(chart, work);
    }
    return drawing.get(chart);
  }

  function save(chart, format) {
    draw(chart).then(function (drawn) {
      if (drawn) {
        window.Plotly.downloadImage(drawn, {
          format: format,
          width: 1200,
          height: 640,
          scale: format === "png" ? 2 : 1,
          filename: chart.dataset.name,
        });
      }
    });
  }

  const charts = Array.from(document.querySelectorAll(".chart[data-figure]"));
  charts.forEach(function (chart) {
    const figure = chart.closest("figure");
    figure.querySelectorAll("[data-picture]").forEach(function (button) {
      button.hidden = false;
      button.addEventListener("click", function () {
        save(chart, button.dataset.picture);
      });
    });
  });

  if (!("IntersectionObserver" in window)) {
    charts.forEach(draw);
    return;
  }
  const seen = new IntersectionObserver(
    function (entries) {
      entries.forEach(function (entry) {
        if (entry.isIntersecting) {
          seen.unobserve(entry.target);
          draw(entry.target);
        }
      });
    },
    { rootMargin: "300px 0px" }
  );
  charts.forEach(function (chart) {
    seen.observe(chart);
  });
})();
