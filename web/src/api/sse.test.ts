import { expect, it } from "vitest";
import { EventParser, readEvents, type ServerEvent } from "./sse";

const stream = ': waiting\n\nevent: job\ndata: {"job":"1"}\n\nevent: answer\r\ndata: 第一行\r\ndata: second\r\nid: 7\r\n\r\ndata: plain\n\n';
const expected: ServerEvent[] = [
  { event: "job", data: '{"job":"1"}' },
  { event: "answer", data: "第一行\nsecond", id: "7" },
  { event: "message", data: "plain", id: "7" },
];

it("gives the same events wherever the text is cut", () => {
  for (let cut = 0; cut <= stream.length; cut++) {
    const events: ServerEvent[] = [];
    const parser = new EventParser((event) => events.push(event));
    parser.push(stream.slice(0, cut));
    parser.push(stream.slice(cut));
    expect(events).toEqual(expected);
  }
});

it("does not break a character that lies across two pieces", async () => {
  const whole = new TextEncoder().encode("data: 细胞\n\n");
  const events: ServerEvent[] = [];
  const body = new ReadableStream<Uint8Array>({ start(controller) { for (const byte of whole) controller.enqueue(Uint8Array.of(byte)); controller.close(); } });
  await readEvents(body, (event) => events.push(event));
  expect(events[0]!.data).toBe("细胞");
});

it("an event without its blank line is not emitted", () => {
  const events: ServerEvent[] = [];
  new EventParser((event) => events.push(event)).push("event: answer\ndata: {}\n");
  expect(events).toEqual([]);
});
