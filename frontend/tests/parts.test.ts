import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PartsClock } from "../src/study/parts";

describe("the clock of parts", () => {
  let now = 0;

  beforeEach(() => {
    now = 1_000_000;
    vi.spyOn(performance, "now").mockImplementation(() => now);
  });
  afterEach(() => vi.restoreAllMocks());

  it("begins where it was left, and goes no further than the part", () => {
    const clock = new PartsClock([10_000, 20_000], 4_000);
    expect([clock.part, clock.positionMs, clock.isRunning]).toEqual([0, 4_000, false]);
    now += 3_000;
    expect(clock.positionMs).toBe(4_000);
    clock.start();
    now += 3_000;
    expect([clock.positionMs, clock.isRunning, clock.isFull]).toEqual([7_000, true, false]);
    now += 30_000;
    expect([clock.positionMs, clock.isRunning, clock.isFull]).toEqual([10_000, false, true]);
    expect(clock.isLast).toBe(false);
  });

  it("stands still when stopped and counts nothing of the pause", () => {
    const clock = new PartsClock([10_000], 0);
    clock.start();
    now += 2_500;
    clock.stop();
    now += 60_000;
    expect(clock.positionMs).toBe(2_500);
    clock.start();
    now += 500;
    expect(clock.positionMs).toBe(3_000);
  });

  it("goes on where it is put if it runs, and only stands there if not", () => {
    const clock = new PartsClock([10_000, 20_000, 5_000], 0);
    clock.moveTo(clock.startOf(1));
    now += 1_000;
    expect([clock.part, clock.positionMs]).toEqual([1, 10_000]);
    clock.start();
    now += 1_000;
    clock.moveTo(31_000);
    now += 1_000;
    expect([clock.part, clock.positionMs, clock.isLast]).toEqual([2, 32_000, true]);
    now += 60_000;
    expect(clock.positionMs).toBe(35_000);
  });
});
