/** Enrolling one's face: one button, the camera's instructions, an answer in plain words. */

import { BadViewError, type Captured, capture, type FacePrompt } from "../camera/capture";
import { startVoiceButton } from "../camera/voice";
import { call, callPatiently, RefusedError, sentenceOf, UnreachableError } from "../net/api";
import { find } from "../page/find";

interface Opened extends FacePrompt {
  id: string;
}

interface Result {
  outcome: string;
  message: string;
  next: string;
}

const begin = find<HTMLButtonElement>("#begin");
const say = find("#face-say");
const trouble = find("#trouble");

async function send(opened: Opened, captured: Captured): Promise<void> {
  const address = `/api/v1/me/face-sessions/${opened.id}/frames`;
  const result = await callPatiently<Result>("POST", address, captured, () => {
    say.textContent = "核对的人多，正在排队";
  });
  if (result.outcome === "passed") {
    location.assign(result.next);
    return;
  }
  say.textContent = "没有录上";
  tell(result.message);
}

function tell(sentence: string): void {
  trouble.textContent = sentence;
  trouble.hidden = false;
}

function reasonOf(error: unknown): string {
  if (error instanceof BadViewError) {
    return `${error.message}。`;
  }
  return error instanceof RefusedError || error instanceof UnreachableError
    ? sentenceOf(error)
    : "打不开相机。请允许使用相机，或者选不用人脸的方式。";
}

async function enrol(): Promise<void> {
  begin.disabled = true;
  trouble.hidden = true;
  try {
    const opened = await call<Opened>("POST", "/api/v1/me/face-sessions", { purpose: "enrol" });
    const captured = await capture(find("#face-camera"), opened, "enrol", (text) => {
      say.textContent = text;
    });
    await send(opened, captured);
  } catch (error) {
    say.textContent = "没有录上";
    tell(reasonOf(error));
  } finally {
    begin.disabled = false;
    begin.textContent = "再来一次";
  }
}

startVoiceButton(find<HTMLButtonElement>("#voice"));
begin.addEventListener("click", () => void enrol());
