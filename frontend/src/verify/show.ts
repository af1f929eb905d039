/** Draws a verdict that the page found by itself. */

import { moment } from "./moment";

/** Colour, picture (templates/public/_drawn.html) and word. */
const LOOKS: Record<string, [kind: string, picture: string, title: string]> = {
  valid: ["good", "check", "证书有效"],
  proof_of_hours: ["good", "check", "学时证明未被改动"],
  class_archive: ["good", "check", "班级档案未被改动"],
  expired: ["wait", "clock", "已过有效期"],
  revoked: ["bad", "cross", "已撤销"],
  offline_ended: ["bad", "cross", "已作废"],
  suspended: ["bad", "pause", "已暂停"],
  superseded: ["wait", "file", "已换发"],
  altered: ["bad", "warn", "内容被改过"],
  log_contradicts: ["bad", "warn", "与公开日志不符"],
  log_missing: ["wait", "warn", "没有公开日志的证明"],
  nobody: ["wait", "warn", "没有写持证人"],
  log_ahead: ["wait", "warn", "公开日志待核实"],
  key_period: ["bad", "warn", "签名时间不对"],
  no_code: ["bad", "scan", "不是证书上的码"],
  incomplete: ["wait", "scan", "码没有读全"],
  damaged: ["wait", "file", "文件不完整"],
  unknown: ["unknown", "search", "查不到"],
  unsure: ["unknown", "note", "还不能判断"],
  unasked: ["wait", "offline", "签名正确，状态没有查到"],
  offline: ["wait", "offline", "签名正确，状态未知"],
  offline_clock: ["wait", "clock", "签名正确，设备时间不对"],
  offline_current: ["wait", "offline", "签名正确，没有撤销"],
};

/** What stands above the facts: a comparison is worth asking for only where the paper may count. */
const ROWS_TITLES: Record<string, string> = {
  revoked: "被撤销的证书原来写的内容",
  offline_ended: "作废的证书原来写的内容",
  suspended: "暂停使用的证书原来写的内容",
  superseded: "换发以前的证书写的内容",
  nobody: "文件里写的内容，没有写是谁",
  log_contradicts: "文件里写的内容，只供对照",
};
const COMPARE = "请与纸面逐项核对";

function element(tag: string, className: string, text = ""): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function picture(name: string): Node[] {
  const drawn = document.querySelector<HTMLTemplateElement>("#drawn");
  const found = drawn?.content.querySelector(`[data-icon="${name}"] > svg`);
  return found ? [found.cloneNode(true)] : [];
}

/** A certificate's number by its parts: a line ends between two of them, as on the server's pages. */
function factOf(label: string, value: string): HTMLElement {
  if (label !== "证书编号") {
    return element("dd", "", value);
  }
  const parts = [value.slice(0, 4), value.slice(4, 10), value.slice(10, 14), value.slice(14)];
  const made = element("dd", "");
  made.append(...parts.map((part) => element("span", "group", part)));
  return made;
}

/** `checkedAt` by whoever checked: the server, or this device. */
export function showVerdict(
  target: HTMLElement,
  verdict: string,
  sentence: string,
  rows: [string, string][] = [],
  checkedAt: Date = new Date(),
): void {
  const [kind, name, title] = LOOKS[verdict] ?? ["unknown", "note", verdict];
  const section = element("section", `verdict ${kind}${rows.length > 0 ? " full" : ""}`);
  section.dataset.verdict = verdict;
  const heading = element("h1", "");
  const half = title.indexOf("，") + 1;
  const halves = [title.slice(0, half), title.slice(half)].filter((part) => part !== "");
  heading.append(...halves.map((part) => element("span", "group", part)));
  section.append(...picture(name), heading, element("p", "", sentence));
  section.append(element("p", "small", `查验时间 ${moment(checkedAt)}`));
  if (rows.length > 0) {
    const list = element("dl", "compare");
    for (const [label, value] of rows) {
      const row = element("div", "");
      row.append(element("dt", "", label), factOf(label, value));
      list.append(row);
    }
    const sheet = element("div", "sheet-card");
    sheet.append(element("h2", "", ROWS_TITLES[verdict] ?? COMPARE), list);
    section.append(sheet);
  }
  target.replaceChildren(section);
}
