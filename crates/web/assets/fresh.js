// Updates the page from a fresh copy without moving anything in view. A part (an element with
// data-fresh) whose fresh copy has the same size is changed in place, and so are rows of any part.
// Changes that would move something in view wait until the user asks for them. An element in use,
// because it has the focus, is pressed, is under the mouse or has an entered value, stays as it is
// until then.

const ROWS = "li, tr, .tile, dl.facts > div";
const THINGS = `${ROWS}, form, details, a, button`;
const PRESSABLE = "a, button, summary, input, select";
const SLACK = 8; // px
const hasMouse = matchMedia("(hover: hover)").matches;

let latest; // the latest copy of the page, until it is shown completely
let isSkipped = false; // whether an element in use was not updated
const waiting = new Map(); // the number of waiting rows, by part

function takeOver(fresh, isAsked = false) {
  latest = fresh;
  isSkipped = false;
  waiting.clear();
  for (const part of document.querySelectorAll("[data-fresh]")) {
    const next = fresh.getElementById(part.id);
    if (!next || next.isEqualNode(part)) continue;
    const from = isAsked || document.hidden ? Infinity : firstMoved(part, next);
    if (from >= innerHeight) morph(part, next);
    else waiting.set(part, changeRows(part, next));
  }
  announce();
}

// The distance from the top of the window to the first element that would move, or Infinity.
function firstMoved(part, next) {
  if (part.hidden !== next.hidden) {
    const after = part.nextElementSibling;
    return after ? topOf(after) : bottomOf(part.parentElement);
  }
  const ghost = ghostOf(part, next);
  const marks = (whole) => [...whole.querySelectorAll(`${ROWS}, ${PRESSABLE}`)];
  const [ours, theirs] = [marks(part), marks(ghost)];
  const end = ours.length > 0 ? bottomOf(ours.at(-1)) : topOf(part);
  const [rows, names] = [[...rowsOf(part)], [...rowsOf(ghost).keys()]];
  const other = rows.find(([name], index) => name !== names[index]);
  let from = Infinity;
  if (other) from = topOf(other[1]);
  else if (rows.length !== names.length || moved(part, part, ghost, ghost)) from = end;
  ours.forEach((mark, index) => {
    if (theirs[index] && moved(part, mark, ghost, theirs[index])) from = Math.min(from, topOf(mark));
  });
  ghost.remove();
  return from;
}

const topOf = (element) => element.getBoundingClientRect().top;
const bottomOf = (element) => element.getBoundingClientRect().bottom;

// An invisible copy with the position and width of the part. A paragraph is as wide as its text.
function ghostOf(part, next) {
  const ghost = document.importNode(next, true);
  if (part.matches("p")) ghost.style.width = "max-content";
  else ghost.style.width = `${part.getBoundingClientRect().width}px`;
  ghost.classList.add("ghost");
  const open = openDetails(part);
  for (const details of ghost.querySelectorAll("details")) details.open = open.has(nameOf(details)) || details.open;
  part.after(ghost);
  return ghost;
}

const nameOf = (details) => details.querySelector("summary")?.textContent;
const openDetails = (part) => new Set([...part.querySelectorAll("details[open]")].map(nameOf));

// Whether a mark in one part has another position or height than its counterpart in the other.
function moved(whole, mark, otherWhole, otherMark) {
  const [base, own] = [whole, mark].map((element) => element.getBoundingClientRect());
  const [otherBase, other] = [otherWhole, otherMark].map((element) => element.getBoundingClientRect());
  return Math.abs(own.top - base.top - other.top + otherBase.top) > 1
    || Math.abs(own.height - other.height) > 1
    || Math.abs(own.left - base.left - other.left + otherBase.left) > SLACK;
}

// The rows of a part by name: the target of their first link, or their own name.
function rowsOf(part) {
  const isOuter = (row) => !part.contains(row.parentElement.closest(ROWS));
  return byName([...part.querySelectorAll(ROWS)].filter(isOuter));
}

function byName(rows) {
  const named = new Map();
  for (const row of rows) {
    const name = rowName(row);
    let n = 0;
    while (named.has(`${name} ${n}`)) n += 1;
    named.set(`${name} ${n}`, row);
  }
  return named;
}

function rowName(row) {
  const link = row.matches("a") ? row : row.querySelector("a[href]");
  return row.dataset.key ?? link?.getAttribute("href") ?? row.querySelector("dt")?.textContent ?? "";
}

