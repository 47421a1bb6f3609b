import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The program serves web/dist from its root; in development the API is that of a running `celloquy serve` or of mock/serve.mjs.
const server = process.env.CELLOQUY_SERVER ?? "http://127.0.0.1:8499";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    assetsInlineLimit: 0, // a data: address would need a wider content security policy
    chunkSizeWarningLimit: 1100, // Vega, which is loaded with the first figure
    rollupOptions: { output: { manualChunks: { vega: ["vega", "vega-lite", "vega-embed", "vega-interpreter"] } } },
  },
  server: { proxy: { "/api": { target: server, changeOrigin: true } } },
});
