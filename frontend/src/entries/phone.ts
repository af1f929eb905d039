/** Another phone: the codes first, then who one is, by face or by words, or left to people. */

import { offerCode } from "../account/codes";
import { BadViewError, capture, type FacePrompt } from "../camera/capture";
import { clearProblems, showProblem } from "../forms/problems";
import { bodyOf } from "../forms/values";
import { call, callPatiently, RefusedError, sentenceOf, UnreachableError } from "../net/api";
import { find } from "../page/find";

interface Change {
  id: string;
  outcome: string;
  message: string;
}

let change: Change | null = null;

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

function show(place: HTMLElement): void {
  place.hidden = false;
  place.focus();
}

function tell(sentence: string): void {
  const trouble = find("#proof-trouble");
  trouble.textContent = sentence;
  trouble.hidden = sentence === "";
}

/** What the server made of a step: go on proving, or say how it ended. */
function goOn(answer: Change): void {
  change = answer;
  if (answer.outcome === "proving") {
    tell(answer.message);
    show(find("#proving"));
    return;
  }
  find("#proving").hidden = true;
  find("#settled-says").textContent = answer.message;
  show(find("#settled"));
}

function address(step: string): string {
  return `/api/v1/phone-changes/${change?.id ?? ""}/${step}`;
}

function reasonOf(error: unknown): string {
  if (error instanceof BadViewError) {
    return `${error.message}。`;
  }
  return error instanceof RefusedError || error instanceof UnreachableError
    ? sentenceOf(error)
    : "打不开相机。请允许使用相机，或者用别的方式。";
}

async function byFace(): Promise<void> {
  const say = find("#face-say");
  const camera = find("#face-camera");
  tell("");
  try {
    const prompt = await call<FacePrompt>("POST", address("face"));
    camera.hidden = false;
    const captured = await capture(camera, prompt, "study", (text) => {
      say.textContent = text;
    });
    const answer = await callPatiently<Change>("POST", address("frames"), captured, () => {
      say.textContent = "核对的人多，正在排队";
    });
    goOn(answer);
  } catch (error) {
    tell(reasonOf(error));
  }
  say.textContent = "";
  camera.hidden = true;
}

async function send(step: string, body: unknown): Promise<void> {
  tell("");
  try {
    goOn(await call<Change>("POST", address(step), body));
  } catch (error) {
    tell(reasonOf(error));
  }
}

function whileBusy(button: HTMLButtonElement, work: () => Promise<void>): void {
  button.disabled = true;
  void work().finally(() => {
    button.disabled = false;
  });
}

function start(form: HTMLFormElement): void {
  const phone = find<HTMLInputElement>("#f-phone", form);
  offerCode(form, "/api/v1/auth/codes", () => ({ phone: phone.value.replace(/\s/g, "") }));
  offerOldCode(form);
  form.addEventListener("sent", (event) => {
    event.preventDefault();
    form.hidden = true;
    goOn((event as CustomEvent<Change>).detail);
  });
  const face = document.querySelector<HTMLButtonElement>("#begin-face");
  face?.addEventListener("click", () => whileBusy(face, byFace));
  const words = document.querySelector<HTMLFormElement>("#by-words");
  words?.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = find<HTMLButtonElement>("button[type=submit]", words);
    whileBusy(button, () => send("answers", bodyOf(words)));
  });
  const people = find<HTMLButtonElement>("#ask-people");
  people.addEventListener("click", () => whileBusy(people, () => send("people", undefined)));
}

const form = document.querySelector<HTMLFormElement>("#begin-change");
if (form) {
  start(form);
}
