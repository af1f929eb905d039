import { defineConfig } from "vitest/config";

// A file of its own: the build for running has no vitest.
export default defineConfig({
  test: { environment: "node", include: ["tests/**/*.test.ts"] },
});
