import { resolve } from "node:path";
import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  base: "/",
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    rollupOptions: {
      input: {
        portal: resolve(import.meta.dirname, "index.html"),
        share: resolve(import.meta.dirname, "s/index.html"),
      },
    },
  },
});
