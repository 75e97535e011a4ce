// Fingers and pens on the page. A browser makes a mouse of a tap alone, not of a finger that drags: here fingers
// are told to the window, which does with them what it does on a touch screen, and a pen is the pointer.

const fingers = new Map();  // where each touches, by its number
const TWICE = 400, NEAR = 30;  // ms and px within which a pen that comes down again is a double click
let pen = null, last = { time: 0, x: 0, y: 0 };

const between = (one, other) => Math.hypot(one.x - other.x, one.y - other.y);

const finger = (number, phase, where) => deed({ do: "finger", number, phase, ...where });

function setDown(event) {
  at = place(event);
  const again = event.timeStamp - last.time < TWICE && between(at, last) < NEAR;
  last = { time: again ? 0 : event.timeStamp, ...at };
  deed({ do: "move", ...at, buttons: 0 });
  deed({ do: again ? "double" : "down", ...at, button: 0, buttons: 1, ...modifiers(event) });
}

function touch(event) {
  if (event.pointerType === "mouse") return;
  event.preventDefault();  // else a tap comes a second time, as a mouse
  if (event.pointerType === "pen") {
    // The hand that holds it lies on the screen.
    for (const [number, where] of fingers) finger(number, "cancel", where);
    fingers.clear();
    pen = event.pointerId;
    setDown(event);
  } else if (pen === null) {
    fingers.set(event.pointerId, place(event));
    finger(event.pointerId, "down", place(event));
  }
}

function slide(event) {
  const drawn = event.pointerId === pen;
  if (!drawn && !fingers.has(event.pointerId)) return;  // a mouse, or a pen over the page: these move a mouse too
  event.preventDefault();
  const where = place(event);
  if (!drawn) {
    fingers.set(event.pointerId, where);
    finger(event.pointerId, "move", where);
    return;
  }
  at = where;
  if (between(at, last) >= NEAR) last.time = 0;  // a drag is no half of a double click
  deed({ do: "move", ...at, buttons: 1, ...modifiers(event) });
}

function leave(event) {
  if (event.pointerId === pen) {
    pen = null;
    deed({ do: "up", ...at, button: 0, buttons: 0, ...modifiers(event) });
  } else if (fingers.delete(event.pointerId))
    finger(event.pointerId, event.type === "pointerup" ? "up" : "cancel", place(event));
}

seen.addEventListener("pointerdown", touch);
seen.addEventListener("pointermove", slide);
seen.addEventListener("pointerup", leave);
seen.addEventListener("pointercancel", leave);
