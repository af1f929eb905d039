/**
 * What stands behind the # of a verdict's page: its signature is checked here (steps 2 and 3 of
 * docs/certificates.md), and the server's word is asked for. The worse of both is told, and a page is
 * green only where both are good.
 */

import { readDigits } from "./code";
import { isCodeWithin, type Periods } from "./periods";
import { FIELDS, isWholeMessage, openSeal, statedIn } from "./seal";

/**
 * `cut`: no code's form; `no_key`: by a key that is not known here; `no_code`: no digits as we print;
 * `key_period`: the key was not in use when it can have been issued.
 */
export type Behind =
  | { finding: "good"; values: string[] }
  | { finding: "altered" | "cut" | "no_key" | "no_code" | "key_period" };

export interface ServersWord {
  verdict: string;
  sentence: string;
}

/**
 * The server's page of the address, as it stood before anything behind the # was looked at. `isSeen`:
 * it was fetched for this look, and the code is, by signature and by the server's word, its own.
 */
export interface Shown {
  verdict: string;
  rows: Record<string, string>;
  isSeen: boolean;
}

/** `note` says what was not checked, above a verdict that stands as the page has it. */
export interface Judged {
  verdict: string;
  sentence: string;
  rows: [string, string][];
  note: string;
}

// No zero in front: a code has one spelling.
const DIGITS = /^#[1-9]\d{0,3999}$/;
const HOLDER_GONE = "持证人已注销";
/** Words that speak well of a certificate, or of none: those that a bad code must not borrow. */
const NOT_AGAINST_IT = ["valid", "expired", "superseded", "revoked", "suspended"];
export const SENTENCES = {
  no_code:
    "地址里跟在 # 后面的内容不是证书上的码：没有读对，或者被改过，不能采信。请重新扫证书上的方块码，结果还是这样，就不要相信这张证书。",
  altered:
    "码里的签名不对，内容可能被改过，请勿采信。请在本平台输入编号和姓名查询，或向持证人索要原件；觉得是假证的，请举报。",
  key_period:
    "码里的签名用的是本平台的密钥，写明的时间却不在这把密钥的使用期内：可能是密钥停用以后有人补签的，请勿采信。请在本平台输入编号和姓名查询，或向持证人索要原件。",
  other:
    "码里的签名是本平台的，写的却不是这个地址登记的证书，请勿采信。请在本平台输入编号和姓名查询，或向持证人索要原件。",
  cut: "码没有读全，也没有问到平台，还不能判断真假。请对准整个方块码重新扫一次。",
  no_key: "码里的签名不能在这台设备上核对：没有它要用的公钥。请刷新页面再查一次。",
  unasked:
    "码里的内容确由本平台签发，签名是在这台设备上核对的。没有问到平台，所以没有核对它现在是不是被撤销、暂停或换发。请刷新页面再查一次。",
  note: "码里的签名正确，是在这台设备上核对的；核对时没有问到平台，下面是打开页面时查到的结论。",
} as const;

/** `keys` by id, in base64url, and when each was in use as far as that is known; `hash` with its #. */
export async function checkBehind(
  hash: string,
  keys: Record<string, string>,
  periods: Periods = {},
): Promise<Behind> {
  if (hash === "#") {
    return { finding: "cut" };
  }
  if (!DIGITS.test(hash)) {
    return { finding: "no_code" };
  }
  const seal = readDigits(hash.slice(1));
  if (seal === null) {
    return { finding: "cut" };
  }
  if (keys[seal.keyId] === undefined) {
    return { finding: isWholeMessage(seal) ? "no_key" : "cut" };
  }
  const values = await openSeal(seal, keys);
  if (values === null) {
    return { finding: "altered" };
  }
  const [number, completedOn] = [statedIn(values, "证书编号"), statedIn(values, "完成日期")];
  const isOfItsTime = isCodeWithin(periods, seal.keyId, number, completedOn);
  return isOfItsTime ? { finding: "good", values } : { finding: "key_period" };
}

/** The fields of a code as they are compared with a paper. */
export function codeRows(values: string[]): [string, string][] {
  return FIELDS.map((name, index) => [name, values[index] || "长期"]);
}

/** Whether a code says what the page says, as far as both say it in the same words. */
function isOfPage(rows: [string, string][], shown: Record<string, string>): boolean {
  const isGone = shown.持证人 === HOLDER_GONE;
  const compared = ["证书编号", "证书名称", "课程", "培训机构", "有效期至"];
  const names = isGone ? compared : [...compared, "持证人", "证件号码"];
  return rows.every(([name, value]) => !names.includes(name) || shown[name] === value);
}

function told(verdict: string, sentence: string, rows: [string, string][] = []): Judged {
  return { verdict, sentence, rows, note: "" };
}

/** What the device finds by itself, where the server was not heard or speaks too well. */
function alone(finding: Exclude<Behind["finding"], "good">): Judged {
  const verdict = {
    altered: "altered",
    cut: "incomplete",
    no_key: "unsure",
    no_code: "no_code",
    key_period: "key_period",
  };
  return told(verdict[finding], SENTENCES[finding]);
}

/** `server` is null where it was not heard, refused, or gave no answer that can be read. */
export function judgeScanned(behind: Behind, server: ServersWord | null, shown: Shown): Judged {
  if (behind.finding === "no_code") {
    return alone("no_code");
  }
  if (behind.finding !== "good") {
    const isBetter = server !== null && NOT_AGAINST_IT.includes(server.verdict);
    if (isBetter) {
      return alone(behind.finding === "cut" ? "altered" : behind.finding);
    }
    return server === null ? alone(behind.finding) : told(server.verdict, server.sentence);
  }
  if (server !== null) {
    return told(server.verdict, server.sentence);
  }
  const rows = codeRows(behind.values);
  if (Object.keys(shown.rows).length > 0 && !isOfPage(rows, shown.rows)) {
    return told("altered", SENTENCES.other);
  }
  if (shown.verdict !== "valid" || shown.isSeen) {
    return { ...told(shown.verdict, ""), note: SENTENCES.note };
  }
  return told("unasked", SENTENCES.unasked, rows);
}
