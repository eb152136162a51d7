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

  // A phone has no room for a legend and for words side by side: the page holds the key, and words
  // stay where those of a later goal are not in their way.
  function fitted(spec, width) {
    if (width >= NARROW) {
      return spec;
    }
    const axis = spec.layout.xaxis;
    const room = 0.34 * (axis.range[1] - axis.range[0]);
    const goals = spec.data.filter(function (trace) {
      return trace.mode === "markers+text";
    });
    goals.sort(function (a, b) {
      return b.x[0] - a.x[0];
    });
    const line = 0.08 * Math.max.apply(null, goals.map(function (goal) {
      return Math.abs(goal.y[0]);
    }));
    const kept = [];
    goals.forEach(function (goal) {
      const crowded = kept.some(function (other) {
        return other.x[0] - goal.x[0] < room && Math.abs(other.y[0] - goal.y[0]) < line;
      });
      if (crowded) {
        goal.text = [""];
      } else if (goal.text[0]) {
        goal.textposition = "top left";
        kept.push(goal);
      }
    });
    const layout = Object.assign({}, spec.layout, {
      height: 340,
      showlegend: false,
      margin: { l: 52, r: 12, t: 32, b: 32 },
      font: Object.assign({}, spec.layout.font, { size: 11 }),
      xaxis: Object.assign({}, axis, { dtick: 2 * axis.dtick }),
    });
    return { data: spec.data, layout: layout };
  }

  const drawing = new WeakMap();

  function draw(chart) {
    if (!drawing.has(chart)) {
      chart.setAttribute("aria-busy", "true");
      const work = Promise.all([plotly(chart.dataset.plotly), fetched(chart.dataset.figure)])
        .then(function (parts) {
          const spec = fitted(parts[1], chart.clientWidth);
          return parts[0].newPlot(chart, spec.data, spec.layout, CONFIG);
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

  function escaped(text) {
    return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  }

  // Plotly does not wrap a title: lines of about as many characters as the picture is wide.
  function wrapped(text, length) {
    const lines = [];
    for (let start = 0; start < text.length; start += length) {
      lines.push(escaped(text.slice(start, start + length)));
    }
    return lines;
  }

  // A made-up city stays marked, also in the name of a picture.
  function practicePrefix() {
    const practice = document.querySelector("[data-practice]");
    return practice ? practice.dataset.practice : "";
  }

  // The picture says what it shows, also when it has left the page.
  function titled(chart, drawn) {
    const figure = chart.closest("figure");
    const words = function (selector) {
      const found = figure.querySelector(selector);
      return found ? found.textContent.replace(/\s+/g, " ").trim() : "";
    };
    const lines = wrapped(words(".figure-headline"), 56);
    const practice = document.querySelector("[data-practice]");
    const said = practice ? practice.textContent.replace(/\s+/g, " ").trim() + " · " : "";
    const layout = Object.assign({}, drawn.layout, {
      showlegend: true,
      title: {
        text: lines.join("<br>"),
        subtitle: { text: escaped(said + words(".figure-subtitle")) },
        x: 0,
        xref: "paper",
        yref: "container",
        y: 0.97,
        yanchor: "top",
        font: { size: 18 },
      },
    });
    layout.margin = Object.assign({}, layout.margin, { t: 70 + 26 * lines.length });
    return { data: drawn.data, layout: layout, config: CONFIG };
  }

  function save(chart, format) {
    draw(chart).then(function (drawn) {
      if (drawn) {
        window.Plotly.downloadImage(titled(chart, drawn), {
          format: format,
          width: 1200,
          height: 700,
          scale: format === "png" ? 2 : 1,
          filename: practicePrefix() + chart.dataset.name,
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
