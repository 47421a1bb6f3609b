// What lies above the points and is drawn anew at each movement: density, names, the shape being drawn, the cell below the pointer.
import { toScreen, type Camera, type Size } from "./camera";
import { drawAxes, type Frame } from "./axes";
import type { Density } from "./density";
import { place, type Anchor, type Placed } from "./labels";
import type { Point } from "./lasso";

export interface OverlayLook {
  camera: Camera;
  size: Size;
  anchors: Anchor[];
  density: { grid: Density; picture: HTMLCanvasElement } | null;
  shape: Point[] | null;
  hovered: [number, number] | null;
  /** Of a scatter: its axes and its gate. */
  frame: Frame | null;
  crosshair: Point | null;
  ink: string;
  paper: string;
  accent: string;
  font: string;
}

/** Shortens long names with an ellipsis; the legend has the whole. */
function shorten(context: CanvasRenderingContext2D, text: string, most: number): string {
  if (context.measureText(text).width <= most) return text;
  let n = text.length;
  while (n > 4 && context.measureText(`${text.slice(0, n)}…`).width > most) n--;
  return `${text.slice(0, n).trimEnd()}…`;
}

/** Returns where the names stand, so that a click can hit them. */
export function drawOverlay(canvas: HTMLCanvasElement, look: OverlayLook): Placed[] {
  const { camera, size } = look;
  const ratio = Math.min(window.devicePixelRatio || 1, 2);
  const width = Math.round(size.width * ratio), height = Math.round(size.height * ratio);
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext("2d")!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, size.width, size.height);
  if (look.density) {
    const { grid, picture } = look.density;
    const [x0, y1] = toScreen(camera, size, grid.bounds.low[0], grid.bounds.low[1]);
    const [x1, y0] = toScreen(camera, size, grid.bounds.high[0], grid.bounds.high[1]);
    context.imageSmoothingEnabled = true;
    context.drawImage(picture, x0, y0, x1 - x0, y1 - y0);
  }
  context.font = look.font;
  if (look.frame) drawAxes(context, look.frame, look);
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  const most = Math.min(220, size.width * 0.4);
  const wanted = look.anchors.map((anchor) => {
    const [x, y] = toScreen(camera, size, anchor.x, anchor.y);
    return { code: anchor.code, name: shorten(context, anchor.name, most), x, y };
  });
  const placed = place(wanted, (text) => context.measureText(text).width, size.height, size.width, 17);
  for (const label of placed) {
    if (!label.moved) continue;
    context.strokeStyle = look.ink;
    context.globalAlpha = 0.5;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(label.anchorX, label.anchorY);
    context.lineTo(label.x, label.y + (label.anchorY > label.y ? 6 : -6));
    context.stroke();
    context.globalAlpha = 1;
  }
  for (const label of placed) {
    context.strokeStyle = look.paper;
    context.lineWidth = 4;
    context.globalAlpha = 0.88;
    context.strokeText(label.name, label.x, label.y);
    context.globalAlpha = 1;
    context.fillStyle = look.ink;
    context.fillText(label.name, label.x, label.y);
  }
  if (look.hovered) {
    const [x, y] = toScreen(camera, size, ...look.hovered);
    context.strokeStyle = look.ink;
    context.lineWidth = 1.5;
    context.beginPath();
    context.arc(x, y, 7, 0, 2 * Math.PI);
    context.stroke();
  }
  if (look.shape && look.shape.length > 1) {
    context.beginPath();
    look.shape.forEach(([x, y], i) => (i === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
    context.closePath();
    context.globalAlpha = 0.12;
    context.fillStyle = look.accent;
    context.fill();
    context.globalAlpha = 1;
    context.strokeStyle = look.accent;
    context.lineWidth = 1.5;
    context.stroke();
  }
  if (look.crosshair) {
    const [x, y] = look.crosshair;
    context.strokeStyle = look.accent;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x - 14, y);
    context.lineTo(x + 14, y);
    context.moveTo(x, y - 14);
    context.lineTo(x, y + 14);
    context.stroke();
  }
  return placed;
}

