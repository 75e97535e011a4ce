"use strict";

// The page: shows the window's pictures, and sends what a hand does. Words in the bar are for the person.

const token = new URLSearchParams(location.search).get("token");
const page = Array.from(crypto.getRandomValues(new Uint8Array(12)), byte => byte.toString(16)).join("-");
const headers = { "Authorization": "Bearer " + token, "X-Page": page };
const seen = document.getElementById("seen"), bar = document.getElementById("bar");
const paper = seen.getContext("2d");
const MOST_FILE = 1 << 26, RETRY = 2000, TOLD = 6000;

let queue = [], sending = false, at = { x: 0, y: 0 };
let known = { number: 0, cursor: "", copied: null };
let mine = false, held = new Map(), hiding = 0;
let shrunk = 1;  // of the window's size, where the page has no room for it

// --- the bar ---

function tell(words, ...choices) {
  clearTimeout(hiding);
  const said = document.createElement("p");
  said.textContent = words;
  bar.replaceChildren(said, ...choices);
}

function hush() {
  clearTimeout(hiding);
  bar.replaceChildren();
}

function tellForAWhile(words, ...choices) {
  tell(words, ...choices);
  hiding = setTimeout(hush, TOLD);
}

function choice(words, act) {
  const button = document.createElement("button");
  button.textContent = words;
  button.addEventListener("click", act);
  return button;
}

// --- what a hand does ---

async function send() {
  if (sending) return;
  sending = true;
  while (queue.length) {
    const deeds = queue.splice(0, 64);
    try {
      const answer = await fetch("/deeds", { method: "POST", body: JSON.stringify(deeds),
        headers: { ...headers, "Content-Type": "application/json" } });
      if (!answer.ok) queue = [];  // `look` tells why
    } catch { queue = []; }
  }
  sending = false;
}

function deed(one) {
  if (!mine) return;
  const last = queue[queue.length - 1];
  // Of moves that wait, a pen needs each and a pointer the last alone.
  if (last && one.do === "move" && last.do === "move" && !one.buttons && !last.buttons) queue.pop();
  queue.push(one);
  send();
}

const modifiers = event => ({ shift: event.shiftKey, ctrl: event.ctrlKey || event.metaKey, alt: event.altKey });

const place = event => ({ x: event.offsetX / shrunk, y: event.offsetY / shrunk });

function point(kind, event) {
  at = place(event);
  deed({ do: kind, ...at, button: Math.max(event.button, 0) % 3, buttons: event.buttons, ...modifiers(event) });
  event.preventDefault();
}

function key(event, pressed) {
  if (event.target !== seen && event.target !== document.body) return;  // the bar's own buttons
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "v") return;  // comes as a paste
  if (pressed) held.set(event.code, event.key); else held.delete(event.code);
  deed({ do: "key", key: event.key, pressed, ...modifiers(event) });
  event.preventDefault();
}

function letGo() {
  // The page no longer hears when these are let go.
  for (const name of held.values()) deed({ do: "key", key: name, pressed: false });
  held.clear();
}

async function bring(files) {
  for (const file of files) {
    if (file.size > MOST_FILE) {
      tellForAWhile(`${file.name} is larger than 64 MiB: open it by the window's menu`);
      continue;
    }
    try {
      const answer = await fetch("/file?name=" + encodeURIComponent(file.name), { method: "POST", body: file,
        headers: { ...headers, "Content-Type": "application/octet-stream" } });
      if (answer.status === 507) tellForAWhile(`${file.name} was not taken: the disk is full`);
      else if (!answer.ok) tellForAWhile(`${file.name} was not taken: try again`);
    } catch {
      tellForAWhile(`${file.name} cannot be read: a folder cannot be dropped, drop its files`);
    }
  }
}

seen.addEventListener("pointerdown", event => {
  seen.focus();
  seen.setPointerCapture(event.pointerId);
});
seen.addEventListener("mousedown", event => point(event.detail === 2 ? "double" : "down", event));
seen.addEventListener("mouseup", event => point("up", event));
seen.addEventListener("mousemove", event => point("move", event));
seen.addEventListener("contextmenu", event => event.preventDefault());
seen.addEventListener("wheel", event => {
  const unit = event.deltaMode ? 33 : 1;
  deed({ do: "wheel", ...at, dx: event.deltaX * unit, dy: event.deltaY * unit, ...modifiers(event) });
  event.preventDefault();
}, { passive: false });
window.addEventListener("keydown", event => key(event, true));
window.addEventListener("keyup", event => key(event, false));
window.addEventListener("blur", letGo);
window.addEventListener("paste", event => {
  const files = Array.from(event.clipboardData.files), text = event.clipboardData.getData("text");
  if (files.length) bring(files);
  else if (text) deed({ do: "text", text: text.slice(0, 4096) });
});
window.addEventListener("dragover", event => {
  event.preventDefault();
  if (mine) document.body.classList.add("over");
});
window.addEventListener("dragleave", event => {
  if (!event.relatedTarget) document.body.classList.remove("over");  // of the page, not of a part of it
});
window.addEventListener("drop", event => {
  event.preventDefault();
  document.body.classList.remove("over");
  if (mine) bring(Array.from(event.dataTransfer.files));
});

