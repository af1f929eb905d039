import { describe, expect, it } from "vitest";
import { differs, isChanged, isLong, noteSending, noteSent } from "../src/forms/unsaved";

type Control = Parameters<typeof differs>[0];

const input = (members: object): Control =>
  ({ tagName: "INPUT", type: "text", ...members }) as unknown as Control;
const form = (controls: Control[], hasText = false): HTMLFormElement =>
  ({
    querySelectorAll: () => controls,
    querySelector: () => (hasText ? {} : null),
  }) as unknown as HTMLFormElement;

describe("what was written and not sent", () => {
  it("is what the page did not come with", () => {
    expect(differs(input({ value: "断电", defaultValue: "" }))).toBe(true);
    expect(differs(input({ value: "断电", defaultValue: "断电" }))).toBe(false);
    expect(differs(input({ type: "hidden", value: "1", defaultValue: "" }))).toBe(false);
    expect(differs(input({ type: "radio", checked: true, defaultChecked: false }))).toBe(true);
  });

  it("is a choice too, but not the first one that a list opens with", () => {
    const options = [{ defaultSelected: false }, { defaultSelected: false }];
    expect(differs(input({ tagName: "SELECT", options, selectedIndex: 0 }))).toBe(false);
    expect(differs(input({ tagName: "SELECT", options, selectedIndex: 1 }))).toBe(true);
  });

  it("is nothing any more once it has arrived", () => {
    const written = form([input({ value: "断电", defaultValue: "" })]);
    expect(isChanged(written)).toBe(true);
    noteSent(written);
    expect(isChanged(written)).toBe(false);
  });

  it("is the old text again, put back after another was sent", () => {
    const text = input({ value: "断电", defaultValue: "" });
    const options = [{ defaultSelected: true }, { defaultSelected: false }];
    const list = input({ tagName: "SELECT", options, selectedIndex: 1 });
    const tick = input({ type: "checkbox", checked: true, defaultChecked: false });
    noteSent(form([text, list, tick]));
    expect([text, list, tick].some(differs)).toBe(false);
    Object.assign(text, { value: "" });
    Object.assign(list, { selectedIndex: 0 });
    Object.assign(tick, { checked: false });
    expect([text, list, tick].every(differs)).toBe(true);
  });

  it("is also what was typed while it was on its way", () => {
    const text = input({ value: "断电", defaultValue: "" });
    const hasArrived = noteSending(form([text]));
    Object.assign(text, { value: "断电、验电" });
    hasArrived();
    expect(differs(text)).toBe(true);
  });
});

describe("a form that is work", () => {
  it("has a text or four fields", () => {
    const field = input({ value: "", defaultValue: "" });
    expect(isLong(form([field]))).toBe(false);
    expect(isLong(form([field], true))).toBe(true);
    expect(isLong(form([field, field, field, field]))).toBe(true);
    expect(isLong(form([field, input({ type: "hidden" }), field, field]))).toBe(false);
  });
});
