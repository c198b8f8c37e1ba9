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

// A form that was sent is not sent again by a second click. It is usable again soon, as the answer
// may have been stopped; what is sent twice from one page is applied once at most.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 5000);
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

if (live !== undefined) follow(live);

function follow(about) {
  const { operations, after } = document.body.dataset;
  const mark = document.querySelector(".live-mark");
  let seen = after, stream, retry, timer;
  let stale = false; // whether something changed that the page does not show yet
  let busy = false, delay = 1000;

  const close = () => {
    clearTimeout(retry);
    stream?.close();
    stream = undefined;
  };

  const open = () => {
    close();
    // A hidden page lets go of its connection, of which a browser has few for each server.
    if (document.hidden) return;
    stream = new EventSource(`/api/events?after=${seen}`);
    stream.onopen = () => {
      mark.hidden = false;
      mark.classList.remove("lost");
      delay = 1000;
      if (stale) soon();
    };
    stream.onerror = ({ target }) => {
      mark.classList.add("lost");
      if (target !== stream || target.readyState !== EventSource.CLOSED) return;
      close();
      // The browser gives up on an answer that is no stream: the session may have ended, or the
      // server has another log. The page itself says which.
      retry = setTimeout(async () => { await refresh(); open(); }, delay * (0.75 + Math.random() / 2));
      delay = Math.min(delay * 2, 60000);
    };
    for (const name of operations.split(" ")) stream.addEventListener(name, changed);
  };

  const changed = (event) => {
    seen = event.lastEventId;
    const concerns = !about || JSON.parse(event.data).changed
      .some(({ kind, name }) => `${kind}:${name}` === about);
    if (concerns) soon();
  };

  const soon = () => {
    stale = true;
    timer ??= setTimeout(refresh, 400);
  };

  // Asks for the page again and takes over the parts that may have changed, except those that
  // somebody is just using; they come later.
  const refresh = async () => {
    timer = undefined;
    if (busy) { soon(); return; }
    busy = true;
    stale = false;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (answer.redirected && new URL(answer.url).pathname === "/sign-in") { location.reload(); return; }
      if (!answer.ok) throw new Error("no page");
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!stream) seen = fresh.body.dataset.after ?? seen;
      stale ||= !take(fresh);
    } catch {
      stale = true; // The stream says when the server is back.
    } finally {
      busy = false;
    }
  };

  document.addEventListener("focusout", () => { if (stale) soon(); });
  document.addEventListener("visibilitychange", () => {
    open();
    if (!document.hidden) soon();
  });
  open();
}

// Whether somebody is just using a part of the page, or has entered something there.
function inUse(part) {
  if (part.contains(document.activeElement)) return true;
  const fields = [...part.querySelectorAll("input:not([type=hidden]), textarea")];
  return fields.some((field) => field.value !== field.defaultValue);
}

// Takes over what is new; says whether that was all of it.
function take(fresh) {
  let all = true;
  for (const part of document.querySelectorAll("[data-fresh]")) {
    const next = fresh.getElementById(part.id);
    if (!next || next.innerHTML === part.innerHTML) continue;
    if (inUse(part)) { all = false; continue; }
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
  return all;
}

// A form that its session had left behind comes back by itself.
document.querySelector("form[data-resume]")?.requestSubmit();

// A form stays as it is while the server is away: it is sent once the server has answered.
document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  if (form.method !== "post") return;
  if (form.dataset.reached) { delete form.dataset.reached; return; }
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.dataset.reaching) return;
  form.dataset.reaching = "yes";
  const problem = await absence();
  delete form.dataset.reaching;
  form.querySelector(".away")?.remove();
  if (!problem) {
    form.dataset.reached = "yes";
    form.requestSubmit(submitter);
    return;
  }
  const note = document.createElement("p");
  note.className = "note away";
  note.setAttribute("role", "alert");
  note.textContent = `${problem} Nothing was sent, and what you entered is still here. Press the button again in a moment.`;
  form.append(note);
  note.scrollIntoView({ block: "nearest" });
}, true);

// Why nothing can be sent now, if anything stands against it.
async function absence() {
  try {
    const live = new URL("../../livez", import.meta.url);
    const answer = await fetch(live, { cache: "no-store", signal: AbortSignal.timeout(10000) });
    return answer.status < 500 ? "" : "The server cannot take anything at the moment.";
  } catch {
    return "The server cannot be reached.";
  }
}
