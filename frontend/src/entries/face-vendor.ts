/** Choosing the face at a vendor: to its page and back, or on a phone beside a desk. */

import {
  depart,
  forgetTrip,
  isDesk,
  leaveFor,
  pictureOf,
  tripOfHere,
  untilFinished,
} from "../camera/trip";
import { call, RefusedError, sentenceOf, UnreachableError } from "../net/api";
import { find } from "../page/find";

interface Result {
  outcome: string;
  message: string;
  next: string;
}

const AFTER_COMING_BACK_MS = 15_000;
const BESIDE_MS = 600_000;
const begin = find<HTMLButtonElement>("#begin");
const done = find<HTMLButtonElement>("#vendor-done");
const say = find("#face-say");
const trouble = find("#trouble");
const code = find("#vendor-code");
let current = "";

function tell(sentence: string): void {
  trouble.textContent = sentence;
  trouble.hidden = sentence === "";
}

async function go(): Promise<void> {
  const opened = await call<{ id: string }>("POST", "/api/v1/me/face-trips", { purpose: "enrol" });
  current = opened.id;
  const departure = await depart(opened.id, begin.dataset.metaFrame ?? "");
  if (!isDesk()) {
    leaveFor(opened.id, departure);
    return;
  }
  find<HTMLImageElement>("#vendor-picture").src = pictureOf(departure);
  code.hidden = false;
  done.hidden = false;
  say.textContent = "用手机扫码，在手机上做完，这里会自己继续";
  if (await untilFinished(opened.id, BESIDE_MS, () => current === opened.id)) {
    await take(opened.id);
  }
}

async function finish(): Promise<void> {
  const trip = current;
  say.textContent = "正在问核身方的结果";
  if (await untilFinished(trip, AFTER_COMING_BACK_MS, () => current === trip)) {
    await take(trip);
  } else {
    say.textContent = "核身方还没有结果";
    tell("没做完请点“去核身”重新开始；做完了请等几秒，点“我做完了”。");
  }
}

async function take(trip: string): Promise<void> {
  if (trip !== current) {
    return;
  }
  current = "";
  const result = await call<Result>("POST", `/api/v1/me/face-trips/${trip}/result`);
  forgetTrip();
  if (result.outcome === "passed") {
    location.assign(result.next);
    return;
  }
  say.textContent = "没有通过";
  code.hidden = true;
  done.hidden = true;
  tell(result.message);
}

async function busy(work: () => Promise<void>): Promise<void> {
  begin.disabled = true;
  tell("");
  try {
    await work();
  } catch (error) {
    const isOurs = error instanceof RefusedError || error instanceof UnreachableError;
    tell(isOurs ? sentenceOf(error) : "核身方的页面打不开，请再试一次，或选不用人脸的方式。");
  } finally {
    begin.disabled = false;
  }
}

begin.addEventListener("click", () => void busy(go));
done.addEventListener("click", () => void busy(finish));
const left = tripOfHere();
if (left !== null) {
  current = left.trip;
  done.hidden = false;
  if (left.isBack) {
    void busy(finish);
  }
}
