import { describe, expect, it } from "vitest";
import { newPlace, spelled } from "../src/org/new_places";

const known = { items: [{ name: "焊工" }, { name: "焊工班长" }], total: 2 };

describe("a place that nobody has yet", () => {
  it("is told before it is made", () => {
    expect(newPlace("焊公", "岗位", known)).toContain("会新建");
    expect(newPlace("焊工", "岗位", known)).toBe("");
    expect(newPlace("", "岗位", known)).toBe("");
  });

  it("is a unit with all that is above it", () => {
    const units = { items: [{ name: "班组", words: "公司/班组" }], total: 1 };
    expect(newPlace("公司/班组", "部门", units)).toBe("");
    expect(newPlace("班组", "部门", units)).toContain("会新建");
  });

  it("is not claimed where some of what is there was not seen", () => {
    expect(newPlace("焊公", "岗位", { ...known, total: 40 })).toBe("");
  });

  it("is spelt as the server does", () => {
    expect(spelled(" 公司 ／ 车间  一/", true)).toBe("公司/车间 一");
    expect(spelled(" 焊  工 ", false)).toBe("焊 工");
  });
});
