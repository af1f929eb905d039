/** Importing a roster: the chosen file goes up as it is; what is under way is looked at again. */

import { sizeTrouble } from "../forms/sizes";
import { call, readAnswer, sendRaw, sentenceOf } from "../net/api";
import { find } from "../page/find";

interface Standing {
  import_id: string;
  state: string;
  is_under_way: boolean;
  lines_done: number;
  percent: number | null;
}

const AGAIN_MS = 1500;
const MOST_MS = 300_000;

async function send(file: File, field: HTMLInputElement): Promise<void> {
  const [say, trouble] = [find("#roster-say"), find("#e-file")];
  trouble.textContent = "";
  say.textContent = "正在上传和检查，行数多时要等一会儿";
  say.hidden = false;
  field.disabled = true;
  try {
    const address = `/api/v1/org/imports?name=${encodeURIComponent(file.name.slice(-200))}`;
    const headers = { "content-type": "application/octet-stream" };
    const answer = await sendRaw("POST", address, file, { headers, timeoutMs: MOST_MS });
    const { import_id } = await readAnswer<Standing>(answer);
    location.assign(`/employer/imports/${import_id}`);
  } catch (error) {
    trouble.textContent = sentenceOf(error);
    say.hidden = true;
    field.disabled = false;
  }
}

async function look(under: HTMLElement): Promise<void> {
  const { address = "", state = "" } = under.dataset;
  try {
    const now = await call<Standing>("GET", address);
    if (now.state !== state) {
      location.reload();
      return;
    }
    find("#lines-done").textContent = now.lines_done.toLocaleString("zh-CN");
    if (now.percent !== null) {
      find<HTMLProgressElement>("#progress").value = now.percent;
    }
  } catch {
    // The worker goes on whether or not this page hears of it: it asks again.
  }
  setTimeout(() => void look(under), AGAIN_MS);
}

const field = document.querySelector<HTMLInputElement>("#roster-file");
field?.addEventListener("change", () => {
  const [file] = field.files ?? [];
  // Chosen again after it was mended, it has the same name: without this nothing would change.
  field.value = "";
  if (!file) {
    return;
  }
  const trouble = sizeTrouble(file, field.dataset.most);
  find("#e-file").textContent = trouble;
  if (!trouble) {
    void send(file, field);
  }
});

const under = document.querySelector<HTMLElement>("#under-way");
if (under) {
  setTimeout(() => void look(under), AGAIN_MS);
}
