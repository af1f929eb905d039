/** Another phone: the codes first, then who one is. */

import { offerCode } from "../account/codes";
import { offerProving, showSettled } from "../account/proving";
import { clearProblems, showProblem } from "../forms/problems";
import { call } from "../net/api";
import { find } from "../page/find";

/** Of the old phone there is a code too: another button, and another field. */
function offerOldCode(form: HTMLFormElement): void {
  const send = form.querySelector<HTMLButtonElement>("#send-old");
  send?.addEventListener("click", () => {
    clearProblems(form);
    send.disabled = true;
    call("POST", "/api/v1/me/codes").then(
      () => {
        find("#old-sent").textContent = "验证码已发到原手机，5 分钟内有效。";
        setTimeout(() => {
          send.disabled = false;
        }, 60_000);
        find("#f-old_code").focus();
      },
      (error: unknown) => {
        send.disabled = false;
        showProblem(form, error);
      },
    );
  });
}

function start(form: HTMLFormElement): void {
  const phone = find<HTMLInputElement>("#f-phone", form);
  offerCode(form, "/api/v1/auth/codes", () => ({ phone: phone.value.replace(/\s/g, "") }));
  offerOldCode(form);
  offerProving(form, showSettled);
}

const form = document.querySelector<HTMLFormElement>("#begin-change");
if (form) {
  start(form);
}
