// Draws up to millions of points with WebGL2. Colours are looked up in a table of colours, so that another palette, clip or group of colours
// sends 1 KiB to the graphics unit and not the cells again. While one moves, and only when drawing all points is too slow for this machine,
// every k-th point is drawn; at rest all are.
import type { Camera, Size } from "./camera";
import { fragment, vertex } from "./shaders";

export const missing = -1e30;

export interface Look {
  camera: Camera;
  size: Size;
  pointSize: number;
  categorical: boolean;
  range: [number, number];
  /** Colours of the dimmed cells and of those without a value, 0–1. */
  dim: [number, number, number, number];
  none: [number, number, number, number];
}

export interface Order {
  /** Numbers of the cells in the order of drawing; the first `dimmed` are drawn in grey. */
  cells: Uint32Array;
  dimmed: number;
}

function compile(gl: WebGL2RenderingContext, kind: number, source: string): WebGLShader {
  const shader = gl.createShader(kind)!;
  gl.shaderSource(shader, source);
  gl.compileShader(shader);
  if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(gl.getShaderInfoLog(shader) ?? "shader");
  return shader;
}

function thin(order: Order, most: number): Order {
  const k = Math.ceil(order.cells.length / most);
  if (k <= 1) return order;
  const every = (from: number, to: number): Uint32Array => {
    const out = new Uint32Array(Math.ceil((to - from) / k));
    for (let i = from, j = 0; i < to; i += k) out[j++] = order.cells[i]!;
    return out;
  };
  const back = every(0, order.dimmed), front = every(order.dimmed, order.cells.length);
  const cells = new Uint32Array(back.length + front.length);
  cells.set(back);
  cells.set(front, back.length);
  return { cells, dimmed: back.length };
}

export class Renderer {
  private readonly gl: WebGL2RenderingContext;
  private readonly program: WebGLProgram;
  private readonly buffers: Record<"position" | "value" | "all" | "some", WebGLBuffer>;
  private readonly uniform: (name: string) => WebGLUniformLocation | null;
  private readonly colours: WebGLTexture;
  private order: Order = { cells: new Uint32Array(0), dimmed: 0 };
  private light: Order = this.order;
  private lightFor = 0;

  /** Throws when the browser has no WebGL2. */
  constructor(private readonly canvas: HTMLCanvasElement) {
    const gl = canvas.getContext("webgl2", { antialias: false, alpha: true, premultipliedAlpha: true, depth: false, powerPreference: "high-performance" });
    if (!gl) throw new Error("no WebGL2");
    this.gl = gl;
    const program = gl.createProgram()!;
    gl.attachShader(program, compile(gl, gl.VERTEX_SHADER, vertex));
    gl.attachShader(program, compile(gl, gl.FRAGMENT_SHADER, fragment));
    gl.bindAttribLocation(program, 0, "position");
    gl.bindAttribLocation(program, 1, "value");
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program) ?? "program");
    gl.useProgram(program);
    this.program = program;
    const places = new Map<string, WebGLUniformLocation | null>();
    this.uniform = (name) => {
      if (!places.has(name)) places.set(name, gl.getUniformLocation(program, name));
      return places.get(name) ?? null;
    };
    const buffer = (): WebGLBuffer => gl.createBuffer()!;
    this.buffers = { position: buffer(), value: buffer(), all: buffer(), some: buffer() };
    this.colours = gl.createTexture()!;
    gl.bindTexture(gl.TEXTURE_2D, this.colours);
    for (const [name, value] of [[gl.TEXTURE_MIN_FILTER, gl.NEAREST], [gl.TEXTURE_MAG_FILTER, gl.NEAREST], [gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE], [gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE]] as const)
      gl.texParameteri(gl.TEXTURE_2D, name, value);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    this.setColours(new Uint8Array(4));
  }

  /** Of n cells, `dimensions` numbers each; the first two are drawn. */
  setPositions(points: Float32Array, dimensions: number): void {
    const gl = this.gl;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers.position);
    gl.bufferData(gl.ARRAY_BUFFER, points, gl.STATIC_DRAW);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 4 * dimensions, 0);
  }

  /** One number or code a cell; `missing` has the colour `none`. Null: all cells have the first colour. */
  setValues(values: Float32Array | null): void {
    const gl = this.gl;
    if (!values) {
      gl.disableVertexAttribArray(1);
      gl.vertexAttrib1f(1, 0);
      return;
    }
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers.value);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
    gl.enableVertexAttribArray(1);
    gl.vertexAttribPointer(1, 1, gl.FLOAT, false, 0, 0);
  }

  /** RGBA, four bytes a colour. */
  setColours(rgba: Uint8Array): void {
    const gl = this.gl;
    const n = rgba.length / 4, rows = Math.max(1, Math.ceil(n / 256));
    const whole = new Uint8Array(256 * rows * 4);
    whole.set(rgba);
    gl.bindTexture(gl.TEXTURE_2D, this.colours);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, rows, 0, gl.RGBA, gl.UNSIGNED_BYTE, whole);
    gl.uniform1f(this.uniform("n_colours"), n);
  }

  setOrder(order: Order): void {
    this.order = order;
    this.lightFor = 0;
    const gl = this.gl;
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.buffers.all);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, order.cells, gl.DYNAMIC_DRAW);
  }

  /** Draws at most `most` points, evenly chosen; returns how many were drawn. */
  draw(look: Look, most = Infinity): number {
    const gl = this.gl;
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    const width = Math.round(look.size.width * ratio), height = Math.round(look.size.height * ratio);
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    gl.viewport(0, 0, width, height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    let order = this.order;
    if (order.cells.length > most) {
      if (this.lightFor !== most) {
        this.light = thin(order, most);
        this.lightFor = most;
        gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.buffers.some);
        gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, this.light.cells, gl.DYNAMIC_DRAW);
      }
      order = this.light;
      gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.buffers.some);
    } else gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.buffers.all);
    if (order.cells.length === 0) return 0;
    const { camera, size } = look;
    gl.uniform2f(this.uniform("centre"), camera.x, camera.y);
    gl.uniform2f(this.uniform("zoom"), (2 * camera.scale) / size.width, (2 * camera.scale) / size.height);
    gl.uniform1f(this.uniform("categorical"), look.categorical ? 1 : 0);
    gl.uniform2f(this.uniform("range"), look.range[0], look.range[1]);
    gl.uniform4fv(this.uniform("none"), look.none);
    const points = look.pointSize * ratio;
    const part = (from: number, n: number, dimmed: boolean): void => {
      if (n === 0) return;
      gl.uniform1f(this.uniform("point_size"), dimmed ? Math.max(1, points * 0.8) : points);
      gl.uniform4fv(this.uniform("flat_colour"), dimmed ? look.dim : [0, 0, 0, 0]);
      gl.drawElements(gl.POINTS, n, gl.UNSIGNED_INT, 4 * from);
    };
    part(0, order.dimmed, true);
    part(order.dimmed, order.cells.length - order.dimmed, false);
    return order.cells.length;
  }

  get element(): HTMLCanvasElement {
    return this.canvas;
  }

  /** Waits until the picture is really drawn: for measuring. */
  finish(): void {
    this.gl.readPixels(0, 0, 1, 1, this.gl.RGBA, this.gl.UNSIGNED_BYTE, new Uint8Array(4));
  }

  dispose(): void {
    const gl = this.gl;
    for (const buffer of Object.values(this.buffers)) gl.deleteBuffer(buffer);
    gl.deleteTexture(this.colours);
    gl.deleteProgram(this.program);
  }
}
