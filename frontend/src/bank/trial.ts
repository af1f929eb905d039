/** What a trial of a file of questions found, in words and rows. */

export interface Flaw {
  row: number;
  column: string;
  cause: string;
  fix: string;
}

export interface Trial {
  total: number;
  added: number;
  changed: number;
  unchanged: number;
  flaws: Flaw[];
  is_done: boolean;
}

export function titleOf(trial: Trial): string {
  const count = trial.flaws.filter((flaw) => flaw.row > 0).length;
  if (trial.is_done) {
    return "已经导入";
  }
  return count > 0 ? `有 ${count} 处要改` : "没有问题，可以导入";
}

export function summaryOf(trial: Trial): string {
  const verb = trial.is_done ? "" : "会";
  return `${verb}新增 ${trial.added} 题，${verb}更新 ${trial.changed} 题，${trial.unchanged} 题没有变化。`;
}

function cell(label: string, text: string): HTMLTableCellElement {
  const made = document.createElement("td");
  made.dataset.label = label;
  made.textContent = text;
  return made;
}

export function flawRows(trial: Trial): HTMLTableRowElement[] {
  return trial.flaws.map((flaw) => {
    const row = document.createElement("tr");
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = flaw.row > 0 ? `第 ${flaw.row} 行` : "说明";
    row.append(head, cell("列", flaw.column), cell("问题", flaw.cause), cell("怎么改", flaw.fix));
    return row;
  });
}
