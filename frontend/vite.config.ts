import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import cascadeLayers from "@csstools/postcss-cascade-layers";
import tailwindcss from "@tailwindcss/vite";
import { build, defineConfig, type Plugin } from "vite";

// Every file in src/entries is a page's island; the server finds its built name in the manifest.
const entries = readdirSync(new URL("src/entries", import.meta.url))
  .filter((name) => name.endsWith(".ts"))
  .map((name) => `src/entries/${name}`);
// Put into a page by the server, not linked.
entries.push("src/styles/first.css");

/** The oldest browsers that are served. */
const TARGET = "chrome87";
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

/** Scripts that the server puts into a page: each in one piece, as such a page waits for no other. */
const inlineScripts: Plugin = {
  name: "inline-scripts",
  apply: "build",
  async closeBundle() {
    for (const file of readdirSync(new URL("src/inline", import.meta.url))) {
      await build({
        configFile: false,
        logLevel: "warn",
        build: {
          outDir: "dist",
          emptyOutDir: false,
          copyPublicDir: false,
          target: TARGET,
          modulePreload: false,
          rollupOptions: {
            input: `src/inline/${file}`,
            output: { format: "iife", entryFileNames: "inline/[name].js", codeSplitting: false },
          },
        },
      });
    }
  },
};

/** Of the reset, rules for fields and pickers that no verdict has: what is drawn first has to be short. */
const NOT_DRAWN =
  /::-webkit-(?:calendar|date|inner|search|file)|file-selector|optgroup|textarea|progress|:-moz/;
interface Sheet {
  source?: { input: { file?: string } };
  walkRules(which: RegExp, each: (rule: { selectors: string[]; remove(): unknown }) => void): void;
}
const shortFirstSheet = {
  postcssPlugin: "short-first-sheet",
  Once(root: Sheet): void {
    if (root.source?.input.file?.endsWith("/first.css")) {
      root.walkRules(NOT_DRAWN, (rule) => {
        rule.selectors = rule.selectors.filter((selector) => !NOT_DRAWN.test(selector));
        if (rule.selectors.every((selector) => selector === "")) {
          rule.remove();
        }
      });
    }
  },
};

export default defineConfig({
  base: "/static/",
  plugins: [tailwindcss(), packedTwins, inlineScripts],
  // Old WebViews know no cascade layers: without this they show a page without style.
  css: { postcss: { plugins: [shortFirstSheet, cascadeLayers()] } },
  build: {
    manifest: true,
    outDir: "dist",
    emptyOutDir: true,
    target: TARGET,
    cssTarget: TARGET,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
    rollupOptions: { input: entries },
  },
});
