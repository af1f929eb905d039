/** SCORM's run-time for one part: answers at once from what is known here, and sends what is kept. */

import {
  ASKED,
  CHILDREN_12,
  CHILDREN_2004,
  CODES_12,
  CODES_2004,
  type Codes,
  FIRST,
  REQUEST_VALID,
  REQUESTS,
  SENTENCES,
  STATUSES_12,
  STATUSES_2004,
  type Values,
  WRITE_ONLY_12,
  WRITE_ONLY_2004,
  WRITTEN_12,
  WRITTEN_2004,
} from "./elements";

export interface Boot {
  standard: string;
  part: number;
  /** What was kept before, by element. */
  values: Record<string, string>;
  /** The origin of the page above that keeps it. */
  to: string;
  launch_data: string;
  mastery: string;
  /** A number of this part's own; names are told to no package. */
  learner: string;
}

const NUMBER = /^-?\d+(\.\d+)?$/;
const MOST_VALUE = 4096;
const MOST_SUSPENDED = 64_000;
const INDEX = /\.(\d{1,3})(?=\.|$)/;

type Send = (values: Values, all: Values) => void;

/** Fields are declared alone: for others the build brings a helper, and this script stands alone. */
export class Scorm {
  declare private readonly boot: Boot;
  declare private readonly send: Send;
  declare private readonly isOld: boolean;
  declare private readonly values: Values;
  declare private readonly codes: Codes;
  declare private readonly children: Values;
  declare private dirty: Values;
  declare private state: "before" | "running" | "after";
  declare private error: string;
  declare private asked: string;

  constructor(boot: Boot, send: Send) {
    this.boot = boot;
    this.send = send;
    this.isOld = boot.standard === "scorm_12";
    this.values = { ...boot.values };
    this.dirty = {};
    this.state = "before";
    this.error = "0";
    this.asked = "_none_";
    this.codes = this.isOld ? CODES_12 : CODES_2004;
    this.children = this.isOld ? CHILDREN_12 : CHILDREN_2004;
  }

  initialize(argument: unknown): string {
    if (argument !== "" && argument !== undefined && argument !== null) {
      return this.fail(this.codes.argument);
    }
    if (this.state === "running") {
      return this.fail(this.codes.again);
    }
    if (this.state === "after" && !this.isOld) {
      return this.fail("104");
    }
    this.state = "running";
    return this.done();
  }

  finish(): string {
    if (this.state !== "running") {
      return this.fail(this.codes[this.state].finish);
    }
    this.flush();
    this.state = "after";
    return this.done();
  }

  commit(): string {
    if (this.state !== "running") {
      return this.fail(this.codes[this.state].commit);
    }
    this.flush();
    return this.done();
  }

  getValue(name: unknown): string {
    if (this.state !== "running") {
      this.error = this.codes[this.state].get;
      return "";
    }
    const found = this.read(String(name));
    if (found === null) {
      return "";
    }
    this.error = this.codes.none;
    return found;
  }

  setValue(name: unknown, given: unknown): string {
    if (this.state !== "running") {
      return this.fail(this.codes[this.state].set);
    }
    const element = String(name);
    const value = String(given ?? "");
    const wrong = this.flaw(element, value);
    if (wrong !== null) {
      return this.fail(wrong);
    }
    if (element === ASKED) {
      this.asked = value; // of this sitting: nothing that is kept
      return this.done();
    }
    this.values[element] = value;
    this.dirty[element] = value;
    return this.done();
  }

  lastError(): string {
    return this.error;
  }

  errorString(code: unknown): string {
    return SENTENCES[String(code)] ?? "";
  }

  /** What was written and not sent yet leaves; a page that is left may say nothing more. */
  flush(): void {
    if (Object.keys(this.dirty).length > 0) {
      this.send(this.dirty, { ...this.values });
      this.dirty = {};
    }
  }

  private done(): string {
    this.error = this.codes.none;
    return "true";
  }

  private fail(code: string): string {
    this.error = code;
    return "false";
  }

  private flaw(element: string, value: string): string | null {
    if (this.made(element) !== null || /\._(children|count|version)$/.test(element)) {
      return this.isOld && /\._(children|count)$/.test(element) ? "402" : this.codes.readOnly;
    }
    if (element === ASKED && !this.isOld) {
      return REQUESTS.test(value) ? null : this.codes.type;
    }
    if (!(this.isOld ? WRITTEN_12 : WRITTEN_2004).test(element)) {
      return this.codes.unknown;
    }
    if (value.length > (element === "cmi.suspend_data" ? MOST_SUSPENDED : MOST_VALUE)) {
      return this.codes.type;
    }
    return this.isInOrder(element) ? this.badType(element, value) : this.codes.setting;
  }

