/* Asking the server: answers are {status, body}; whatever goes wrong is a sentence, never a loss. */
"use strict";

window.qdGrid = window.qdGrid || {};

(() => {
  class Unanswered extends Error {}

  const MOST = 2000;

  class Server {
    constructor(urls, words) {
      this.urls = urls;
      this.words = words;
      this.token = document.querySelector("#grid-csrf input").value;
    }

    /* After signing in again the page's token is an old one: the page has a new one by now. */
    async renew() {
      try {
        const answer = await fetch(window.location.href, { credentials: "same-origin" });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const found = page.querySelector("#grid-csrf input");
        const renewed = Boolean(found) && found.value !== this.token;
        if (found) { this.token = found.value; }
        return renewed;
      } catch (error) {
        return false;
      }
    }

    async post(url, content, again = true) {
      let answer;
      try {
        answer = await fetch(url, {
          method: "POST",
          credentials: "same-origin",
          headers: { "Content-Type": "application/json", "X-CSRFToken": this.token, Accept: "application/json" },
          body: JSON.stringify(content),
        });
      } catch (error) {
        throw new Unanswered(this.words("offline"));
      }
      if (answer.status === 403 && again && await this.renew()) { return this.post(url, content, false); }
      let body;
      try {
        body = await answer.json();
      } catch (error) {
        throw new Unanswered(this.words("unexpected"));
      }
      if (body.error) { throw new Unanswered(this.words("failed", { sentence: body.error })); }
      return { status: answer.status, body };
    }

    /* How cells are read, by key; nothing is kept. */
    async read(cells) {
      const found = new Map();
      for (let from = 0; from < cells.length; from += MOST) {
        // One after the other: each is some work for the server.
        const { body } = await this.post(this.urls.read, { cells: cells.slice(from, from + MOST) });
        body.cells.forEach((cell) => found.set(cell.key, cell));
      }
      return found;
    }

    async readBlock(block, anchor, rows, columns) {
      return (await this.post(this.urls.read, { block, anchor, rows, columns })).body;
    }

    save(cells, source, submit) { return this.post(this.urls.save, { cells, source, submit }); }
  }

  window.qdGrid.Server = Server;
  window.qdGrid.Unanswered = Unanswered;
})();
