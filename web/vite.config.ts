import { resolve } from "node:path";
import { defineConfig } from "vite";

const source = (...path: string[]): string => resolve(import.meta.dirname, ...path);

export default defineConfig({
  root: import.meta.dirname,
  base: "/",
  // The DICOM reader is written for Node; of its modules it uses this one.
  resolve: { alias: { "node:zlib": source("src/upload/node-zlib.ts") } },
  worker: { format: "es" },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    // What is inlined is refused by the pages' own policy.
    assetsInlineLimit: 0,
    rollupOptions: {
      input: { app: source("index.html"), share: source("s/index.html") },
    },
  },
});
