/** What the server says of a file that was handed over, and how the page shows it. */

import type { JsonObject } from "./canonical";
import type { Row } from "./judging";

export interface Told {
  verdict: string;
  sentence: string;
  /** What is wrong with the file, in a word; "" for nothing. */
  finding: string;
  checked_at: string;
  facts: JsonObject | null;
  stated_holder: [string, string] | null;
  successor_number: string | null;
  proof: Stated | null;
  archive: StatedClass | null;
}

export interface StatedClass {
  title: string;
  organisation: string;
  starts_on: string;
  ends_on: string;
  people: number;
  certificates: number;
  made_at: string;
  digest: string;
}

export interface Stated {
  number: string;
  holder_name: string;
  masked_number: string;
  organisation: string;
  made_on: string;
  courses: { title: string; hours: string; score: string }[];
}

/** What the page of the address does not show: only who has the file learns it. */
export function onlyToldToTheFile(found: Told): Row[] {
  const rows: Row[] = [];
  if (found.stated_holder !== null) {
    rows.push(["持证人", found.stated_holder[0]], ["证件号码", found.stated_holder[1]]);
  }
  if (found.successor_number !== null) {
    rows.push(["新证书编号", found.successor_number]);
  }
  return rows.length > 0 && found.facts !== null
    ? [["证书编号", String(found.facts.number)], ...rows]
    : rows;
}

/** A proof of hours 学时证明: of a person and of several courses, as things stood on a day. */
export function proofRows(proof: Stated): Row[] {
  return [
    ["编号", proof.number || "本人下载，不编号"],
    ["姓名", proof.holder_name],
    ["证件号码", proof.masked_number],
    ["单位", proof.organisation || "—"],
    ["开具日期", proof.made_on],
    ...proof.courses.map(
      ({ title, hours, score }): Row => [
        title,
        score ? `${hours} 学时，${score} 分` : `${hours} 学时`,
      ],
    ),
  ];
}

/** The archive of a class 班级档案, as things stood when it was closed. */
export function archiveRows(archive: StatedClass): Row[] {
  return [
    ["班级", archive.title],
    ["办班单位", archive.organisation],
    ["日期", `${archive.starts_on} 至 ${archive.ends_on}`],
    ["人数", `${archive.people} 人`],
    ["证书", `${archive.certificates} 张`],
    ["归档时间", new Date(archive.made_at).toLocaleString("zh-CN", { timeZone: "Asia/Shanghai" })],
    ["档案摘要", archive.digest],
  ];
}

/** The page of the address has no word about it: the file alone tells. */
export function isShownHere({ verdict, finding }: Told): boolean {
  return (finding === "log_missing" && verdict === "valid") || finding === "log_ahead";
}

/** What is wrong with its entry in the public log has words of its own; but what is worse comes first. */
export function verdictOf({ verdict, finding }: Told): string {
  if (finding === "log_missing" || finding === "log_ahead") {
    return verdict === "valid" ? finding : verdict;
  }
  if (finding.startsWith("log_")) {
    return "log_contradicts";
  }
  if (finding === "key_period" || finding === "key_late") {
    return "key_period";
  }
  if (finding === "damaged") {
    return "damaged";
  }
  return verdict === "unknown" ? "unsure" : verdict;
}
