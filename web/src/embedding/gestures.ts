// Mouse, touch and keyboard on the embedding. Two fingers or the wheel zoom; a drag pans or draws, as the mode says (Shift: always draws a lasso).
import type { Combination } from "../api/bitmap";
import type { Mode } from "../state/app";
import { toData } from "./camera";
import { rectangle, simplify, type Point } from "./lasso";
import type { Stage } from "./stage";

export interface GestureHandlers {
  mode(): Mode;
  /** A finished shape in data units. */
  shape(polygon: Point[], how: Combination): void;
  hover(px: number, py: number): void;
  leave(): void;
  /** What lies there can be dragged: what to do with each place that it is dragged to. */
  grip(px: number, py: number): ((px: number, py: number) => void) | null;
  click(px: number, py: number, how: Combination): void;
}

export const combinationOf = (event: { altKey: boolean; shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }): Combination =>
  event.altKey ? "subtract" : event.ctrlKey || event.metaKey ? "add" : "replace";

export function attachGestures(element: HTMLElement, stage: Stage, handlers: GestureHandlers): () => void {
  const pointers = new Map<number, Point>();
  let path: Point[] = [], drawing: Mode | null = null, held: ReturnType<GestureHandlers["grip"]> = null, moved = 0, pinch = 0;
  const at = (event: PointerEvent | WheelEvent): Point => {
    const box = element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  const down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, at(event));
    moved = 0;
    if (pointers.size === 2) {
      drawing = held = null;
      stage.shape = null;
      const [a, b] = [...pointers.values()] as [Point, Point];
      pinch = Math.hypot(a[0] - b[0], a[1] - b[1]);
      return;
    }
    held = handlers.grip(...at(event));
    if (held) return;
    const mode = handlers.mode();
    drawing = mode !== "pan" ? mode : event.shiftKey ? "lasso" : null;
    path = [at(event)];
  };

  const move = (event: PointerEvent): void => {
    const now = at(event), before = pointers.get(event.pointerId);
    if (!before) return handlers.hover(...now);
    pointers.set(event.pointerId, now);
    moved += Math.abs(now[0] - before[0]) + Math.abs(now[1] - before[1]);
    if (pointers.size === 2) {
      const [a, b] = [...pointers.values()] as [Point, Point];
      const apart = Math.hypot(a[0] - b[0], a[1] - b[1]);
      if (pinch > 0) stage.zoom((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, apart / pinch);
      stage.pan((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
      pinch = apart;
    } else if (held) held(...now);
    else if (drawing) {
      path.push(now);
      stage.shape = drawing === "rectangle" ? rectangle(path[0]!, now) : path;
      stage.drawAbove();
    } else stage.pan(now[0] - before[0], now[1] - before[1]);
  };

  const up = (event: PointerEvent): void => {
    if (!pointers.delete(event.pointerId)) return;
    pinch = 0;
    const shape = stage.shape;
    stage.shape = null;
    if (drawing && shape && moved > 6 && event.type === "pointerup") {
      const corners = simplify(shape, 0.75).map(([x, y]) => toData(stage.camera, stage.size, x, y));
      handlers.shape(corners, combinationOf(event));
    } else if (!held && moved <= 6 && pointers.size === 0 && event.type === "pointerup") handlers.click(...at(event), combinationOf(event));
    drawing = held = null;
    stage.drawAbove();
  };

  const wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    stage.zoom(...at(event), Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0016)));
  };

  const listeners: [string, EventListener, AddEventListenerOptions?][] = [
    ["pointerdown", down as EventListener], ["pointermove", move as EventListener], ["pointerup", up as EventListener], ["pointercancel", up as EventListener],
    ["pointerleave", () => handlers.leave()], ["wheel", wheel as EventListener, { passive: false }],
  ];
  for (const [name, listener, options] of listeners) element.addEventListener(name, listener, options);
  return () => listeners.forEach(([name, listener]) => element.removeEventListener(name, listener));
}

export interface KeyHandlers {
  /** The crosshair moved: say which cell is there. */
  probe(px: number, py: number): void;
  rectangle(from: Point, to: Point, how: Combination): void;
  clear(): void;
}

/**
 * Keys on the focused embedding. Arrows pan; with the crosshair (X) they move it, Enter begins a rectangle and Enter again selects it.
 * Returns whether the key was used.
 */
export class Keys {
  private anchor: Point | null = null;

  constructor(private readonly stage: Stage, private readonly handlers: KeyHandlers) {}

  press(event: { key: string; shiftKey: boolean; altKey: boolean; ctrlKey: boolean; metaKey: boolean }): boolean {
    const { stage } = this;
    const { width, height } = stage.size;
    const arrow: Record<string, Point> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const direction = arrow[event.key];
    if (direction) {
      const step = event.shiftKey ? 4 : 18;
      if (stage.crosshair) this.aim(stage.crosshair[0] + direction[0] * step, stage.crosshair[1] + direction[1] * step);
      else stage.pan(-direction[0] * 40, -direction[1] * 40);
      return true;
    }
    if (event.ctrlKey && event.key !== "Enter") return false;
    switch (event.key) {
      case "+": case "=": stage.zoom(...(stage.crosshair ?? [width / 2, height / 2]), 1.3); return true;
      case "-": case "_": stage.zoom(...(stage.crosshair ?? [width / 2, height / 2]), 1 / 1.3); return true;
      case "0": stage.reset(); return true;
      case "x": case "X":
        if (stage.crosshair) this.stop();
        else this.aim(width / 2, height / 2);
        return true;
      case "Enter":
        if (!stage.crosshair) return false;
        if (!this.anchor) this.anchor = stage.crosshair;
        else {
          this.handlers.rectangle(this.anchor, stage.crosshair, combinationOf({ ...event, shiftKey: false }));
          this.anchor = null;
          stage.shape = null;
          stage.drawAbove();
        }
        return true;
      case "Escape":
        if (stage.crosshair) this.stop();
        else this.handlers.clear();
        return true;
      default: return false;
    }
  }

  private aim(x: number, y: number): void {
    const { width, height } = this.stage.size;
    this.stage.crosshair = [Math.min(Math.max(x, 0), width), Math.min(Math.max(y, 0), height)];
    if (this.anchor) this.stage.shape = rectangle(this.anchor, this.stage.crosshair);
    this.handlers.probe(...this.stage.crosshair);
    this.stage.drawAbove();
  }

  private stop(): void {
    this.anchor = null;
    this.stage.crosshair = null;
    this.stage.shape = null;
    this.stage.drawAbove();
  }
}
