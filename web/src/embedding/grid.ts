// Finds the cell below the pointer among millions: cells sorted into the squares of a grid.
import type { Bounds } from "./camera";

export class Grid {
  private readonly side: number;
  private readonly starts: Uint32Array;
  private readonly cells: Uint32Array;
  private readonly step: [number, number];

  constructor(private readonly points: Float32Array, private readonly dimensions: number, private readonly bounds: Bounds) {
    const n = points.length / dimensions;
    this.side = Math.max(1, Math.min(1024, Math.floor(Math.sqrt(n / 2))));
    this.step = [Math.max(bounds.high[0] - bounds.low[0], 1e-9) / this.side, Math.max(bounds.high[1] - bounds.low[1], 1e-9) / this.side];
    const squares = new Uint32Array(n);
    this.starts = new Uint32Array(this.side * this.side + 2);
    for (let cell = 0; cell < n; cell++) {
      const square = this.column(0, points[cell * dimensions]!) + this.side * this.column(1, points[cell * dimensions + 1]!);
      squares[cell] = square;
      this.starts[square + 2]!++;
    }
    for (let s = 2; s < this.starts.length; s++) this.starts[s]! += this.starts[s - 1]!;
    this.cells = new Uint32Array(n);
    // Filling moves starts[s + 1] from the begin of square s to its end: afterwards starts[s] is its begin.
    for (let cell = 0; cell < n; cell++) this.cells[this.starts[squares[cell]! + 1]!++] = cell;
  }

  private column(axis: 0 | 1, value: number): number {
    const at = Math.floor((value - this.bounds.low[axis]) / this.step[axis]);
    return at >= 0 ? Math.min(at, this.side - 1) : 0; // NaN too
  }

  /** The nearest shown cell within `radius` (data units), or −1. */
  nearest(x: number, y: number, radius: number, visible: Uint8Array | null): number {
    let best = -1, least = radius * radius;
    const x0 = this.column(0, x - radius), x1 = this.column(0, x + radius), y0 = this.column(1, y - radius), y1 = this.column(1, y + radius);
    for (let row = y0; row <= y1; row++) {
      const from = this.starts[row * this.side + x0]!, to = this.starts[row * this.side + x1 + 1]!;
      for (let i = from; i < to; i++) {
        const cell = this.cells[i]!;
        if (visible && !visible[cell]) continue;
        const dx = this.points[cell * this.dimensions]! - x, dy = this.points[cell * this.dimensions + 1]! - y;
        const d = dx * dx + dy * dy;
        if (d <= least) [best, least] = [cell, d];
      }
    }
    return best;
  }
}
