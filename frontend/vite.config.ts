import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import cascadeLayers from "@csstools/postcss-cascade-layers";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig, type Plugin } from "vite";

// Every file in src/entries is a page's island; the server finds its built name in the manifest.
const entries = readdirSync(new URL("src/entries", import.meta.url))
  .filter((name) => name.endsWith(".ts"))
  .map((name) => `src/entries/${name}`);
// Put into a page by the server, not linked.
entries.push("src/styles/first.css");

const LEAST_BYTES = 1024;

/** Packs each file once and well, so that the server need not at every answer. */
const packedTwins: Plugin = {
  name: "packed-twins",
  apply: "build",
  writeBundle({ dir }, bundle) {
    for (const [name, made] of Object.entries(bundle)) {
      const content = Buffer.from(made.type === "chunk" ? made.code : made.source);
      if (dir && /\.(?:js|css|wasm)$/.test(name) && content.length >= LEAST_BYTES) {
        writeFileSync(join(dir, `${name}.br`), brotliCompressSync(content));
        writeFileSync(join(dir, `${name}.gz`), gzipSync(content, { level: 9 }));
      }
    }
  },
};

export default defineConfig({
  base: "/static/",
  plugins: [tailwindcss(), packedTwins],
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
