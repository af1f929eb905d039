/** A code to the phone, and a countdown until the next one may be sent. */

import { clearProblems, showProblem } from "../forms/problems";
import { call } from "../net/api";
import { find } from "../page/find";

interface CodeSent {
  expires_in_s: number;
  resend_in_s: number;
}

function countDown(button: HTMLButtonElement, seconds: number): void {
  const until = Date.now() + seconds * 1000;
  const tick = (): void => {
    const left = Math.ceil((until - Date.now()) / 1000);
    button.disabled = left > 0;
    button.textContent = left > 0 ? `${left} 秒后可再发` : "再发一次";
    if (left > 0) {
      setTimeout(tick, 500);
    }
  };
  tick();
}

/** Make a form's `#send-code` ask for a code; its `#f-code` takes six digits and nothing else. */
export function offerCode(form: HTMLFormElement, path: string, body?: () => unknown): void {
  const send = find<HTMLButtonElement>("#send-code", form);
  const code = find<HTMLInputElement>("#f-code", form);
  send.addEventListener("click", () => {
    clearProblems(form);
    send.disabled = true;
    call<CodeSent>("POST", path, body?.()).then(
      (answer) => {
        const minutes = Math.round(answer.expires_in_s / 60);
        find("#code-sent", form).textContent = `验证码已发送，${minutes} 分钟内有效。`;
        countDown(send, answer.resend_in_s);
        code.focus();
      },
      (error: unknown) => {
        send.disabled = false;
        showProblem(form, error);
      },
    );
  });
  code.addEventListener("input", () => {
    code.value = code.value.replace(/\D/g, "").slice(0, 6);
  });
}
