// `value` is a code or a number; `flat_colour` with alpha > 0 pales every colour towards it (dimmed cells):
// where a gene is expressed can still be seen outside the selection.
export const vertex = `#version 300 es
in vec2 position;
in float value;
uniform vec2 centre, zoom, range;
uniform float point_size, categorical, n_colours;
uniform vec4 none, flat_colour;
uniform sampler2D colours;
out vec4 colour;
flat out float diameter;
void main() {
  gl_Position = vec4((position - centre) * zoom, 0.0, 1.0);
  gl_PointSize = point_size;
  diameter = point_size;
  if (value < -1e29) { colour = flat_colour.a > 0.0 ? flat_colour : none; return; }
  float at = categorical > 0.5 ? mod(value, n_colours)
                               : floor(clamp((value - range.x) / max(range.y - range.x, 1e-12), 0.0, 1.0) * (n_colours - 1.0) + 0.5);
  int code = int(at + 0.5);
  colour = texelFetch(colours, ivec2(code & 255, code >> 8), 0);
  if (flat_colour.a > 0.0) colour = vec4(mix(flat_colour.rgb, colour.rgb, 0.3), flat_colour.a);
}`;

export const fragment = `#version 300 es
precision mediump float;
in vec4 colour;
flat in float diameter;
out vec4 pixel;
void main() {
  float alpha = colour.a;
  // Points of a pixel or two are squares: nobody sees the difference, and software renderers are twice as fast.
  if (diameter > 2.5) {
    float r = length(gl_PointCoord - 0.5) * diameter;
    alpha *= clamp(diameter * 0.5 - r + 0.5, 0.0, 1.0);
  }
  pixel = vec4(colour.rgb * alpha, alpha);
}`;
