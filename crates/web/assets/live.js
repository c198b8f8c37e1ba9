// Pages follow the log. When something that a page shows changes, the page loads a fresh copy.

function follow({ live: about, after, worker }) {
  const mark = document.querySelector(".live-mark");
  let seen = Number(after);
  let follows = false, isBusy = false, isStale = false;
  let retry, timer, delay = 1000;

  const tell = (what) => {
    if (!follows) return;
    if (what === "open") {
      mark.hidden = false;
      mark.classList.remove("lost");
      delay = 1000;
      if (isStale) soon();
    } else if (what === "behind") {
      soon();
    } else if (what === "lost") {
      mark.classList.add("lost");
    } else if (what === "closed") {
      leave();
      retry = setTimeout(async () => { await refresh(); join(); }, delay * (0.75 + Math.random() / 2));
      delay = Math.min(delay * 2, 60000);
    } else if (what.change.position > seen) {
      seen = what.change.position;
      const concerns = ({ kind, name }) => `${kind}:${name}` === about;
      if (!about || what.change.changed.some(concerns)) soon();
    }
  };
  const stream = connect(worker, () => seen, tell);

  const join = () => {
    clearTimeout(retry);
    // A hidden page needs no stream. It loads a fresh copy when it is shown.
    if (follows || document.hidden) return;
    follows = true;
    stream.add();
  };

  const leave = () => {
    clearTimeout(retry);
    if (follows) stream.remove();
    follows = false;
  };

  const soon = () => {
    isStale = true;
    timer ??= setTimeout(refresh, 400);
  };

  const refresh = async () => {
    timer = undefined;
    if (isBusy) { soon(); return; }
    isBusy = true;
    isStale = false;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (answer.redirected && new URL(answer.url).pathname.endsWith("/sign-in")) {
        // The session has ended. Entered values stay, and the form comes back after signing in.
        if (![...document.forms].some(isInUse)) location.reload();
        return;
      }
      if (!answer.ok) throw new Error("no page");
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const shown = Number(fresh.body.dataset.after ?? seen);
      seen = follows ? Math.max(seen, shown) : shown;
      takeOver(fresh);
    } catch {
      isStale = true; // The stream reports when the server is back.
    } finally {
      isBusy = false;
    }
  };

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { leave(); return; }
    join();
    soon();
  });
  addEventListener("pagehide", leave);
  addEventListener("pageshow", join);
  join();
}
