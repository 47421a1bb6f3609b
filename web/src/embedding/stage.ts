// The two canvases of a panel and when they are drawn. React tells it what to show; movement goes past React.
import { fit, panBy, pointSize, zoomAt, type Camera, type Size } from "./camera";
import type { Frame } from "./axes";
import type { Density } from "./density";
import type { Anchor, Placed } from "./labels";
import type { Point } from "./lasso";
import { drawOverlay } from "./overlay";
import { Renderer, type Order } from "./renderer";
import type { Colouring, Points } from "./scene";

export interface Inks {
  ink: string;
  paper: string;
  accent: string;
  dim: [number, number, number, number];
  none: [number, number, number, number];
}

export class Stage {
  camera: Camera = { x: 0, y: 0, scale: 1 };
  home: Camera = this.camera;
  size: Size = { width: 1, height: 1 };
  shape: Point[] | null = null;
  crosshair: Point | null = null;
  hovered: number = -1;
  placed: Placed[] = [];
  anchors: Anchor[] = [];
  frameOf: Frame | null = null;
  density: { grid: Density; picture: HTMLCanvasElement } | null = null;
  inks: Inks = { ink: "#222", paper: "#fff", accent: "#07c", dim: [0.8, 0.8, 0.8, 1], none: [0.8, 0.8, 0.8, 1] };
  /** Told when the user moved the camera: others may follow. */
  onMove: (() => void) | null = null;
  /** Told after each picture: how many points it had and the milliseconds since the one before, while moving. */
  onFrame: ((points: number, milliseconds: number) => void) | null = null;
  private readonly renderer: Renderer;
  private points: Points | null = null;
  private colouring: Colouring | null = null;
  private drawn = 0;
  private pending = 0;
  private settling = 0;
  private moving = false;
  private moves = 0;
  private last = 0;
  /** How many points this machine draws while one moves; adapts to the time that frames take. */
  private budget = 4_000_000;

  constructor(canvas: HTMLCanvasElement, private readonly overlay: HTMLCanvasElement) {
    this.renderer = new Renderer(canvas);
  }

  setSize(size: Size): void {
    if (size.width < 2 || size.height < 2) return;
    const untouched = this.camera.x === this.home.x && this.camera.y === this.home.y && this.camera.scale === this.home.scale;
    this.size = size;
    if (this.points) {
      this.home = fit(this.points.bounds, size);
      if (untouched) this.camera = this.home;
    }
    this.draw();
  }

  setPoints(points: Points): void {
    const other = !this.points || this.points.column.name !== points.column.name || this.points.column.n_cells !== points.column.n_cells;
    this.points = points;
    this.hovered = -1;
    this.renderer.setPositions(points.column.values, points.column.dimensions);
    this.home = fit(points.bounds, this.size);
    if (other) this.camera = this.home;
    this.draw();
  }

  setColouring(colouring: Colouring): void {
    this.colouring = colouring;
    this.renderer.setValues(colouring.values);
    this.renderer.setColours(colouring.colours);
    this.draw();
  }

  setOrder(order: Order): void {
    this.drawn = order.cells.length;
    this.renderer.setOrder(order);
    this.draw();
  }

  pan(dx: number, dy: number): void {
    this.camera = panBy(this.camera, dx, dy);
    this.move();
  }

  zoom(px: number, py: number, factor: number): void {
    this.camera = zoomAt(this.camera, this.size, px, py, factor, this.home);
    this.move();
  }

  reset(): void {
    this.camera = this.home;
    this.draw();
    this.onMove?.();
  }

  /** Looks at what another stage of the same places looks at; its size may differ. */
  lookAs(other: Stage): void {
    const zoom = other.camera.scale / other.home.scale;
    this.camera = { x: other.camera.x, y: other.camera.y, scale: this.home.scale * zoom };
    this.move(false);
  }

  /** In the next frame, all points. */
  draw(): void {
    if (!this.pending) this.pending = requestAnimationFrame(() => this.frame());
  }

  /** Only what lies above the points. */
  drawAbove(): void {
    this.above();
  }

  private move(tell = true): void {
    if (tell) this.onMove?.();
    this.moving = true;
    clearTimeout(this.settling);
    const move = ++this.moves;
    // Browsers hand over movements with the next frame: where frames are slow, a hand that moves on is known only then.
    this.settling = window.setTimeout(() => requestAnimationFrame(() => {
      if (this.moves !== move) return;
      this.moving = false;
      this.last = 0;
      this.draw();
    }), 160);
    this.draw();
  }

  private frame(): void {
    this.pending = 0;
    if (!this.points || !this.colouring) return;
    const { camera, size, inks } = this;
    const begin = performance.now();
    const points = this.renderer.draw(
      {
        camera, size, pointSize: pointSize(this.drawn, size, camera.scale / this.home.scale), categorical: this.colouring.categorical, range: this.colouring.range,
        dim: inks.dim, none: inks.none,
      },
      this.moving ? this.budget : Infinity,
    );
    this.above();
    if (!this.moving) return;
    if (this.last) {
      const took = begin - this.last;
      if (took > 28) this.budget = Math.max(20_000, Math.floor(Math.min(this.budget, points) * Math.max(took < 1000 ? 0.4 : 0.1, 24 / took)));
      else if (took < 20 && points >= this.budget) this.budget = Math.floor(this.budget * 1.1);
      this.onFrame?.(points, took);
    }
    this.last = begin;
  }

  private above(): void {
    if (!this.points) return;
    const { values, dimensions } = this.points.column;
    const at = this.hovered;
    this.placed = drawOverlay(this.overlay, {
      camera: this.camera, size: this.size, anchors: this.anchors, density: this.density, frame: this.frameOf, shape: this.shape, crosshair: this.crosshair,
      hovered: at >= 0 ? [values[at * dimensions]!, values[at * dimensions + 1]!] : null, ...this.inks,
      font: "12px " + getComputedStyle(document.body).fontFamily,
    });
  }

  dispose(): void {
    cancelAnimationFrame(this.pending);
    clearTimeout(this.settling);
    this.renderer.dispose();
  }

  /** The picture as it stands, on paper colour, with names. */
  picture(): Promise<Blob | null> {
    this.frame();
    const canvas = document.createElement("canvas");
    canvas.width = this.overlay.width;
    canvas.height = this.overlay.height;
    const context = canvas.getContext("2d")!;
    context.fillStyle = this.inks.paper;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(this.renderer.element, 0, 0);
    context.drawImage(this.overlay, 0, 0);
    return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  }
}
