/** Step 2 on pages with parts/proving.html: who one is, by face or by words, or left to people. */

import { BadViewError, capture, type FacePrompt } from "../camera/capture";
import { bodyOf } from "../forms/values";
import { call, callPatiently, RefusedError, sentenceOf, UnreachableError } from "../net/api";
import { find } from "../page/find";

export interface Change {
  id: string;
  outcome: string;
  message: string;
}

let change: Change | null = null;
let ended: (answer: Change) => void = () => undefined;

export function show(place: HTMLElement): void {
  place.hidden = false;
  place.focus();
}

function tell(sentence: string): void {
  const trouble = find("#proof-trouble");
  trouble.textContent = sentence;
  trouble.hidden = sentence === "";
}

/** What the server made of a step: go on proving, or hand over how it ended. */
function goOn(answer: Change): void {
  change = answer;
  if (answer.outcome === "proving") {
    tell(answer.message);
    show(find("#proving"));
    return;
  }
  find("#proving").hidden = true;
  ended(answer);
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

/** Say on the page how it ended. */
export function showSettled(answer: Change): void {
  find("#settled-says").textContent = answer.message;
  show(find("#settled"));
}

/** The form of step 1 gives way to the steps of proving; `onEnd` hears what is no longer proving. */
export function offerProving(form: HTMLFormElement, onEnd: (answer: Change) => void): void {
  ended = onEnd;
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
  const people = document.querySelector<HTMLButtonElement>("#ask-people");
  people?.addEventListener("click", () => whileBusy(people, () => send("people", undefined)));
}
