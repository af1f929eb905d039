import { describe, expect, it } from "vitest";
import { type Boot, Scorm } from "../src/package/scorm";
import { isWithin, valuesOf } from "../src/study/told";

const BOOT: Boot = {
  standard: "scorm_12",
  part: 0,
  values: {},
  to: "https://a.example",
  launch_data: "go=1",
  mastery: "80",
  learner: "n-1",
};

function made(boot: Partial<Boot> = {}): [Scorm, Record<string, string>[]] {
  const sent: Record<string, string>[] = [];
  return [new Scorm({ ...BOOT, ...boot }, (values) => sent.push(values)), sent];
}

describe("SCORM 1.2", () => {
  it("answers nothing before it is initialized, and says why", () => {
    const [scorm] = made();
    expect([scorm.getValue("cmi.core.student_id"), scorm.lastError()]).toEqual(["", "301"]);
    expect([scorm.setValue("cmi.suspend_data", "x"), scorm.lastError()]).toEqual(["false", "301"]);
    expect([scorm.initialize("x"), scorm.lastError()]).toEqual(["false", "201"]);
  });

  it("keeps what is written and sends it when it is committed, once", () => {
    const [scorm, sent] = made();
    expect(scorm.initialize("")).toBe("true");
    expect(scorm.getValue("cmi.core.lesson_status")).toBe("not attempted");
    expect(scorm.setValue("cmi.core.lesson_status", "incomplete")).toBe("true");
    expect(scorm.setValue("cmi.suspend_data", "a")).toBe("true");
    expect(scorm.getValue("cmi.suspend_data")).toBe("a");
    expect(sent).toEqual([]);
    expect(scorm.commit()).toBe("true");
    expect(scorm.commit()).toBe("true");
    expect(sent).toEqual([{ "cmi.core.lesson_status": "incomplete", "cmi.suspend_data": "a" }]);
    scorm.setValue("cmi.core.exit", "suspend");
    expect(scorm.finish()).toBe("true");
    expect(sent[1]).toEqual({ "cmi.core.exit": "suspend" });
    expect([scorm.commit(), scorm.lastError()]).toEqual(["false", "301"]);
  });

  it.each([
    ["cmi.core.student_name", "x", "403"],
    ["cmi.core._children", "x", "402"],
    ["cmi.nothing", "x", "401"],
    ["cmi.core.lesson_status", "done", "405"],
    ["cmi.core.score.raw", "much", "405"],
    ["cmi.interactions.1.id", "x", "101"],
    ["cmi.core.lesson_location", "x".repeat(4097), "405"],
  ])("refuses %s", (element, value, code) => {
    const [scorm, sent] = made();
    scorm.initialize("");
    expect([scorm.setValue(element, value), scorm.lastError()]).toEqual(["false", code]);
    scorm.finish();
    expect(sent).toEqual([]);
  });

  it("counts lists, hides what is write-only, and tells no name", () => {
    const [scorm] = made({ values: { "cmi.interactions.0.id": "q" } });
    scorm.initialize("");
    expect(scorm.getValue("cmi.interactions._count")).toBe("1");
    expect(scorm.setValue("cmi.interactions.1.id", "r")).toBe("true");
    expect(scorm.getValue("cmi.interactions._count")).toBe("2");
    expect([scorm.getValue("cmi.interactions.0.id"), scorm.lastError()]).toEqual(["", "404"]);
    expect(scorm.getValue("cmi.core.student_name")).toBe("学员");
    expect(scorm.getValue("cmi.core.entry")).toBe("resume");
    expect(scorm.getValue("cmi.launch_data")).toBe("go=1");
  });
});

describe("SCORM 2004", () => {
  it("keeps to its own states and codes", () => {
    const [scorm, sent] = made({ standard: "scorm_2004" });
    expect([scorm.getValue("cmi.location"), scorm.lastError()]).toEqual(["", "122"]);
    scorm.initialize("");
    expect(scorm.getValue("cmi.score._children")).toBe("scaled,raw,min,max");
    expect([scorm.initialize(""), scorm.lastError()]).toEqual(["false", "103"]);
    expect([scorm.getValue("cmi.location"), scorm.lastError()]).toEqual(["", "403"]);
    expect(scorm.getValue("cmi.completion_status")).toBe("unknown");
    expect([scorm.setValue("cmi.score.scaled", "1.5"), scorm.lastError()]).toEqual([
      "false",
      "407",
    ]);
    expect(scorm.setValue("cmi.score.scaled", "0.5")).toBe("true");
    expect(scorm.setValue("adl.nav.request", "continue")).toBe("true");
    scorm.finish();
    expect([scorm.finish(), scorm.lastError()]).toEqual(["false", "113"]);
    expect([scorm.initialize(""), scorm.lastError()]).toEqual(["false", "104"]);
    expect(sent).toEqual([{ "cmi.score.scaled": "0.5" }]);
  });
});

describe("what a package asks to come next", () => {
  it("is heard, and nothing that is kept", () => {
    const alls: Record<string, string>[] = [];
    const boot = { ...BOOT, standard: "scorm_2004" };
    const scorm = new Scorm(boot, (_, all) => alls.push(all));
    scorm.initialize("");
    expect(scorm.getValue("adl.nav.request")).toBe("_none_");
    expect(scorm.getValue("adl.nav.request_valid.continue")).toBe("unknown");
    expect(scorm.setValue("adl.nav.request_valid.continue", "true")).toBe("false");
    expect([scorm.setValue("adl.nav.request", "home"), scorm.lastError()]).toEqual([
      "false",
      "406",
    ]);
    for (const request of ["suspendAll", "{target=unit-2}choice", "exitAll"]) {
      expect(scorm.setValue("adl.nav.request", request)).toBe("true");
      expect(scorm.getValue("adl.nav.request")).toBe(request);
    }
    scorm.setValue("cmi.location", "7");
    scorm.finish();
    expect(alls).toEqual([{ "cmi.location": "7" }]);
  });

  it("is unknown to SCORM 1.2", () => {
    const [scorm] = made();
    scorm.initialize("");
    expect([scorm.setValue("adl.nav.request", "exit"), scorm.lastError()]).toEqual([
      "false",
      "401",
    ]);
  });
});

describe("messages of a package", () => {
  it("are values of the open part, and nothing else", () => {
    const good = { shixue: "package", part: 1, values: { "cmi.location": "3" } };
    expect(valuesOf(good, 1)).toEqual({ "cmi.location": "3" });
    for (const bad of [
      null,
      "x",
      { ...good, part: 2 },
      { ...good, shixue: "x" },
      { ...good, values: null },
      { ...good, values: {} },
      { ...good, values: { a: 1 } },
      { ...good, values: { a: "x".repeat(64_001) } },
    ]) {
      expect(valuesOf(bad, 1)).toBeNull();
    }
  });

  it("come from its frame or one inside it", () => {
    const top = {} as { parent: unknown };
    top.parent = top;
    const frame = { parent: top };
    const inner = { parent: frame };
    const other = { parent: top };
    const window = (made: unknown) => made as Window;
    expect(isWithin(window(frame), window(frame))).toBe(true);
    expect(isWithin(window(inner), window(frame))).toBe(true);
    expect(isWithin(window(other), window(frame))).toBe(false);
    expect(isWithin(window(top), window(frame))).toBe(false);
    expect(isWithin(null, window(frame))).toBe(false);
    expect(isWithin(window(frame), null)).toBe(false);
  });
});
