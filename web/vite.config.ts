import preact from "@preact/preset-vite";
import { defineConfig } from "vitest/config";

// The station serves what is built here; `npx vite` beside a running station passes the API on.
export default defineConfig({
  plugins: [preact()],
  base: "./",
  build: {
    outDir: "../src/skelp/api/static",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    license: { fileName: "licences.md" },
    rollupOptions: { input: ["index.html", "plant.html"] }, // a station's console, and that of a plant
  },
  server: { proxy: { "/api": { target: "http://127.0.0.1:8000", ws: true } }, fs: { allow: [".."] } }, // words of src/skelp/render
  test: { include: ["test/**/*.test.ts"], globalSetup: "test/python.mjs" },
});
