// What pages do better with JavaScript: they follow the log, suggest ports, and say what is new.
// Everything they show is made by the server; a page that changes is asked for again.

const live = document.body.dataset.live;

// Suggestions for fields that ask for a place.
for (const input of document.querySelectorAll("input[data-suggest]")) {
  let timer;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    const text = input.value.trim();
    if (text.length < 2) return;
    timer = setTimeout(async () => {
      const answer = await fetch(`${input.dataset.suggest}?text=${encodeURIComponent(text)}`);
      if (!answer.ok || input.value.trim() !== text) return;
      const options = (await answer.json()).map(({ value, label }) => {
        const option = document.createElement("option");
        option.value = value;
        option.label = `${label} (${value})`;
        return option;
      });
      input.list?.replaceChildren(...options);
    }, 150);
  });
}

// A form that was sent is not sent again by a second click; it is usable again when the browser
// comes back to the page.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

if (live !== undefined) follow(live);

function follow(about) {
  const { operations, after } = document.body.dataset;
  const mark = document.querySelector(".live-mark");
  let seen = after, stream, timer, busy = false, missed = false;

  const open = () => {
    stream = new EventSource(`/api/events?after=${seen}`);
    stream.onopen = () => { mark.hidden = false; mark.classList.remove("lost"); };
    stream.onerror = () => {
      mark.classList.add("lost");
      // The browser gives up on an answer that is no stream: the session may have ended.
      if (stream.readyState === EventSource.CLOSED) setTimeout(() => document.hidden || open(), 5000);
    };
    for (const name of operations.split(" ")) stream.addEventListener(name, changed);
  };

  const changed = (event) => {
    seen = event.lastEventId;
    const concerns = !about || JSON.parse(event.data).changed
      .some(({ kind, name }) => `${kind}:${name}` === about);
    if (concerns) timer ??= setTimeout(refresh, 400);
  };

  // Asks for the page again and takes over the parts that may have changed, except one that
  // somebody is just using.
  const refresh = async () => {
    timer = undefined;
    if (busy) { missed = true; return; }
    busy = true;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (answer.redirected && new URL(answer.url).pathname === "/sign-in") location.reload();
      if (answer.ok) take(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch { /* The stream says when the server is back. */ }
    busy = false;
    if (missed) { missed = false; timer ??= setTimeout(refresh, 400); }
  };

  // A hidden page lets go of its connection, of which a browser has few for each server.
  document.addEventListener("visibilitychange", () => {
    stream.close();
    if (!document.hidden) { open(); refresh(); }
  });
  open();
}

function take(fresh) {
  for (const part of document.querySelectorAll("[data-fresh]")) {
    const next = fresh.getElementById(part.id);
    if (!next || next.innerHTML === part.innerHTML || part.contains(document.activeElement)) continue;
    const open = new Set([...part.querySelectorAll("details[open] > summary")].map((s) => s.textContent));
    const scrolled = part.querySelector(".scroll")?.scrollLeft;
    const known = new Set([...part.querySelectorAll(".lines li")].map((li) => li.querySelector(".what")?.textContent));
    part.replaceChildren(...next.childNodes);
    for (const summary of part.querySelectorAll("details > summary")) {
      if (open.has(summary.textContent)) summary.parentElement.open = true;
    }
    if (scrolled) part.querySelector(".scroll").scrollLeft = scrolled;
    for (const li of part.querySelectorAll(".lines li")) {
      if (!known.has(li.querySelector(".what")?.textContent)) li.classList.add("fresh");
    }
  }
}
