// What pages do better with JavaScript: they follow the log (live.js), suggest names, and send a
// form once. Everything they show is made by the server.

// Suggestions for fields that ask for something by name.
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
        option.label = label.includes(value) ? label : `${label} (${value})`;
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
  note.textContent = `${problem} Nothing was sent, and your entries are still here. Press the button again in a moment.`;
  form.append(note);
  note.scrollIntoView({ block: "nearest" });
}, true);

// Why nothing can be sent now, if anything stands against it.
async function absence() {
  try {
    const live = new URL("../../livez", import.meta.url);
    const answer = await fetch(live, { cache: "no-store", signal: AbortSignal.timeout(10000) });
    return answer.status < 500 ? "" : "The server is not accepting requests at the moment.";
  } catch {
    return "The server cannot be reached.";
  }
}

if (document.body.dataset.live !== undefined) follow(document.body.dataset);