// Updates rows that keep their height, and marks those that are gone. Returns the number of new ones.
function changeRows(part, next) {
  const ghost = ghostOf(part, next);
  const [ours, theirs] = [rowsOf(part), rowsOf(ghost)];
  const same = [...ours].filter(([name, row]) => theirs.has(name) && !moved(row, row, theirs.get(name), theirs.get(name)));
  ghost.remove();
  for (const [name, row] of same) morph(row, theirs.get(name));
  for (const [name, row] of ours) row.classList.toggle("gone", !theirs.has(name));
  return [...theirs.keys()].filter((name) => !ours.has(name)).length;
}

// Makes a node equal to another, keeping as many nodes as possible.
function morph(node, next) {
  if (node.isEqualNode(next)) return;
  if (node.nodeName !== next.nodeName) {
    if (isInUse(node)) isSkipped = true;
    else node.replaceWith(document.importNode(next, true));
  } else if (node.nodeType !== Node.ELEMENT_NODE) {
    node.nodeValue = next.nodeValue;
  } else if (node.matches(THINGS) && isInUse(node)) {
    isSkipped = true;
  } else {
    morphAttributes(node, next);
    morphChildren(node, next);
  }
}

function morphAttributes(node, next) {
  // The reader decides whether details are open.
  const isOurs = ({ name }) => !(name === "open" && node.matches("details"));
  for (const { name } of [...node.attributes].filter(isOurs)) if (!next.hasAttribute(name)) node.removeAttribute(name);
  for (const { name, value } of [...next.attributes].filter(isOurs)) if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

function morphChildren(node, next) {
  const isRow = (child) => child.nodeType === Node.ELEMENT_NODE && child.matches(ROWS);
  const left = new Set(node.childNodes);
  const rows = byName([...node.children].filter(isRow));
  const names = new Map([...byName([...next.children].filter(isRow))].map(([name, row]) => [row, name]));
  const like = (wanted) => names.has(wanted)
    ? rows.get(names.get(wanted))
    : [...left].find((child) => child.nodeName === wanted.nodeName);
  const pairs = [...next.childNodes].map((wanted) => {
    const found = like(wanted);
    left.delete(found);
    return [wanted, found];
  });
  for (const child of left) {
    if (isInUse(child)) isSkipped = true;
    else child.remove();
  }
  let place = node.firstChild;
  for (const [wanted, found] of pairs) {
    while (left.has(place)) place = place.nextSibling;
    if (found) {
      if (found === place) place = place.nextSibling;
      else node.insertBefore(found, place);
      morph(found, wanted);
    } else {
      const fresh = document.importNode(wanted, true);
      if (isRow(fresh)) fresh.classList.add("fresh");
      node.insertBefore(fresh, place);
    }
  }
}

function isInUse(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return false;
  if (node.matches(":focus-within, :active") || (hasMouse && node.matches(":hover"))) return true;
  return [...node.querySelectorAll("input:not([type=hidden]), select, textarea")].some(isChanged);
}

function isChanged(field) {
  if (field.matches("select")) {
    const chosen = [...field.options].findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(chosen, 0);
  }
  return field.value !== field.defaultValue || field.checked !== field.defaultChecked;
}

// Announces waiting changes, and shows them on request.
const news = document.createElement("button");
news.className = "news";
news.hidden = true;
news.addEventListener("click", () => {
  const hadFocus = document.activeElement === news;
  takeOver(latest, true);
  if (hadFocus) document.querySelector("main").focus({ preventScroll: true });
});
document.querySelector("main")?.append(news);

function announce() {
  const total = [...waiting.values()].reduce((sum, count) => sum + count, 0);
  const text = total > 0 ? `${total} new` : "Show changes";
  if (news.textContent !== text) news.textContent = text;
  const appears = news.hidden && waiting.size > 0;
  news.hidden = waiting.size === 0;
  if (appears) place();
}

// Places the button as low as possible without covering anything that can be pressed.
function place() {
  const others = [...document.querySelectorAll(PRESSABLE)].filter((other) => other !== news);
  const taken = others.map((other) => other.getBoundingClientRect()).filter(({ height }) => height > 0);
  const step = 12; // px
  for (let bottom = step; bottom < innerHeight / 2; bottom += step) {
    news.style.bottom = `${bottom}px`;
    const own = news.getBoundingClientRect();
    const covers = (other) => own.top < other.bottom && own.bottom > other.top
      && own.left < other.right && own.right > other.left;
    if (!taken.some(covers)) return;
  }
  news.style.bottom = `${step}px`;
}

// Elements that were left out are updated once they are no longer in use.
let again;
for (const name of ["focusout", "pointerout", "pointerup"]) {
  document.addEventListener(name, () => {
    if (!isSkipped) return;
    clearTimeout(again);
    again = setTimeout(() => { if (isSkipped) takeOver(latest); }, 200);
  });
}
