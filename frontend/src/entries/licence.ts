/** Applying for an organisation: the licence is read here, and the kinds of institution shown. */

import { sizeTrouble } from "../forms/sizes";
import { find } from "../page/find";
import { base64Of, prepared } from "../page/licence";

const form = document.querySelector<HTMLFormElement>("#apply");

function showTypes(): void {
  if (!document.querySelector("#types")) {
    return;
  }
  const kind = find<HTMLInputElement>("input[name=kind]:checked");
  const isInstitution = kind.value === "institution";
  find("#types").hidden = !isInstitution;
  find<HTMLSelectElement>("#f-type_code").disabled = !isInstitution;
}

/** A picture is drawn smaller before it is sent, so only a PDF can be too large. */
async function take(file: File, most: string | undefined): Promise<void> {
  const [say, trouble] = [find("#licence-say"), find("#e-licence, #e-proof")];
  const look = find<HTMLImageElement>("#licence-look");
  trouble.textContent = sizeTrouble(file, file.type === "application/pdf" ? most : undefined);
  say.textContent = "";
  if (trouble.textContent) {
    return;
  }
  say.textContent = "正在读取";
  try {
    const address = await prepared(file);
    find<HTMLInputElement>("#f-licence, #f-proof").value = base64Of(address);
    look.hidden = file.type === "application/pdf";
    look.src = look.hidden ? "" : address;
    say.textContent = `已选：${file.name}`;
  } catch {
    say.textContent = "";
    trouble.textContent = "这个文件读不出来。请重新拍一张照片，或者换一个文件。";
  }
}

if (form) {
  for (const choice of form.querySelectorAll("input[name=kind]")) {
    choice.addEventListener("change", showTypes);
  }
  showTypes();
  find<HTMLInputElement>("#licence-file").addEventListener("change", (event) => {
    const field = event.target as HTMLInputElement;
    const [file] = field.files ?? [];
    if (file) {
      void take(file, field.dataset.most);
    }
  });
}
