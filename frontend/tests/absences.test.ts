import { expect, test } from "vitest";
import { Absences, type Away } from "../src/exam/absences";

function shelf() {
  let kept = JSON.stringify({ count: 0, waiting: [] });
  return {
    load: () => JSON.parse(kept) as { count: number; waiting: Away[] },
    save: (next: unknown) => {
      kept = JSON.stringify(next);
    },
  };
}

test("a moment is none, and out of sight counts for more than another window", () => {
  let now = 0;
  const absences = new Absences(shelf(), () => now);
  absences.leave("blur");
  now = 900;
  expect(absences.back()).toBe(false);
  absences.leave("blur");
  absences.leave("hidden");
  now = 5_900;
  expect(absences.back()).toBe(true);
  expect(absences.waiting).toEqual([{ n: 1, kind: "hidden", ms: 5_000 }]);
  expect(absences.back()).toBe(false);
});

test("what was not acknowledged survives a reload and keeps its number", () => {
  let now = 0;
  const place = shelf();
  const before = new Absences(place, () => now);
  before.leave("blur");
  now = 2_000;
  before.back();
  const after = new Absences(place, () => now);
  const sent = after.waiting;
  after.leave("blur");
  now = 4_000;
  after.back();
  after.noted(sent);
  expect(after.waiting).toEqual([{ n: 2, kind: "blur", ms: 2_000 }]);
});
