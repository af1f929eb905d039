import { defineConfig } from "vitest/config";

// A file of its own: the build for running has no vitest.
export default defineConfig({
  // A machine may stand still for minutes; no test here is about how long something takes.
  test: { environment: "node", include: ["tests/**/*.test.ts"], testTimeout: 60_000 },
});
