/* What a clipboard holds as a block of texts, and a block as text for a clipboard. */
"use strict";

window.qdGrid = window.qdGrid || {};

(() => {
  const MOST_SPAN = 200;

  // A raised 1 after a digit is a footnote, not a further digit; after a letter it is m².
  const raised = (text, before) => {
    const mark = text.trim();
    if (!mark) { return ""; }
    return /[0-9０-９%％.]\s*$/.test(before) ? `[${mark}]` : mark.replace(/2/g, "²").replace(/3/g, "³");
  };

  const textOf = (cell) => {
    let text = "";
    const walk = (node) => {
      node.childNodes.forEach((child) => {
        if (child.nodeType === Node.TEXT_NODE) {
          text += child.nodeValue;
        } else if (child.nodeType === Node.ELEMENT_NODE) {
          const name = child.nodeName;
          if (name === "STYLE" || name === "SCRIPT") { return; }
          if (name === "SUP") { text += raised(child.textContent, text); return; }
          if (name === "BR") { text += " "; return; }
          walk(child);
        }
      });
    };
    walk(cell);
    return text.replace(/\s+/g, " ").trim();
  };

  const span = (cell, name) => {
    const number = parseInt(cell.getAttribute(name) || "1", 10);
    return number > 0 ? Math.min(number, MOST_SPAN) : 1;
  };

  // What is merged is repeated in each of its places: a heading over two columns heads both.
  const tableOf = (table) => {
    const block = [];
    Array.from(table.rows).forEach((row, top) => {
      block[top] = block[top] || [];
      let left = 0;
      Array.from(row.cells).forEach((cell) => {
        while (block[top][left] !== undefined) { left += 1; }
        const text = textOf(cell);
        const height = Math.min(span(cell, "rowspan"), table.rows.length - top);
        const width = span(cell, "colspan");
        // A merged number is one value, only words are repeated.
        const number = /^[-+−－]?[0-9０-９][0-9０-９.,，．\s]*[%％]?$/.test(text) && !/^[0-9０-９]{4}$/.test(text);
        for (let down = 0; down < height; down += 1) {
          block[top + down] = block[top + down] || [];
          for (let across = 0; across < width; across += 1) {
            const first = down === 0 && across === 0;
            block[top + down][left + across] = first || !number ? text : "";
          }
        }
        left += width;
      });
    });
    return block.map((line) => Array.from(line, (text) => text || ""));
  };

  // Tab-separated text as spreadsheets write it: texts with a tab or a line break are quoted.
  const separated = (text) => {
    const block = [];
    let line = [];
    let at = 0;
    const source = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
    while (at <= source.length) {
      let cell = "";
      const closing = source[at] === "\"" ? /^"((?:[^"]|"")*)"(?=\t|\n|$)/.exec(source.slice(at)) : null;
      if (closing) {
        cell = closing[1].replace(/""/g, "\"").replace(/\n/g, " ");
        at += closing[0].length;
      } else {
        const end = source.slice(at).search(/[\t\n]/);
        cell = end < 0 ? source.slice(at) : source.slice(at, at + end);
        at += cell.length;
      }
      line.push(cell);
      if (at >= source.length || source[at] === "\n") {
        block.push(line);
        line = [];
      }
      if (at >= source.length) { break; }
      at += 1;
      if (at === source.length && source[at - 1] === "\t") { line.push(""); block.push(line); break; }
    }
    return block;
  };

  // Spreadsheets send their styles along; our security policy would complain of each.
  const plain = (html) => html
    .replace(/<style[\s\S]*?<\/style\s*>/gi, "")
    .replace(/<[a-z](?:"[^"]*"|'[^']*'|[^"'>])*>/gi, (tag) => (
      tag.replace(/\sstyle\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/gi, "")
    ));

  const read = (clipboard) => {
    const html = plain(clipboard.getData("text/html"));
    if (html) {
      const tables = new DOMParser().parseFromString(html, "text/html").querySelectorAll("table");
      // A page in which tables hold tables says nothing of rows; its text does.
      if (tables.length === 1 && tables[0].rows.length > 0) { return tableOf(tables[0]); }
    }
    return separated(clipboard.getData("text/plain"));
  };

  const write = (block) => block.map((line) => line.map((text) => (
    /[\t\n"]/.test(text) ? `"${text.replace(/"/g, "\"\"")}"` : text
  )).join("\t")).join("\n");

  window.qdGrid.clipboard = { read, write };
})();
