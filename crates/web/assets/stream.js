// One connection that follows the log, for any number of readers. Windows share one in a worker,
// because browsers open only six connections to a server over HTTP/1.1.

class Stream {
  #url;
  #readers = new Set();
  #source;
  #isOpen = false;
  #recent = []; // the latest changes, for readers that join
  #since = 0; // #recent holds every change after this position
  #seen = 0;

  constructor(url) {
    this.#url = url;
  }

  // Follows from a position on. The reader is called with { change }, or with the word "open",
  // "behind", "lost" or "closed". After "closed" it is no longer a reader.
  add(reader, after) {
    this.#readers.add(reader);
    if (!this.#source) {
      this.#recent = [];
      this.#since = this.#seen = after;
      this.#open();
    } else {
      if (this.#isOpen) reader("open");
      if (after < this.#since) reader("behind");
      for (const change of this.#recent) if (change.position > after) reader({ change });
    }
  }

  remove(reader) {
    this.#readers.delete(reader);
    if (this.#readers.size === 0) this.#close();
  }

  #open() {
    this.#source = new EventSource(`${this.#url}?after=${this.#seen}`);
    this.#source.onmessage = this.#changed;
    this.#source.onopen = () => {
      this.#isOpen = true;
      this.#tell("open");
    };
    this.#source.onerror = ({ target }) => {
      if (target !== this.#source) return;
      this.#isOpen = false;
      this.#tell("lost");
      if (target.readyState !== EventSource.CLOSED) return;
      // The browser gives up on an answer that is not a stream: the session has ended, or the
      // server has another log. Each reader finds out which, and reconnects.
      this.#close();
      const readers = [...this.#readers];
      this.#readers.clear();
      for (const reader of readers) reader("closed");
    };
  }

  #close() {
    this.#source?.close();
    this.#source = undefined;
    this.#isOpen = false;
  }

  #changed = ({ lastEventId, data }) => {
    const change = { position: Number(lastEventId), changed: JSON.parse(data).changed };
    this.#seen = change.position;
    this.#recent.push(change);
    if (this.#recent.length > 200) this.#since = this.#recent.shift().position;
    this.#tell({ change });
  };

  #tell(what) {
    for (const reader of this.#readers) reader(what);
  }
}
