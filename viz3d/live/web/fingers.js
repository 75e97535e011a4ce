// Fingers and pens on the page. A browser makes a mouse of a tap alone, not of a finger that drags: here one
// finger or a pen is the pointer, and two fingers zoom about their middle, as the wheel does.

const fingers = new Map();  // where each touches, by its number
const SETTLE = 80;  // ms within which a second finger may come before the first has done anything
const TWICE = 400, NEAR = 30;  // ms and px within which a second tap is a double click
const WHOLE = 757;  // px of a wheel that bring the scene e times as near
const LEAST_TURN = 4;  // px of a wheel: less is lost in its whole steps
const STILL = 6;  // px of the page that a finger that has just come may tremble
let landed = false, two = false, pen = null, landing = 0, spread = 0, last = { time: 0, x: 0, y: 0 };

const between = (one, other) => Math.hypot(one.x - other.x, one.y - other.y);

function land(event, where) {
  clearTimeout(landing);
  landed = true;
  at = where;
  const again = event.timeStamp - last.time < TWICE && between(at, last) < NEAR;
  last = { time: again ? 0 : event.timeStamp, ...at };
  deed({ do: "move", ...at, buttons: 0 });
  deed({ do: again ? "double" : "down", ...at, button: 0, buttons: 1, ...modifiers(event) });
}

function lift(event) {
  if (landed) deed({ do: "up", ...at, button: 0, buttons: 0, ...modifiers(event) });
  landed = false;
}

function apart() {
  const [one, other] = fingers.values();
  at = { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 };
  return Math.max(between(one, other), 1);
}

function touch(event) {
  if (event.pointerType === "mouse") return;
  event.preventDefault();  // else a tap comes a second time, as a mouse
  if (event.pointerType === "pen") {
    // The hand that holds it lies on the screen.
    clearTimeout(landing);
    lift(event);
    fingers.clear();
    two = false;
    pen = event.pointerId;
  } else if (pen !== null) return;
  fingers.set(event.pointerId, place(event));
  if (fingers.size === 2) {
    clearTimeout(landing);
    lift(event);
    two = true;
    spread = apart();
  } else if (event.pointerId === pen) land(event, place(event));
  else if (fingers.size === 1) {
    const where = place(event);  // by then the event tells another
    landing = setTimeout(() => land(event, where), SETTLE);
  }
}

function slide(event) {
  if (!fingers.has(event.pointerId)) return;  // a mouse, or a pen over the page: these move a mouse too
  event.preventDefault();
  if (fingers.size === 1 && !two) {
    const from = fingers.get(event.pointerId), where = place(event);
    if (!landed && between(from, where) * shrunk < STILL) return;  // another finger may come yet
    if (!landed) land(event, from);
    at = where;
    if (between(at, last) >= NEAR) last.time = 0;  // a drag is no half of a double click
    deed({ do: "move", ...at, buttons: 1, ...modifiers(event) });
  }
  fingers.set(event.pointerId, place(event));
  if (fingers.size !== 2 || !two) return;
  const now = apart(), turn = -WHOLE * Math.log(now / spread);
  if (Math.abs(turn) < LEAST_TURN) return;
  spread = now;
  deed({ do: "wheel", ...at, dx: 0, dy: turn, ...modifiers(event) });
}

function leave(event) {
  if (!fingers.delete(event.pointerId)) return;
  if (fingers.size === 2) spread = apart();  // these are others than before
  if (fingers.size) return;
  pen = null;
  if (!landed && !two && event.type === "pointerup") land(event, place(event));
  clearTimeout(landing);
  lift(event);
  two = false;
}

seen.addEventListener("pointerdown", touch);
seen.addEventListener("pointermove", slide);
seen.addEventListener("pointerup", leave);
seen.addEventListener("pointercancel", leave);
