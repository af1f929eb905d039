/** What is said off line of a signature that is not good, or not of its key's time. */

import type { Finding } from "./dataproof";
import { type Answer, told } from "./judging";
import { moment } from "./moment";
import type { RecordFinding, SecondFlaw } from "./record";

export const ALTERED =
  "签名不对，内容可能被改过，请勿采信。请联网后按编号和姓名查询，或向持证人索要原件。";
export const NO_KEY = "没有网络，这台设备上还没有核对它要用的公钥。请联网打开本页一次，再来查验。";
export const NOT_OURS = "没有网络，这份文件在这台设备上读不懂。请联网后再选一次。";
const ADDED = "文件里多了签发时没有的内容，签名管不到它，请勿采信。请向持证人索要原件。";
const NOT_IN_TIME =
  "签名用的是本平台的密钥，写明的时间却不在这把密钥的使用期内：可能是密钥停用以后有人补签的，请勿采信。请联网再查一次，或向持证人索要原件。";

const SECOND: Record<Exclude<SecondFlaw, "sm2_unknown_key">, string> = {
  sm2_missing:
    "记录里写明另有国密（SM2）签名，这里却没有，可能被去掉了，请勿采信。请向持证人索要原件。",
  sm2_not_stated:
    "记录里没有写国密（SM2）签名，这里却多出一个，不是签发时的样子，请勿采信。请向持证人索要原件。",
  sm2_other_key: "国密（SM2）签名用的不是记录里写明的那把密钥，请勿采信。请向持证人索要原件。",
  sm2_altered: "国密（SM2）签名和内容对不上，请勿采信。请向持证人索要原件。",
};

const PROOFS: Record<"proof_missing" | "other_proofs", string> = {
  proof_missing:
    "凭证上缺少签名，还不能证明是本平台签发。请改选 PDF 原件或带两个签名的电子凭证；只带一个签名的那一份是给别的软件用的。",
  other_proofs: "凭证的签名不是签发时的那两个：多了或者换了，请勿采信。请向持证人索要原件。",
};
/** Only a change brings these about. */
const CHANGED: Record<"altered" | "added" | "proof_twice" | "no_moment", string> = {
  altered: ALTERED,
  added: ADDED,
  proof_twice:
    "凭证的签名栏多了内容：同一种签名有两个，签发时不是这样，请勿采信。请向持证人索要原件。",
  no_moment: "签名上写的时间不像时间，签发时不是这样写的，被改过，请勿采信。请向持证人索要原件。",
};

export function notGood(finding: Exclude<RecordFinding | Finding, "good">): Answer {
  if (finding in PROOFS) {
    return told("unsure", PROOFS[finding as keyof typeof PROOFS]);
  }
  if (finding in SECOND) {
    return told("altered", SECOND[finding as keyof typeof SECOND]);
  }
  if (finding in CHANGED) {
    return told("altered", CHANGED[finding as keyof typeof CHANGED]);
  }
  return told("unsure", finding === "unreadable" ? NOT_OURS : NO_KEY);
}

export function notInTime(): Answer {
  return told("key_period", NOT_IN_TIME);
}

/** What a signature alone cannot show of a key that is out of use, and the log would. */
export function maybeDatedBack(until: Date | null): string {
  return until === null
    ? ""
    : `签名用的密钥在 ${moment(until)} 已经停用；是不是停用以后倒填日期补签的，没有网络看不出来，请联网再查。`;
}
