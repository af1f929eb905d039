/** SCORM's run-time for one part: answers at once from what is known here, and sends what is kept. */

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

type Values = Record<string, string>;

const MOST_VALUE = 4096;
const MOST_SUSPENDED = 64_000;
const INDEX = /\.(\d{1,3})(?=\.|$)/;

/** The codes of both standards, by what went wrong. */
interface Codes {
  none: string;
  general: string;
  setting: string;
  argument: string;
  unknown: string;
  readOnly: string;
  writeOnly: string;
  type: string;
  before: { get: string; set: string; commit: string; finish: string };
  after: { get: string; set: string; commit: string; finish: string };
  again: string;
  /** Where a count or a list of names is asked of what has none. */
  children: string;
}

const OLD = { get: "301", set: "301", commit: "301", finish: "301" };
const CODES_12: Codes = {
  none: "0",
  general: "101",
  setting: "101",
  argument: "201",
  unknown: "401",
  readOnly: "403",
  writeOnly: "404",
  type: "405",
  before: OLD,
  after: OLD,
  again: "101",
  children: "202",
};
const CODES_2004: Codes = {
  none: "0",
  general: "101",
  setting: "351",
  argument: "201",
  unknown: "401",
  readOnly: "404",
  writeOnly: "405",
  type: "406",
  before: { get: "122", set: "132", commit: "142", finish: "112" },
  after: { get: "123", set: "133", commit: "143", finish: "113" },
  again: "103",
  children: "301",
};

const CHILDREN_12: Values = {
  "cmi.core":
    "student_id,student_name,lesson_location,credit,lesson_status,entry,score,total_time,lesson_mode,exit,session_time",
  "cmi.core.score": "raw,min,max",
  "cmi.objectives": "id,score,status",
  "cmi.student_data": "mastery_score,max_time_allowed,time_limit_action",
  "cmi.student_preference": "audio,language,speed,text",
  "cmi.interactions":
    "id,objectives,time,type,correct_responses,weighting,student_response,result,latency",
};
const CHILDREN_2004: Values = {
  "cmi.score": "scaled,raw,min,max",
  "cmi.objectives": "id,score,success_status,completion_status,progress_measure,description",
  "cmi.learner_preference": "audio_level,language,delivery_speed,audio_captioning",
  "cmi.interactions":
    "id,type,objectives,timestamp,correct_responses,weighting,learner_response,result,latency,description",
  "cmi.comments_from_learner": "comment,location,timestamp",
};
const WRITTEN_12 =
  /^cmi\.(core\.(lesson_location|lesson_status|exit|session_time|score\.(raw|min|max))|suspend_data|comments|student_preference\.(audio|language|speed|text)|objectives\.\d{1,3}\.(id|status|score\.(raw|min|max))|interactions\.\d{1,3}\.(id|time|type|weighting|student_response|result|latency|objectives\.\d{1,3}\.id|correct_responses\.\d{1,3}\.pattern))$/;
const WRITTEN_2004 =
  /^cmi\.(location|completion_status|success_status|exit|session_time|progress_measure|suspend_data|score\.(scaled|raw|min|max)|learner_preference\.(audio_level|language|delivery_speed|audio_captioning)|comments_from_learner\.\d{1,3}\.(comment|location|timestamp)|objectives\.\d{1,3}\.(id|success_status|completion_status|progress_measure|description|score\.(scaled|raw|min|max))|interactions\.\d{1,3}\.(id|type|timestamp|weighting|learner_response|result|latency|description|objectives\.\d{1,3}\.id|correct_responses\.\d{1,3}\.pattern))$/;
const WRITE_ONLY_12 =
  /^cmi\.(core\.(exit|session_time)|interactions\.\d{1,3}\.(?!objectives\._count|correct_responses\._count).*)$/;
const WRITE_ONLY_2004 = /^cmi\.(exit|session_time)$/;
const STATUSES_12 = /^(passed|completed|failed|incomplete|browsed|not attempted)$/;
const STATUSES_2004: Record<string, RegExp> = {
  "cmi.completion_status": /^(completed|incomplete|not attempted|unknown)$/,
  "cmi.success_status": /^(passed|failed|unknown)$/,
  "cmi.exit": /^(time-out|suspend|logout|normal|)$/,
};
/** What stands there before anything was written. */
const FIRST: Values = {
  "cmi.core.lesson_status": "not attempted",
  "cmi.completion_status": "unknown",
  "cmi.success_status": "unknown",
};
const NUMBER = /^-?\d+(\.\d+)?$/;

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

  constructor(boot: Boot, send: Send) {
    this.boot = boot;
    this.send = send;
    this.isOld = boot.standard === "scorm_12";
    this.values = { ...boot.values };
    this.dirty = {};
    this.state = "before";
    this.error = "0";
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
    if (element === "adl.nav.request" && !this.isOld) {
      return null; // what comes next is the learner's to choose; asked for, it does no harm
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

const SENTENCES: Values = {
  "0": "No error",
  "101": "General exception",
  "103": "Already initialized",
  "104": "Content instance terminated",
  "112": "Termination before initialization",
  "113": "Termination after termination",
  "122": "Retrieve data before initialization",
  "123": "Retrieve data after termination",
  "132": "Store data before initialization",
  "133": "Store data after termination",
  "142": "Commit before initialization",
  "143": "Commit after termination",
  "201": "Invalid argument",
  "202": "Element cannot have children",
  "203": "Element not an array",
  "301": "Not initialized",
  "351": "General set failure",
  "401": "Undefined data model element",
  "402": "Invalid set value, element is a keyword",
  "403": "Element is read only, or not initialized",
  "404": "Element is write only, or read only",
  "405": "Incorrect data type, or write only",
  "406": "Type mismatch",
  "407": "Value out of range",
};
