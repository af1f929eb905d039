/** Many certificates at once: pasted lines or chosen files go as they are, and come back as a table. */

import { readAnswer, sendRaw, sentenceOf } from "../net/api";
import { find } from "../page/find";
import { type Entry, zipped } from "../verify/archive";

interface Row {
  row: number;
  label: string;
  name: string;
  verdict: string;
  title: string;
  sentence: string;
  holder: string;
  course: string;
  issued_on: string;
  expires_on: string;
}

interface Answers {
  rows: Row[];
  counts: { title: string; count: number }[];
  sheet: string;
}

const MOST_FILES = 200;
const MOST_BYTES = 24 * 1024 * 1024;
const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const KINDS: Record<string, string> = {
  valid: "good",
  revoked: "bad",
  altered: "bad",
  suspended: "bad",
};
const HEADINGS = ["证书编号或文件", "结果", "说明", "持证人", "课程", "发证日期", "有效期至"];
const say = find("#batch-say");
const answers = find("#answers");

function made(tag: string, className = "", text = ""): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

function cell(label: string, text: string, inner?: HTMLElement): HTMLElement {
  const one = made("td", text ? "" : "none", inner ? "" : text || "—");
  one.dataset.label = label;
  one.append(...(inner ? [inner] : []));
  return one;
}

function day(label: string, text: string): HTMLElement {
  const one = cell(label, text);
  one.classList.add("whitespace-nowrap");
  return one;
}

function line(row: Row): HTMLElement {
  const head = made("th", "", `${row.row}. `);
  head.setAttribute("scope", "row");
  head.append(made("span", "break-all", row.label || "—"), row.name ? ` ${row.name}` : "");
  const whole = made("tr");
  whole.dataset.verdict = row.verdict;
  whole.append(
    head,
    cell("结果", row.title, made("span", `chip ${KINDS[row.verdict] ?? "wait"}`, row.title)),
    cell("说明", row.sentence),
    cell("持证人", row.holder),
    cell("课程", row.course),
    day("发证日期", row.issued_on),
    day("有效期至", row.expires_on),
  );
  return whole;
}

function table(rows: Row[]): HTMLElement {
  const whole = made("table", "listing card");
  const [head, names, body] = [made("thead"), made("tr"), made("tbody")];
  names.append(
    ...HEADINGS.map((heading) => {
      const one = made("th", "", heading);
      one.setAttribute("scope", "col");
      return one;
    }),
  );
  head.append(names);
  body.append(...rows.map(line));
  whole.append(made("caption", "sr-only", "查验结果"), head, body);
  return whole;
}

function show(found: Answers): void {
  const sum = found.counts.map(({ title, count }) => `${title} ${count}`).join("，");
  const link = made("a", "btn btn-line", "下载结果（Excel）");
  link.setAttribute("download", "查验结果.xlsx");
  link.setAttribute("href", `data:${XLSX};base64,${found.sheet}`);
  const told = made("p", "font-bold", sum);
  told.setAttribute("role", "status");
  const place = made("p");
  place.append(link);
  answers.replaceChildren(told, place, table(found.rows));
  answers.focus();
}

/** What was said of something else must not stand beside what is said now. */
function forget(): void {
  find("#e-lines").textContent = "";
  find("#e-file").textContent = "";
  answers.replaceChildren();
}

async function check(body: Blob, trouble: HTMLElement): Promise<void> {
  forget();
  say.textContent = "正在核对，张数多时要等几秒";
  say.hidden = false;
  try {
    const headers = { "content-type": "application/octet-stream" };
    const options = { headers, timeoutMs: 180_000 };
    const answer = await sendRaw("POST", "/api/v1/verification/batch", body, options);
    show(await readAnswer<Answers>(answer));
  } catch (error) {
    trouble.textContent = sentenceOf(error);
  } finally {
    say.hidden = true;
  }
}

async function entryOf(file: File): Promise<Entry> {
  return { name: file.name, content: new Uint8Array(await file.arrayBuffer()) };
}

async function checkFiles(files: File[]): Promise<void> {
  const trouble = find("#e-file");
  forget();
  if (files.reduce((sum, file) => sum + file.size, 0) > MOST_BYTES) {
    trouble.textContent = "文件合计超过 24 MB。请分成几次选。";
    return;
  }
  if (files.length > MOST_FILES) {
    trouble.textContent = `一次最多查 ${MOST_FILES} 个文件，这次选了 ${files.length} 个，没有查。请先选 ${MOST_FILES} 个查，其余的再查一次。`;
    return;
  }
  const [only, second] = files;
  if (only === undefined) {
    return;
  }
  const body = second ? new Blob([zipped(await Promise.all(files.map(entryOf)))]) : only;
  await check(body, trouble);
}

find<HTMLFormElement>("#batch").addEventListener("submit", (event) => {
  event.preventDefault();
  forget();
  const lines = find<HTMLTextAreaElement>("#f-lines").value.trim();
  if (lines === "") {
    find("#e-lines").textContent = "请先粘贴证书编号和姓名，每行一张。";
    return;
  }
  void check(new Blob([lines]), find("#e-lines"));
});

const field = find<HTMLInputElement>("#files");
field.addEventListener("change", () => {
  const files = [...(field.files ?? [])];
  field.value = "";
  void checkFiles(files);
});
