// Pictures in a row as one moving WebP (RIFF container, https://developers.google.com/speed/webp/docs/riff_container): each picture is
// compressed by the browser, here only the frames are put together.

const u24 = (n) => Buffer.from([n & 255, (n >> 8) & 255, (n >> 16) & 255]);
const u32 = (n) => Buffer.from([n & 255, (n >> 8) & 255, (n >> 16) & 255, (n >>> 24) & 255]);
const chunk = (name, body) => Buffer.concat([Buffer.from(name, "latin1"), u32(body.length), body, Buffer.alloc(body.length & 1)]);

/** The chunks of a still picture that hold its pixels. */
function pixels(still) {
  const kept = [];
  for (let at = 12; at + 8 <= still.length; ) {
    const name = still.toString("latin1", at, at + 4), length = still.readUInt32LE(at + 4);
    if (["VP8 ", "VP8L", "ALPH"].includes(name)) kept.push(chunk(name, still.subarray(at + 8, at + 8 + length)));
    at += 8 + length + (length & 1);
  }
  if (kept.length === 0) throw new Error("a frame holds no picture");
  return Buffer.concat(kept);
}

/** `frames`: [{ webp: Buffer, milliseconds }], all of one size; plays for ever. */
export function animate(frames, width, height) {
  const size = Buffer.concat([u24(width - 1), u24(height - 1)]);
  const body = Buffer.concat([
    Buffer.from("WEBP", "latin1"),
    chunk("VP8X", Buffer.concat([Buffer.from([0x02, 0, 0, 0]), size])),
    chunk("ANIM", Buffer.concat([u32(0xffffffff), Buffer.from([0, 0])])),
    // No blending: each frame stands for itself.
    ...frames.map(({ webp, milliseconds }) => chunk("ANMF", Buffer.concat([u24(0), u24(0), size, u24(milliseconds), Buffer.from([0x02]), pixels(webp)]))),
  ]);
  return Buffer.concat([Buffer.from("RIFF", "latin1"), u32(body.length), body]);
}

/** A PNG as WebP, by the browser. */
export async function toWebp(page, png, quality) {
  const text = await page.evaluate(async ([data, quality]) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height);
    canvas.getContext("2d").drawImage(image, 0, 0);
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/webp", quality })).arrayBuffer());
    let out = "";
    for (let i = 0; i < bytes.length; i += 8192) out += String.fromCharCode(...bytes.subarray(i, i + 8192));
    return btoa(out);
  }, [png.toString("base64"), quality]);
  return Buffer.from(text, "base64");
}
