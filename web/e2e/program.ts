// Starts the server that the tests talk to: the program where it is built (CELLOQUY_BIN, build/release, build/dev), else the mock.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const web = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");

export interface Running {
  /** Opens the page with the right to use it. */
  address: string;
  base: string;
  study: string;
  real: boolean;
  stop(): void;
}

function program(): string | null {
  const places = process.env.CELLOQUY_BIN ? [process.env.CELLOQUY_BIN] : ["release", "dev"].map((preset) => join(web, "..", "build", preset, "celloquy"));
  return places.find((place) => existsSync(place) && spawnSync(place, ["serve", "--help"]).status === 0) ?? null;
}

function printed(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((done, failed) => {
    let text = "";
    const listen = (piece: Buffer): void => {
      text += piece.toString();
      const match = pattern.exec(text);
      if (match) done(match[0]);
    };
    child.stdout!.on("data", listen);
    child.stderr!.on("data", listen);
    child.on("exit", (code) => failed(new Error(`the server ended with ${code}: ${text}`)));
  });
}

export async function startMock(cells: number): Promise<Running> {
  const port = 20000 + (process.pid % 20000) + (cells % 7);
  const child = spawn("node", [join(web, "mock/serve.mjs"), String(port)], { env: { ...process.env, MOCK_CELLS: String(cells) } });
  const base = await printed(child, /http:\/\/127[^\s]*/).then((text) => text.replace(/\/$/, ""));
  return { address: `${base}/`, base, study: "mock", real: false, stop: () => child.kill() };
}

export async function start(): Promise<Running> {
  const binary = program();
  if (!binary || process.env.CELLOQUY_E2E === "mock") return startMock(12_000);
  const workspace = mkdtempSync(join(tmpdir(), "celloquy-e2e-"));
  const child = spawn(binary, ["serve", "demo", "--port", "0", "--workspace", workspace, "--web", join(web, "dist")]);
  const address = await printed(child, /http:\/\/127[^\s]*secret=\S+/);
  return {
    address, base: new URL(address).origin, study: "demo", real: true,
    stop: () => {
      child.kill();
      rmSync(workspace, { recursive: true, force: true });
    },
  };
}

/** A Python that has anndata: the one named, or the environments of scripts/peers-venv. */
export function anndataPython(): string | null {
  const cache = process.env.CELLOQUY_ASSETS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "celloquy/assets");
  const places = [process.env.CELLOQUY_ANNDATA_PYTHON, ...["anndata-venv", "venv"].map((name) => join(cache, "peers", name, "bin/python"))];
  return places.find((place) => place && spawnSync(place, ["-c", "import anndata"]).status === 0) ?? null;
}
