// Make tests/foreign/convnetjs.json: small networks of ConvNetJS with inputs and the answers that it gives.
//
//     npm install convnetjs                                              (in a folder of your own)
//     NODE_PATH=that/folder/node_modules node tests/golden/make_convnetjs.js
"use strict";
const fs = require("fs");
const path = require("path");

// A generator of our own, so that the file comes out the same each time.
let state = 20250603;
Math.random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return (state + 0.5) / 4294967296;
};
const convnetjs = require("convnetjs");

const DEFINITIONS = {
  // Wider than high, filters wider than high: rows and columns must not be mistaken for each other.
  image: [
    { type: "input", out_sx: 9, out_sy: 7, out_depth: 2 },
    { type: "conv", sx: 3, sy: 2, filters: 4, stride: 1, pad: 1, activation: "relu" },
    { type: "pool", sx: 3, stride: 2 },
    { type: "conv", sx: 2, filters: 5, stride: 2, pad: 0, activation: "tanh", drop_prob: 0.3 },
    { type: "fc", num_neurons: 6, activation: "sigmoid" },
    { type: "softmax", num_classes: 3 },
  ],
  choice: [
    { type: "input", out_sx: 6, out_sy: 6, out_depth: 1 },
    { type: "conv", sx: 3, filters: 6, stride: 1, pad: 1, activation: "maxout" },
    { type: "lrn", k: 2, n: 3, alpha: 0.5, beta: 0.75 },
    { type: "lrn", k: 1, n: 2, alpha: 0.5, beta: 0.5 },
    { type: "fc", num_neurons: 12, activation: "maxout", group_size: 3 },
    { type: "svm", num_classes: 4 },
  ],
  dropped: [
    { type: "input", out_sx: 4, out_sy: 4, out_depth: 1 },
    { type: "conv", sx: 3, filters: 3, stride: 1, pad: 1, activation: "relu", drop_prob: 0.2 },
    { type: "pool", sx: 2, stride: 2 },
    { type: "relu" },
    { type: "fc", num_neurons: 5, activation: "tanh", drop_prob: 0.8 },
    { type: "regression", num_neurons: 3 },
  ],
};

const cases = {};
for (const [name, definition] of Object.entries(DEFINITIONS)) {
  const net = new convnetjs.Net();
  net.makeLayers(definition);
  // Biases begin at 0 or 0.1, which would hide a bias that is mixed up.
  for (const layer of net.layers) if (layer.biases) layer.biases.w.forEach((_, i, w) => (w[i] = Math.random() - 0.5));
  const { out_sx, out_sy, out_depth } = net.layers[0];
  const inputs = [];
  const outputs = [];
  for (let i = 0; i < 4; i++) {
    const x = new convnetjs.Vol(out_sx, out_sy, out_depth, 0);
    for (let j = 0; j < x.w.length; j++) x.w[j] = Math.random();
    inputs.push(Array.from(x.w));
    outputs.push(Array.from(net.forward(x).w));
  }
  const written = JSON.parse(JSON.stringify(net.toJSON()));
  // Where the browser has no typed arrays, the numbers are an array.
  if (name === "dropped") for (const layer of written.layers) if (layer.biases) layer.biases.w = Object.values(layer.biases.w);
  cases[name] = { net: written, inputs, outputs };
}
const file = path.join(__dirname, "..", "foreign", "convnetjs.json");
fs.writeFileSync(file, JSON.stringify(cases) + "\n");
console.log(`${file}: ${fs.statSync(file).size} bytes`);