let settling = 0;
const fit = () => deed({ do: "size", width: innerWidth, height: innerHeight, ratio: devicePixelRatio });
window.addEventListener("resize", () => { clearTimeout(settling); settling = setTimeout(fit, 200); });

// --- what was copied in the window ---

async function copyOut() {
  const answer = await fetch("/copied", { headers });
  if (answer.status !== 200) return;
  const isText = answer.headers.get("Content-Type").startsWith("text/");
  const blob = await answer.blob(), words = isText ? await blob.text() : "";
  const put = () => isText ? navigator.clipboard.writeText(words)
    : navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
  const file = document.createElement("a");
  file.href = URL.createObjectURL(blob);
  file.download = isText ? "viz3d.txt" : "viz3d.png";
  file.textContent = "Save as a file";
  try {
    await put();
    tellForAWhile("Copied to your clipboard", file);
  } catch {
    // A browser lets a page write to the clipboard when it was just clicked.
    const again = choice("Copy", async () => {
      try { await put(); tellForAWhile("Copied to your clipboard", file); }
      catch { tell("This browser keeps its clipboard to itself", file); }
    });
    tellForAWhile("Copied in the window, not yet to your clipboard", again, file);
  }
}

// --- what the window shows ---

async function show(answer) {
  const told = name => JSON.parse(answer.headers.get(name));
  const [width, height, ratio] = told("X-Size"), parts = told("X-Parts"), body = await answer.blob();
  let from = 0;
  const drawn = await Promise.all(parts.map(async ([x, y, , , bytes]) => {
    const part = body.slice(from, from += bytes, "image/jpeg");
    return [await createImageBitmap(part), x, y];
  }));
  if (seen.width !== width || seen.height !== height) Object.assign(seen, { width, height });
  shrunk = Math.min(1, innerWidth * ratio / width, innerHeight * ratio / height);
  seen.style.width = width / ratio * shrunk + "px";
  seen.style.height = height / ratio * shrunk + "px";
  for (const [picture, x, y] of drawn) {
    paper.drawImage(picture, x, y);
    picture.close();
  }
  const cursor = answer.headers.get("X-Cursor"), copied = Number(answer.headers.get("X-Copied"));
  seen.style.cursor = cursor;
  const news = known.copied !== null && copied > known.copied;
  known = { number: Number(answer.headers.get("X-Number")), cursor, copied };
  if (news) copyOut().catch(() => {});
}

async function begin() {
  const answer = await fetch("/begin", { method: "POST", body: "{}",
    headers: { ...headers, "Content-Type": "application/json" } });
  if (!answer.ok) return answer.status;
  known = { number: 0, cursor: "", copied: null };
  mine = true;
  document.body.classList.remove("away");
  fit();
  return 0;
}

function stop(words, ...choices) {
  mine = false;
  held.clear();
  document.body.classList.add("away");
  tell(words, ...choices);
}

// What an answer without a picture means; true where there is no use in asking again.
function ended(status) {
  if (status === 409)
    stop("The window is used by another page of a browser now.", choice("Use it here", () => { hush(); look(); }));
  else if (status === 410) stop("The window was closed.");
  else if (status === 403) stop("This address is of a window that was closed: open the address that was printed last.");
  else return false;
  return true;
}

async function look() {
  for (;;) {
    try {
      if (!mine) {
        const status = await begin();
        if (ended(status)) return;
        if (status) throw new Error(status);
      }
      const query = `after=${known.number}&cursor=${known.cursor}&copied=${known.copied ?? 0}`;
      const answer = await fetch("/picture?" + query, { headers, cache: "no-store" });
      if (answer.status === 200) {
        if (!known.number) hush();
        await show(answer);
      } else if (ended(answer.status)) return;
      else if (answer.status !== 204) throw new Error(answer.status);
    } catch {
      stop("The window does not answer: is python -m viz3d.live --web still running? Trying again …");
      await new Promise(done => setTimeout(done, RETRY));
    }
  }
}

seen.focus();
tell("The first picture is being drawn …");
look();
