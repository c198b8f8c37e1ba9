// With JavaScript, pages update live (live.js), suggest names, and send a form only once. The server
// renders everything they show.

// Suggestions for fields that take a name.
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

// A second click does not send a form again. The form is soon usable again, because the answer may
// have been stopped. A form sent twice from one page is applied at most once.
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

// A secret that is shown once is copied with one click. Without JavaScript, or where browsers keep
// pages from the clipboard, it is selected and copied by hand.
for (const button of document.querySelectorAll("button[data-copies]")) {
  const field = document.getElementById(button.dataset.copies);
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = "Copied";
    } catch {
      button.textContent = document.execCommand("copy") ? "Copied" : "Selected: copy it with your keyboard";
    }
  });
}

// A form from an ended session comes back automatically.
document.querySelector("form[data-resume]")?.requestSubmit();

// While the server is down, a form stays as it is. It is sent once the server answers.
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

// Why the form cannot be sent now, if there is a reason.
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
