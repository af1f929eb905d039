/** Sign-in: a code to the phone, a countdown until the next one, then in. */

import { nextAddress, ownPath } from "../forms/form";
import { clearProblems, showProblem } from "../forms/problems";
import { call } from "../net/api";
import { find } from "../page/find";

interface CodeSent {
  expires_in_s: number;
  resend_in_s: number;
}

const form = find<HTMLFormElement>("#sign-in");
const phone = find<HTMLInputElement>("#f-phone");
const code = find<HTMLInputElement>("#f-code");
const send = find<HTMLButtonElement>("#send-code");
const sent = find("#code-sent");

function countDown(seconds: number): void {
  const until = Date.now() + seconds * 1000;
  const tick = (): void => {
    const left = Math.ceil((until - Date.now()) / 1000);
    send.disabled = left > 0;
    send.textContent = left > 0 ? `${left} 秒后可再发` : "再发一次";
    if (left > 0) {
      setTimeout(tick, 500);
    }
  };
  tick();
}

async function sendCode(): Promise<void> {
  clearProblems(form);
  send.disabled = true;
  try {
    const answer = await call<CodeSent>("POST", "/api/v1/auth/codes", {
      phone: phone.value.replace(/\s/g, ""),
    });
    sent.textContent = `验证码已发送，${Math.round(answer.expires_in_s / 60)} 分钟内有效。`;
    countDown(answer.resend_in_s);
    code.focus();
  } catch (error) {
    send.disabled = false;
    showProblem(form, error);
  }
}

send.addEventListener("click", () => void sendCode());
code.addEventListener("input", () => {
  code.value = code.value.replace(/\D/g, "").slice(0, 6);
});
form.addEventListener("sent", (event) => {
  event.preventDefault();
  const answer = (event as CustomEvent<Record<string, unknown>>).detail;
  const steps = String(answer.next ?? "");
  // Who is not signed up yet goes on with that first, whatever page was wanted.
  const wanted = form.dataset.wanted ?? "";
  const goesOn = steps.startsWith("/signup") || wanted === "";
  if (steps.startsWith("/second-factor") && wanted !== "") {
    location.assign(`/second-factor?next=${encodeURIComponent(ownPath(wanted))}`);
    return;
  }
  location.assign(goesOn ? nextAddress("answer", answer) : ownPath(wanted));
});
