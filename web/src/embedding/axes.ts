// The axes of a scatter and its gate: lines at both limits and a handle to drag them by.
import type { Axis } from "../api/columns";
import { toScreen, type Camera, type Size } from "./camera";
import { ticks, type Gate } from "./scatter";

export interface Frame {
  axes: [Axis, Axis];
  gate: Gate | null;
}

interface Look {
  camera: Camera;
  size: Size;
  ink: string;
  paper: string;
  accent: string;
}

const label = (v: number): string => String(v).replace("-", "−");

export function drawAxes(context: CanvasRenderingContext2D, { axes: [x, y], gate }: Frame, { camera, size, ink, paper, accent }: Look): void {
  const at = (u: number, v: number): [number, number] => toScreen(camera, size, u, v);
  // Titles and numbers stand inside the picture, at its edges, wherever one has moved.
  const left = Math.max(at(-x.strip - 0.02, 0)[0], 46), bottom = Math.min(at(0, -y.strip - 0.02)[1], size.height - 38);
  const [right] = at(x.high * x.scale, 0), [, top] = at(0, y.high * y.scale);
  context.strokeStyle = ink;
  context.fillStyle = ink;
  context.lineWidth = 1;
  context.globalAlpha = 0.55;
  context.beginPath();
  context.moveTo(left, Math.max(top, 0));
  context.lineTo(left, bottom);
  context.lineTo(Math.min(right, size.width), bottom);
  context.stroke();
  context.globalAlpha = 1;
  context.save();
  context.font = context.font.replace(/^\d+px/, "11px");
  context.textBaseline = "top";
  for (const v of ticks(Math.min(0, x.high), x.high)) {
    const px = at(v * x.scale, 0)[0];
    if (px >= left && px < size.width - 8) context.fillText(label(v), px, bottom + 4);
  }
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const v of ticks(Math.min(0, y.high), y.high)) {
    const py = at(0, v * y.scale)[1];
    if (py <= bottom && py > 8) context.fillText(label(v), left - 5, py);
  }
  context.restore();
  const name = (axis: Axis): string => (axis.unit && Math.min(size.width, size.height) > 260 ? `${axis.title} (${axis.unit})` : axis.title);
  context.save();
  context.textAlign = "right";
  context.lineWidth = 4;
  context.strokeStyle = paper;
  const ends: [string, number, number, number][] = [[name(x), Math.min(right, size.width - 8), bottom + 26, 0], [name(y), left - 36, Math.max(top, 8), -Math.PI / 2]];
  for (const [text, px, py, turn] of ends) {
    context.save();
    context.translate(px, py);
    context.rotate(turn);
    context.strokeText(text, 0, 0);
    context.fillText(text, 0, 0);
    context.restore();
  }
  context.restore();
  if (!gate) return;
  const [gx, gy] = at(gate[0] * x.scale, gate[1] * y.scale);
  context.strokeStyle = accent;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(gx, 0);
  context.lineTo(gx, bottom);
  context.moveTo(left, gy);
  context.lineTo(size.width, gy);
  context.stroke();
  context.fillStyle = accent;
  context.beginPath();
  context.arc(gx, gy, 5, 0, 2 * Math.PI);
  context.fill();
}

/** What of the gate lies below the pointer: its first limit, its second, both, or nothing. */
export function gripAt({ axes: [x, y], gate }: Frame, camera: Camera, size: Size, px: number, py: number): [boolean, boolean] | null {
  if (!gate) return null;
  const [gx, gy] = toScreen(camera, size, gate[0] * x.scale, gate[1] * y.scale);
  const both = Math.hypot(px - gx, py - gy) < 12;
  const grip: [boolean, boolean] = [both || Math.abs(px - gx) < 5, both || Math.abs(py - gy) < 5];
  return grip[0] || grip[1] ? grip : null;
}
