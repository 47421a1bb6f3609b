// Where one looks: the centre in data units and how many CSS pixels one unit takes. One scale for both axes: distances stay comparable.

export interface Camera {
  x: number;
  y: number;
  scale: number;
}

export interface Size {
  width: number;
  height: number;
}

export interface Bounds {
  low: [number, number];
  high: [number, number];
}

export function boundsOf(points: Float32Array, dimensions: number): Bounds {
  const low: [number, number] = [Infinity, Infinity], high: [number, number] = [-Infinity, -Infinity];
  for (let i = 0; i + 1 < points.length; i += dimensions) {
    const x = points[i]!, y = points[i + 1]!;
    if (x < low[0]) low[0] = x;
    if (x > high[0]) high[0] = x;
    if (y < low[1]) low[1] = y;
    if (y > high[1]) high[1] = y;
  }
  return Number.isFinite(low[0]) ? { low, high } : { low: [0, 0], high: [1, 1] };
}

/** All points with a margin. */
export function fit({ low, high }: Bounds, { width, height }: Size, margin = 0.06): Camera {
  const w = Math.max(high[0] - low[0], 1e-9), h = Math.max(high[1] - low[1], 1e-9);
  const scale = Math.min(width / w, height / h) * (1 - 2 * margin);
  return { x: (low[0] + high[0]) / 2, y: (low[1] + high[1]) / 2, scale: Math.max(scale, 1e-9) };
}

export const toScreen = (camera: Camera, { width, height }: Size, x: number, y: number): [number, number] => [
  width / 2 + (x - camera.x) * camera.scale, height / 2 - (y - camera.y) * camera.scale,
];

export const toData = (camera: Camera, { width, height }: Size, px: number, py: number): [number, number] => [
  camera.x + (px - width / 2) / camera.scale, camera.y - (py - height / 2) / camera.scale,
];

/** The point below the pointer stays below the pointer. */
export function zoomAt(camera: Camera, size: Size, px: number, py: number, factor: number, home: Camera): Camera {
  const scale = Math.min(Math.max(camera.scale * factor, home.scale / 4), home.scale * 2000);
  const [x, y] = toData(camera, size, px, py);
  return { x: x - (px - size.width / 2) / scale, y: y + (py - size.height / 2) / scale, scale };
}

export const panBy = (camera: Camera, dx: number, dy: number): Camera => ({ ...camera, x: camera.x - dx / camera.scale, y: camera.y + dy / camera.scale });

/** Diameter of a point in CSS pixels: big enough to be seen in a small study, small enough that a million do not cover each other. */
export function pointSize(cells: number, { width, height }: Size, zoom: number): number {
  const base = Math.sqrt((0.3 * width * height) / Math.max(cells, 1));
  return Math.min(Math.min(Math.max(base, 1.2), 6) * Math.max(1, zoom) ** 0.45, 18);
}
