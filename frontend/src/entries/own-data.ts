/** Taking along one's data: a code, who one is, then the file; and courses' bundles. */

import { offerCode } from "../account/codes";
import { type Change, offerProving, show, showSettled } from "../account/proving";
import { readAnswer, sendRaw, sentenceOf } from "../net/api";
import { find } from "../page/find";

const PATIENCE_MS = 120_000;

/** Hand a file to the browser's own downloads. */
function keep(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function take(method: string, path: string, body: string | null): Promise<void> {
  const response = await sendRaw(method, path, body, {
    timeoutMs: PATIENCE_MS,
    headers: { accept: "application/zip, application/json" },
  });
  if (!response.ok) {
    await readAnswer(response);
  }
  const stated = response.headers.get("content-disposition") ?? "";
  keep(await response.blob(), /filename="([^"]+)"/.exec(stated)?.[1] ?? "shixue.zip");
}

/** The file of a proof that is done; what went wrong is said where it began. */
function takeWith(proof: Change): void {
  const said = find("#taken");
  if (proof.outcome !== "done") {
    showSettled(proof);
    return;
  }
  show(find("#taking"));
  said.textContent = "正在打包，请稍等……";
  take("POST", "/api/v1/me/data", JSON.stringify({ proof: proof.id })).then(
    () => {
      said.textContent = "已经下载，请在手机或电脑的“下载”里查看。";
    },
    (error: unknown) => {
      said.textContent = sentenceOf(error);
    },
  );
}

const form = document.querySelector<HTMLFormElement>("#begin-proof");
if (form) {
  offerCode(form, "/api/v1/me/codes");
  offerProving(form, takeWith);
}

for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-bundle]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const said = find("#bundle-said");
    said.textContent = "正在准备，请稍等……";
    take("GET", link.pathname, null).then(
      () => {
        said.textContent = "已经下载，请在手机或电脑的“下载”里查看。";
      },
      (error: unknown) => {
        said.textContent = sentenceOf(error);
      },
    );
  });
}
