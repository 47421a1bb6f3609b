import { defineConfig } from "@playwright/test";

// Debian's Chromium draws WebGL in software here (SwiftShader), as on a machine without a graphics unit.
export default defineConfig({
  testDir: ".",
  outputDir: "../test-results",
  snapshotPathTemplate: "{testDir}/approved/{arg}{ext}",
  timeout: 120_000, // machines of tests are shared
  expect: { timeout: 30_000 },
  workers: 1,
  fullyParallel: false,
  reporter: [["list"]],
  use: {
    actionTimeout: 30_000,
    viewport: { width: 1360, height: 840 },
    locale: "en-US",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"],
    },
  },
});
