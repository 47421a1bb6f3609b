// Server-sent events out of a fetch body: EventSource cannot send a POST.

export interface ServerEvent {
  event: string;
  data: string;
  id?: string;
}

/** Takes pieces of text as they arrive; calls `emit` once a whole event is there. */
export class EventParser {
  private rest = "";
  private event = "";
  private data: string[] = [];
  private id: string | undefined;

  constructor(private readonly emit: (event: ServerEvent) => void) {}

  push(piece: string): void {
    this.rest += piece;
    for (;;) {
      const end = this.rest.search(/\r\n|\n|\r/);
      if (end < 0) return;
      // A carriage return at the very end may be half of a line end that is still to come.
      if (this.rest[end] === "\r" && end === this.rest.length - 1) return;
      const line = this.rest.slice(0, end);
      this.rest = this.rest.slice(end + (this.rest.startsWith("\r\n", end) ? 2 : 1));
      this.line(line);
    }
  }

  private line(line: string): void {
    if (line === "") {
      if (this.data.length > 0) {
        const event: ServerEvent = { event: this.event || "message", data: this.data.join("\n") };
        if (this.id !== undefined) event.id = this.id;
        this.emit(event);
      }
      this.event = "";
      this.data = [];
      return;
    }
    if (line.startsWith(":")) return;
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "event") this.event = value;
    else if (name === "data") this.data.push(value);
    else if (name === "id") this.id = value;
  }
}

/** Reads the whole body; resolves when the server closes it. */
export async function readEvents(body: ReadableStream<Uint8Array>, emit: (event: ServerEvent) => void): Promise<void> {
  const parser = new EventParser(emit);
  const reader = body.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parser.push(decoder.decode(value, { stream: true }));
  }
}
