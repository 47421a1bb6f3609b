// Which cells lie inside a drawn shape. Only shown cells can be selected: nobody selects what cannot be seen.
import { add, emptyBitmap } from "../api/bitmap";

export type Point = [number, number];

/** Fewer corners, same shape to within `tolerance` (Ramer, Douglas, Peucker). */
export function simplify(path: Point[], tolerance: number): Point[] {
  if (path.length < 3) return path;
  const keep = new Uint8Array(path.length);
  keep[0] = keep[path.length - 1] = 1;
  const open: [number, number][] = [[0, path.length - 1]];
  for (let pair = open.pop(); pair; pair = open.pop()) {
    const [a, b] = pair;
    const [ax, ay] = path[a]!, [bx, by] = path[b]!;
    const dx = bx - ax, dy = by - ay, length = Math.hypot(dx, dy);
    let far = -1, most = tolerance;
    for (let i = a + 1; i < b; i++) {
      const [x, y] = path[i]!;
      const d = length > 0 ? Math.abs(dx * (y - ay) - dy * (x - ax)) / length : Math.hypot(x - ax, y - ay);
      if (d > most) [far, most] = [i, d];
    }
    if (far >= 0) {
      keep[far] = 1;
      open.push([a, far], [far, b]);
    }
  }
  return path.filter((_, i) => keep[i]);
}

/** Even-odd rule. Cells are numbered as in `points` (data units, like the polygon). */
export function insidePolygon(points: Float32Array, dimensions: number, polygon: Point[], visible: Uint8Array | null): Uint8Array {
  const cells = points.length / dimensions;
  const bits = emptyBitmap(cells);
  if (polygon.length < 3) return bits;
  let x0 = Infinity, x1 = -Infinity, y0 = Infinity, y1 = -Infinity;
  for (const [x, y] of polygon) {
    x0 = Math.min(x0, x);
    x1 = Math.max(x1, x);
    y0 = Math.min(y0, y);
    y1 = Math.max(y1, y);
  }
  const n = polygon.length;
  const px = Float64Array.from(polygon, (p) => p[0]), py = Float64Array.from(polygon, (p) => p[1]);
  // Each point meets only the sides that cross its strip of y: a hand-drawn shape has a hundred sides, a strip two or four of them.
  const strips = 256, height = (y1 - y0) / strips || 1;
  const strip = (y: number): number => Math.min(strips - 1, Math.max(0, Math.floor((y - y0) / height)));
  const sides: number[][] = Array.from({ length: strips }, () => []);
  for (let i = 0, j = n - 1; i < n; j = i++) for (let s = strip(Math.min(py[i]!, py[j]!)); s <= strip(Math.max(py[i]!, py[j]!)); s++) sides[s]!.push(i);
  for (let cell = 0, at = 0; cell < cells; cell++, at += dimensions) {
    const x = points[at]!, y = points[at + 1]!;
    if (!(x >= x0 && x <= x1 && y >= y0 && y <= y1) || (visible && !visible[cell])) continue;
    let inside = false;
    for (const i of sides[strip(y)]!) {
      const j = i === 0 ? n - 1 : i - 1, yi = py[i]!, yj = py[j]!;
      if (yi > y !== yj > y && x < ((px[j]! - px[i]!) * (y - yi)) / (yj - yi) + px[i]!) inside = !inside;
    }
    if (inside) add(bits, cell);
  }
  return bits;
}

export const rectangle = ([x0, y0]: Point, [x1, y1]: Point): Point[] => [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
