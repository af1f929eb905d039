/** Draws a verdict that the page found by itself. */

const LOOKS: Record<string, [string, string]> = {
  valid: ["good", "证书有效"],
  proof_of_hours: ["good", "学时证明未被改动"],
  class_archive: ["good", "班级档案未被改动"],
  expired: ["wait", "已过有效期"],
  revoked: ["bad", "已撤销"],
  offline_ended: ["bad", "已作废"],
  suspended: ["bad", "已暂停"],
  superseded: ["wait", "已换发"],
  altered: ["bad", "内容被改过"],
  incomplete: ["wait", "码没有读全"],
  unknown: ["unknown", "查不到"],
  unsure: ["unknown", "还不能判断"],
  offline: ["wait", "签名正确，状态未知"],
  offline_current: ["wait", "签名正确，没有撤销"],
};

function element(tag: string, className: string, text = ""): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

export function showVerdict(
  target: HTMLElement,
  verdict: string,
  sentence: string,
  rows: [string, string][] = [],
): void {
  const [kind, title] = LOOKS[verdict] ?? ["unknown", verdict];
  const section = element("section", `verdict ${kind}${rows.length > 0 ? " full" : ""}`);
  section.dataset.verdict = verdict;
  section.append(element("h1", "", title), element("p", "", sentence));
  if (rows.length > 0) {
    const list = element("dl", "compare");
    for (const [name, value] of rows) {
      const row = element("div", "");
      row.append(element("dt", "", name), element("dd", "", value));
      list.append(row);
    }
    const sheet = element("div", "sheet-card");
    sheet.append(element("h2", "", "请与纸面逐项核对"), list);
    section.append(sheet);
  }
  target.replaceChildren(section);
}
