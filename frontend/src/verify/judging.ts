/** What can be said of something whose signature is good, by what the device kept: the worst of it. */

import type { JsonObject } from "./canonical";
import { moment } from "./moment";
import type { Periods } from "./periods";
import type { LogFinding, RecordKeys } from "./record";
import type { Standing } from "./statuslist";

export type Row = [string, string];

export interface Answer {
  verdict: string;
  sentence: string;
  rows: Row[];
}

/** What the device kept from when it was on line, and its own time. */
export interface Kept extends RecordKeys {
  logKeys: string[];
  /** Signed checkpoints, as the log itself told them to this device. */
  checkpoints: string[];
  /** Hosts of our addresses, of today and before; `isAll` where the signer's own document named them. */
  hosts: { ours: string[]; isAll: boolean };
  /** Of documents' signatures: DER SubjectPublicKeyInfo in base64url. */
  documentKeys: string[];
  /** When each key was in use: of certificates and of second signatures by id, of documents by key. */
  periods: KeptPeriods;
  heardAt: Date | null;
  /** Those of this address, the newest first. */
  lists: (address: string) => Promise<JsonObject[]>;
  now: Date;
}

export interface KeptPeriods {
  certificates: Periods;
  sm2: Periods;
  documents: Periods;
}

/** Clocks need not agree to the minute. */
const SKEW_MS = 5 * 60 * 1000;
/** What is added to a good answer about the public log. */
const IN_LOG: Record<Exclude<LogFinding, "contradicted" | "forked">, string> = {
  listed: "它已列入公开日志。",
  missing: "文件里没有它在公开日志里的证明。",
  unchecked: "它在不在公开日志里，这台设备核对不了。",
  not_of_its_version: "这一版的证书没有公开日志的证明。",
};
const LOG_MISSING =
  "内容确由本平台签发，但文件里没有它在公开日志里的证明，或者证明来自这台设备不认识的日志。签发时都会带上这个证明，请联网再查一次，查到以前不要采信。";
const LOG_CONTRADICTS =
  "签名正确，但文件里的证明和公开日志对不上：按它，这张证书不在日志里。可能是文件被改过，请勿采信；请联网扫证书上的方块码再查。";
const NOBODYS =
  "内容确由本平台签发，但没有写持证人是谁：也许持证人已经注销账号，也许姓名是被人抹掉的，没有网络分不出来。它不能和出示的人核对，证明不了是谁的证书。请联网再查一次，或向对方索要证书的 PDF 原件。";
const LOG_FORKED =
  "文件里的日志检查点有日志的签名，内容却和日志告诉过这台设备的不同：有人改写过日志，请勿采信。请保留这个文件，交给主管部门。";

export function told(verdict: string, sentence: string, rows: Row[] = []): Answer {
  return { verdict, sentence, rows };
}

function isOver(expiresOn: string, now: Date): boolean {
  return expiresOn !== "" && moment(now).slice(0, 10) > expiresOn;
}

/** What is known of something whose signature is good. */
export interface Good {
  rows: Row[];
  expiresOn: string;
  status: Standing | null;
  /** Moments that are past, as something we signed says: a clock before them is wrong. */
  past: Date[];
  log?: LogFinding;
  /** Whether it names no holder. */
  isNobodys?: boolean;
  more: string;
}

/** The worst that is known of it decides. */
export function judged(good: Good, kept: Kept): Answer {
  const { rows, expiresOn, status, past, log, more } = good;
  if (log === "contradicted") {
    return told("log_contradicts", LOG_CONTRADICTS, rows);
  }
  if (log === "forked") {
    return told("log_contradicts", LOG_FORKED, rows);
  }
  if (status?.isRevoked) {
    const at = moment(status.asOf);
    return told(
      "offline_ended",
      `证书已经作废：被撤销，或者换发了新证（${at} 的作废名单）。没有网络，看不到理由。请不要采信：问持证人要现在有效的证书，或联网再查。`,
      rows,
    );
  }
  const all = more + (log === undefined ? "" : IN_LOG[log]);
  if (isOver(expiresOn, kept.now)) {
    return told(
      "expired",
      `签名正确，但已经过了有效期。没有网络，没有核对其他状态。请问持证人有没有复训后新发的证书。${all}`,
      rows,
    );
  }
  if (log === "missing") {
    return told("log_missing", LOG_MISSING + sinceWhen(status, kept), rows);
  }
  if (good.isNobodys) {
    return told("nobody", NOBODYS + all, rows);
  }
  const latest = latestOf([
    ...past,
    ...(kept.heardAt ? [kept.heardAt] : []),
    ...(status ? [status.asOf] : []),
  ]);
  if (latest !== null && kept.now.getTime() + SKEW_MS < latest.getTime()) {
    return told("offline_clock", behind(latest, kept) + all, rows);
  }
  if (status !== null && kept.now <= status.until) {
    const at = moment(status.asOf);
    const sentence = `内容确由本平台签发，到 ${at} 没有被撤销。之后的变化，和是不是暂停了，要联网才查得到。`;
    return told("offline_current", sentence + all, rows);
  }
  return told("offline", `内容确由本平台签发。${sinceWhen(status, kept)}${all}`, rows);
}

function latestOf(moments: Date[]): Date | null {
  const times = moments.map((each) => each.getTime()).filter((time) => !Number.isNaN(time));
  return times.length === 0 ? null : new Date(Math.max(...times));
}

function behind(latest: Date, kept: Kept): string {
  return `内容确由本平台签发。这台设备的时间是 ${moment(kept.now)}，可是 ${moment(latest)} 已经过去了：设备的时间不对，是不是过期、有没有被撤销都不能按它判断。请校准时间，联网再查一次。`;
}

function sinceWhen(status: Standing | null, kept: Kept): string {
  if (status !== null) {
    return `没有网络，作废名单只管到 ${moment(status.until)}，${moment(status.asOf)} 以后有没有被撤销，还不知道。`;
  }
  const heard = kept.heardAt === null ? "" : `（最近一次联网 ${moment(kept.heardAt)}）`;
  return `没有网络，不知道它有没有被撤销${heard}。联网后请再查一次。`;
}
