import { readdirSync } from "node:fs";
import cascadeLayers from "@csstools/postcss-cascade-layers";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vite";

// Every file in src/entries is a page's island; the server finds its built name in the manifest.
const entries = readdirSync(new URL("src/entries", import.meta.url))
  .filter((name) => name.endsWith(".ts"))
  .map((name) => `src/entries/${name}`);

export default defineConfig({
  base: "/static/",
  plugins: [tailwindcss()],
  // Old WebViews know no cascade layers: without this they show a page without style.
  css: { postcss: { plugins: [cascadeLayers()] } },
  build: {
    manifest: true,
    outDir: "dist",
    emptyOutDir: true,
    target: "chrome87",
    cssTarget: "chrome87",
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
    rollupOptions: { input: entries },
  },
});
