// One request: address, language, session, errors as sentences. Knows no study and no state.
import { readEvents, type ServerEvent } from "./sse";
import type { ApiErrorBody, Language } from "./types";

export class ApiError extends Error {
  constructor(readonly status: number, readonly code: string, message: string, readonly remedy: string) {
    super(message);
  }
}

export interface Address {
  language: Language;
  session: string;
}

let address: Address = { language: "en", session: "default" };
export const setAddress = (next: Partial<Address>): void => {
  address = { ...address, ...next };
};
export const session = (): string => address.session;

/** Distinguishes this page from other clients of the same session in the stream of events. */
export const client = `page-${Math.random().toString(36).slice(2, 10)}`;

export type Query = Record<string, string | number | undefined>;

export function url(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value));
  parameters.set("lang", address.language);
  if (address.session !== "default") parameters.set("session", address.session);
  return `/api/v1${path}?${parameters}`;
}

async function failure(response: Response): Promise<ApiError> {
  let body: ApiErrorBody | undefined;
  try {
    body = ((await response.json()) as { error?: ApiErrorBody }).error;
  } catch {
    // Not JSON: a proxy answered, not the program.
  }
  return new ApiError(response.status, body?.code ?? "internal", body?.message ?? `${response.status} ${response.statusText}`, body?.remedy ?? "");
}

async function send(path: string, query: Query, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url(path, query), init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError(0, "unreachable", "", "");
  }
  if (!response.ok) throw await failure(response);
  return response;
}

export async function getJson<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return (await (await send(path, query, signal ? { signal } : {})).json()) as T;
}

export async function getBytes(path: string, query: Query = {}, signal?: AbortSignal): Promise<{ buffer: ArrayBuffer; headers: Headers }> {
  const response = await send(path, query, signal ? { signal } : {});
  return { buffer: await response.arrayBuffer(), headers: response.headers };
}

export async function sendJson<T>(method: "POST" | "PUT" | "DELETE", path: string, body: unknown, query: Query = {}): Promise<T> {
  const init: RequestInit = { method, headers: { "Content-Type": "application/json" } };
  if (body !== undefined) init.body = JSON.stringify(body);
  const response = await send(path, query, init);
  return (response.status === 204 || response.status === 202 ? undefined : await response.json()) as T;
}

export async function putBytes<T>(path: string, body: Uint8Array, query: Query = {}): Promise<T> {
  const response = await send(path, query, {
    method: "PUT", headers: { "Content-Type": "application/octet-stream" }, body: body as Uint8Array<ArrayBuffer>,
  });
  return (await response.json()) as T;
}

/** A POST that is answered by a stream of events; resolves when the stream ends. */
export async function postForEvents(path: string, body: unknown, emit: (event: ServerEvent) => void, signal?: AbortSignal): Promise<void> {
  const response = await send(path, {}, {
    method: "POST", headers: { "Content-Type": "application/json", Accept: "text/event-stream" }, body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });
  if (!response.body) throw new ApiError(response.status, "internal", "", "");
  await readEvents(response.body, emit);
}

/** Uploads a file as it is; `moved` is told the bytes sent. fetch() reports no progress of a body, so this is an XMLHttpRequest. */
export function upload(file: File, moved: (bytes: number) => void, signal: AbortSignal): Promise<{ id: string; url: string }> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url("/studies", { name: file.name }));
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.responseType = "json";
    request.upload.onprogress = (event) => moved(event.loaded);
    request.onload = () => {
      if (request.status === 201) return resolve(request.response as { id: string; url: string });
      const body = (request.response as { error?: ApiErrorBody } | null)?.error;
      reject(new ApiError(request.status, body?.code ?? "internal", body?.message ?? request.statusText, body?.remedy ?? ""));
    };
    request.onerror = () => reject(new ApiError(0, "unreachable", "", ""));
    request.onabort = () => reject(new DOMException("aborted", "AbortError"));
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}
