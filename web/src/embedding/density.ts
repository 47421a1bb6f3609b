// How many cells lie where: a smoothed histogram of the shown cells, drawn as an image below the labels.
import type { Bounds } from "./camera";

export interface Density {
  side: number;
  /** side × side, 0–1, row 0 at the lowest y. */
  values: Float32Array;
  bounds: Bounds;
}

function blur(from: Float32Array, side: number, radius: number): Float32Array {
  const along = (source: Float32Array, stride: number, line: number): Float32Array => {
    const out = new Float32Array(source.length);
    for (let row = 0; row < side; row++) {
      let sum = 0;
      for (let i = -radius; i < side; i++) {
        if (i + radius < side) sum += source[row * line + (i + radius) * stride]!;
        if (i - radius - 1 >= 0) sum -= source[row * line + (i - radius - 1) * stride]!;
        if (i >= 0) out[row * line + i * stride] = sum / (2 * radius + 1);
      }
    }
    return out;
  };
  return along(along(from, 1, side), side, 1);
}

/** Three box blurs are close to a Gaussian. Square roots are shown: thin parts stay visible beside crowded ones. */
export function density(points: Float32Array, dimensions: number, bounds: Bounds, cells: Uint32Array, side = 256): Density {
  let values: Float32Array = new Float32Array(side * side);
  const w = Math.max(bounds.high[0] - bounds.low[0], 1e-9), h = Math.max(bounds.high[1] - bounds.low[1], 1e-9);
  // A margin for the blur.
  const at = (v: number, low: number, range: number): number => Math.floor(((v - low) / range) * (side - 17) + 8);
  for (const cell of cells) {
    const c = at(points[cell * dimensions]!, bounds.low[0], w), r = at(points[cell * dimensions + 1]!, bounds.low[1], h);
    if (c >= 0 && r >= 0) values[r * side + c]! += 1;
  }
  for (let pass = 0; pass < 3; pass++) values = blur(values, side, 2);
  let most = 0;
  for (const v of values) if (v > most) most = v;
  if (most > 0) values = values.map((v) => Math.sqrt(v / most));
  const mx = (8 * w) / (side - 17), my = (8 * h) / (side - 17);
  return { side, values, bounds: { low: [bounds.low[0] - mx, bounds.low[1] - my], high: [bounds.low[0] - mx + (side * w) / (side - 17), bounds.low[1] - my + (side * h) / (side - 17)] } };
}

/** `colours`: RGBA of a scale, four bytes a colour, from none to most. */
export function picture(d: Density, colours: Uint8Array): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = d.side;
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(d.side, d.side);
  const steps = colours.length / 4;
  for (let r = 0; r < d.side; r++) {
    for (let c = 0; c < d.side; c++) {
      const v = d.values[r * d.side + c]!;
      const from = 4 * Math.min(steps - 1, Math.round(v * (steps - 1))), to = 4 * ((d.side - 1 - r) * d.side + c);
      for (let k = 0; k < 3; k++) image.data[to + k] = colours[from + k]!;
      image.data[to + 3] = Math.min(255, Math.round(v * 900));
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