  /** The next of a list may be written, none further on. */
  private isInOrder(element: string): boolean {
    const found = INDEX.exec(element);
    return found === null || Number(found[1]) <= this.count(element.slice(0, found.index));
  }

  private badType(element: string, value: string): string | null {
    const statuses = this.isOld
      ? element === "cmi.core.lesson_status"
        ? STATUSES_12
        : undefined
      : STATUSES_2004[element];
    if (statuses && !statuses.test(value)) {
      return this.codes.type;
    }
    const isScore = /score\.(raw|min|max|scaled)$/.test(element);
    if (isScore && value !== "" && !NUMBER.test(value)) {
      return this.codes.type;
    }
    const isShare = element.endsWith("score.scaled") || element === "cmi.progress_measure";
    if (isShare && (!NUMBER.test(value) || Math.abs(Number(value)) > 1)) {
      return NUMBER.test(value) ? "407" : this.codes.type;
    }
    return null;
  }

  private read(element: string): string | null {
    const made = this.made(element);
    if (made !== null) {
      return made;
    }
    if ((this.isOld ? WRITE_ONLY_12 : WRITE_ONLY_2004).test(element)) {
      this.error = this.codes.writeOnly;
      return null;
    }
    if (element === ASKED && !this.isOld) {
      return this.asked;
    }
    if (element in this.values) {
      return this.values[element] ?? "";
    }
    if (element in FIRST) {
      return FIRST[element] ?? "";
    }
    const known = (this.isOld ? WRITTEN_12 : WRITTEN_2004).test(element);
    this.error = known ? (this.isOld ? "0" : "403") : this.unknown(element);
    return known && this.isOld ? "" : null;
  }

  private unknown(element: string): string {
    if (/\._children$/.test(element)) {
      return this.codes.children;
    }
    return /\._count$/.test(element) && this.isOld ? "203" : this.codes.unknown;
  }

  /** How many a list has: numbers from 0 without a gap. */
  private count(list: string): number {
    const seen = new Set<string>();
    for (const element of Object.keys(this.values)) {
      if (element.startsWith(`${list}.`)) {
        seen.add(element.slice(list.length + 1).split(".")[0] ?? "");
      }
    }
    return seen.size;
  }

  /** What the page says and a package may not write; null for everything else. */
  private made(element: string): string | null {
    const list = /^(.+)\._count$/.exec(element)?.[1];
    if (list && /(objectives|interactions|correct_responses|comments_from_\w+)$/.test(list)) {
      return String(this.count(list));
    }
    const names = /^(.+)\._children$/.exec(element)?.[1];
    if (names) {
      return this.children[names] ?? null;
    }
    return (this.isOld ? this.made12(element) : this.made2004(element)) ?? null;
  }

  private made12(element: string): string | undefined {
    const isBegun = Object.keys(this.boot.values).length > 0;
    const table: Values = {
      "cmi._version": "3.4",
      "cmi.core.student_id": this.boot.learner,
      "cmi.core.student_name": "学员",
      "cmi.core.credit": "credit",
      "cmi.core.entry": isBegun ? "resume" : "ab-initio",
      "cmi.core.lesson_mode": "normal",
      "cmi.core.total_time": "0000:00:00.00",
      "cmi.launch_data": this.boot.launch_data,
      "cmi.comments_from_lms": "",
      "cmi.student_data.mastery_score": this.boot.mastery,
      "cmi.student_data.max_time_allowed": "",
      "cmi.student_data.time_limit_action": "",
    };
    return table[element];
  }

  private made2004(element: string): string | undefined {
    if (REQUEST_VALID.test(element)) {
      return "unknown";
    }
    const isBegun = Object.keys(this.boot.values).length > 0;
    const table: Values = {
      "cmi._version": "1.0",
      "cmi.learner_id": this.boot.learner,
      "cmi.learner_name": "学员",
      "cmi.credit": "credit",
      "cmi.entry": isBegun ? "resume" : "ab-initio",
      "cmi.mode": "normal",
      "cmi.total_time": "PT0S",
      "cmi.launch_data": this.boot.launch_data,
      "cmi.comments_from_lms._count": "0",
      "cmi.scaled_passing_score": this.boot.mastery,
      "cmi.time_limit_action": "continue,no message",
    };
    return table[element];
  }
}
