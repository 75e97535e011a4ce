// One side of benchmarks/computing/convnetjs.py: ConvNetJS trains its MNIST demo's net, so many examples at each request.
// node convnetjs.mjs FOLDER DIGITS LABELS: FOLDER holds node_modules, DIGITS and LABELS are files of bytes.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [folder, digitsFile, labelsFile] = process.argv.slice(2);
const convnetjs = createRequire(`${folder}/`)("convnetjs");
const digits = readFileSync(digitsFile);
const labels = readFileSync(labelsFile);

const net = new convnetjs.Net();
net.makeLayers([
  { type: "input", out_sx: 24, out_sy: 24, out_depth: 1 },
  { type: "conv", sx: 5, filters: 8, stride: 1, pad: 2, activation: "relu" },
  { type: "pool", sx: 2, stride: 2 },
  { type: "conv", sx: 5, filters: 16, stride: 1, pad: 2, activation: "relu" },
  { type: "pool", sx: 3, stride: 3 },
  { type: "softmax", num_classes: 10 },
]);
const trainer = new convnetjs.SGDTrainer(net, { method: "adadelta", batch_size: 20, l2_decay: 0.001 });

function example(i) {
  const image = new convnetjs.Vol(28, 28, 1, 0.0);
  for (let p = 0; p < 784; p++) image.w[p] = digits[784 * i + p] / 255;
  return convnetjs.augment(image, 24);
}

let loss = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const begun = process.hrtime.bigint();
  for (let k = 0; k < Number(line); k++) {
    const i = Math.floor(Math.random() * labels.length);
    loss = trainer.train(example(i), labels[i]).loss;
  }
  console.log(JSON.stringify({ seconds: Number(process.hrtime.bigint() - begun) / 1e9, loss }));
}
