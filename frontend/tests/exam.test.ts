import { describe, expect, it } from "vitest";
import { Answers, type Pending } from "../src/exam/answers";
import { RefusedError, UnreachableError } from "../src/net/api";

function refused(status: number, code: string): RefusedError {
  return new RefusedError({ status, title: "", detail: code, code }, null);
}

function answersWith(failures: Error[]) {
  let stored: Pending = {};
  const sent: [string, string[]][] = [];
  const told: string[] = [];
  const answers = new Answers({
    load: () => ({ ...stored }),
    save: (pending) => {
      stored = { ...pending };
    },
    put: async (itemId, choices) => {
      const failure = failures.shift();
      if (failure) {
        throw failure;
      }
      sent.push([itemId, choices]);
    },
    tell: (state) => told.push(state),
    pause: async () => undefined,
  });
  return { answers, sent, told, stored: () => stored };
}

describe("answers on their way", () => {
  it("survive a network that is away, each once", async () => {
    const { answers, sent, told, stored } = answersWith([
      new UnreachableError(),
      refused(503, "unavailable"),
    ]);
    await Promise.all([answers.set("1", ["A"]), answers.set("2", ["B", "C"])]);
    expect(sent).toEqual([
      ["1", ["A"]],
      ["2", ["B", "C"]],
    ]);
    expect(told).toEqual(["waiting", "waiting", "waiting", "saved"]);
    expect(stored()).toEqual({});
  });

  it("are kept from the first letter on, and sent when the typing rests", async () => {
    const { answers, sent, stored } = answersWith([]);
    answers.note("1", ["先断"]);
    answers.note("1", ["先断电"]);
    expect([sent, stored(), answers.kept]).toEqual([[], { 1: ["先断电"] }, { 1: ["先断电"] }]);
    await answers.flush();
    expect([sent, stored()]).toEqual([[["1", ["先断电"]]], {}]);
  });

  it("send the newer choice after the older one", async () => {
    const { answers, sent } = answersWith([]);
    await Promise.all([answers.set("1", ["A"]), answers.set("1", ["B"])]);
    expect(sent.at(-1)).toEqual(["1", ["B"]]);
  });

  it("stop when the exam is over, and say so", async () => {
    const { answers, sent, told } = answersWith([refused(409, "exam_over")]);
    await answers.set("1", ["A"]);
    expect(sent).toEqual([]);
    expect(told).toEqual(["refused"]);
  });

  it("wait for an open check behind the others, and go out after it", async () => {
    const busy = () => refused(409, "check_open");
    const { answers, sent, told, stored } = answersWith([busy(), busy()]);
    await Promise.all([answers.set("1", ["A"]), answers.set("2", ["B"])]);
    expect(sent).toEqual([
      ["1", ["A"]],
      ["2", ["B"]],
    ]);
    expect([told.at(-1), stored()]).toEqual(["saved", {}]);
  });

  it("stay on the device when the exam goes on on another one", async () => {
    const { answers, sent, told, stored } = answersWith([refused(409, "other_device")]);
    await answers.set("1", ["A"]);
    expect(sent).toEqual([]);
    expect(told).toEqual(["refused"]);
    expect(stored()).toEqual({ "1": ["A"] });
  });
});
