// Runs the page's scripts as a browser does, with the few parts of one that they need, against a server that is
// there: node page_in_node.js URL SCRIPT... A line of JSON on standard input is a thing to do, one on standard
// output tells what the page shows then.
"use strict";
const fs = require("fs"), readline = require("readline"), vm = require("vm");
const [url, ...scripts] = process.argv.slice(2);
const copied = [], drawn = [], mayCopy = { now: true };

class Part {
  constructor(tag) {
    Object.assign(this, { tag, heard: {}, children: [], style: {}, textContent: "", width: 0, height: 0 });
    const names = new Set();
    this.classList = { add: name => names.add(name), remove: name => names.delete(name), has: name => names.has(name) };
  }
  addEventListener(name, act) { (this.heard[name] ??= []).push(act); }
  dispatch(name, event) {
    let stopped = false;
    const whole = { target: this, preventDefault: () => { stopped = true; }, shiftKey: false, ctrlKey: false,
      altKey: false, metaKey: false, ...event };
    for (const act of this.heard[name] ?? []) act(whole);
    return stopped;
  }
  replaceChildren(...parts) { this.children = parts; }
  getContext() { return { drawImage: (picture, x, y) => drawn.push([x, y, picture.size]) }; }
  focus() {}
  setPointerCapture() {}
}

const seen = new Part("canvas"), bar = new Part("div"), body = new Part("body"), page = new Part("window");
const world = {
  document: { getElementById: name => ({ seen, bar })[name], createElement: tag => new Part(tag), body },
  window: page, location: new URL(url), crypto: globalThis.crypto ?? require("crypto").webcrypto,
  navigator: { clipboard: {
    writeText: async text => { if (!mayCopy.now) throw new Error("no"); copied.push(["text", text.length]); },
    write: async ([item]) => { if (!mayCopy.now) throw new Error("no"); copied.push(Object.keys(item.of)); },
  } },
  ClipboardItem: class { constructor(of) { this.of = of; } },
  createImageBitmap: async blob => ({ size: blob.size, close: () => {} }),
  fetch: (path, options) => fetch(new URL(path, url), options),
  URL: Object.assign(function (...given) { return new URL(...given); }, { createObjectURL: () => "blob:x" }),
  URLSearchParams, Blob, setTimeout, clearTimeout, console, innerWidth: 1200, innerHeight: 800, devicePixelRatio: 1,
};

const told = () => ({
  words: bar.children.map(part => part.textContent), away: body.classList.has("away"), over: body.classList.has("over"), cursor: seen.style.cursor,
  size: [seen.style.width, seen.style.height], drawn: drawn.length, copied,
});

const acts = {
  event: ({ at, name, event }) => (at === "seen" ? seen : page).dispatch(name, { ...event, target: seen }),
  press: ({ choice }) => bar.children[choice].dispatch("click", {}),
  drop: ({ name, text, size }) => {
    const file = new Blob([text ?? ""]);
    Object.defineProperty(file, "name", { value: name });
    if (size) Object.defineProperty(file, "size", { value: size });
    page.dispatch("drop", { dataTransfer: { files: [file] } });
  },
  resize: ({ width, height }) => {
    Object.assign(world, { innerWidth: width, innerHeight: height });
    page.dispatch("resize", {});
  },
  forbid: () => { mayCopy.now = false; },
  tell: () => {},
};

readline.createInterface({ input: process.stdin }).on("line", line => {
  const asked = JSON.parse(line), done = acts[asked.do](asked);
  process.stdout.write(JSON.stringify({ ...told(), done }) + "\n");
}).on("close", () => process.exit(0));

vm.runInNewContext(scripts.map(script => fs.readFileSync(script, "utf8")).join("\n"), world, { filename: scripts[0] });
