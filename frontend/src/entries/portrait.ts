/** Choosing the picture for one's certificates: made smaller here, judged by the server. */

import { call, sentenceOf } from "../net/api";
import { find } from "../page/find";
import { NoPictureError, shrunk } from "../page/picture";

const field = find<HTMLInputElement>("#photograph");
const say = find("#portrait-say");
const trouble = find("#trouble");

async function send(file: File): Promise<void> {
  trouble.hidden = true;
  say.textContent = "正在核对照片";
  try {
    await call("PUT", "/api/v1/me/portrait", { jpeg: await shrunk(file) });
    location.reload();
  } catch (error) {
    say.textContent = "";
    trouble.textContent = error instanceof NoPictureError ? error.message : sentenceOf(error);
    trouble.hidden = false;
    field.value = "";
  }
}

field.addEventListener("change", () => {
  const file = field.files?.[0];
  if (file) {
    void send(file);
  }
});
