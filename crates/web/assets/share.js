// Windows share one stream through a shared worker. Without shared workers, the window that holds a
// lock reads for the others. Without locks, each window has its own stream.

const events = new URL("../../live", import.meta.url);

// Calls `tell` with the messages of the stream. `seen` returns the position that the page has seen.
function connect(worker, seen, tell) {
  if ("SharedWorker" in globalThis) return throughWorker(worker, seen, tell);
  return throughWindow(seen, tell);
}

function throughWorker(worker, seen, tell) {
  const shared = new SharedWorker(worker, { name: "plimsoll" });
  let fallback, isIn = false;
  shared.port.onmessage = ({ data }) => tell(data);
  shared.onerror = () => {
    fallback ??= throughWindow(seen, tell);
    if (isIn) fallback.add();
  };
  return {
    add: () => {
      isIn = true;
      if (fallback) fallback.add();
      else shared.port.postMessage({ after: seen() });
    },
    remove: () => {
      isIn = false;
      if (fallback) fallback.remove();
      else shared.port.postMessage({});
    },
  };
}

function throughWindow(seen, tell) {
  const stream = new Stream(events);
  if (!navigator.locks || !("BroadcastChannel" in globalThis)) {
    return { add: () => stream.add(tell, seen()), remove: () => stream.remove(tell) };
  }
  const me = crypto.randomUUID();
  const channel = new BroadcastChannel("plimsoll-live");
  const readers = new Map(); // the other windows, while this one reads for them
  let isIn = false, isReading = false, letGo;
  const ask = () => channel.postMessage({ from: me, after: seen() });
  const serve = ({ from, after }) => {
    const old = readers.get(from);
    readers.delete(from);
    if (after !== undefined) {
      const reader = (what) => channel.postMessage({ to: from, what });
      readers.set(from, reader);
      stream.add(reader, after);
    }
    if (old) stream.remove(old);
  };
  channel.onmessage = ({ data }) => {
    if (data.to === me) { if (isIn) tell(data.what); }
    else if (data.from && isReading) serve(data);
    else if (data.reads && isIn) ask();
  };
  const read = () => {
    isReading = true;
    stream.add(tell, seen());
    channel.postMessage({ reads: true });
    return new Promise((resolve) => { letGo = resolve; });
  };
  return {
    add: () => {
      isIn = true;
      if (isReading) { stream.add(tell, seen()); return; }
      ask();
      const turn = new AbortController();
      letGo = () => turn.abort();
      navigator.locks.request("plimsoll-live", { signal: turn.signal }, read).catch(() => {});
    },
    remove: () => {
      isIn = false;
      stream.remove(tell);
      for (const reader of readers.values()) stream.remove(reader);
      readers.clear();
      if (!isReading) channel.postMessage({ from: me });
      isReading = false;
      letGo();
    },
  };
}
