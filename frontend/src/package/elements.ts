/** What both standards of SCORM name: elements, what may be written into them, codes of errors. */

export type Values = Record<string, string>;

/** The codes of both standards, by what went wrong. */
export interface Codes {
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
export const CODES_12: Codes = {
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
export const CODES_2004: Codes = {
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

export const CHILDREN_12: Values = {
  "cmi.core":
    "student_id,student_name,lesson_location,credit,lesson_status,entry,score,total_time,lesson_mode,exit,session_time",
  "cmi.core.score": "raw,min,max",
  "cmi.objectives": "id,score,status",
  "cmi.student_data": "mastery_score,max_time_allowed,time_limit_action",
  "cmi.student_preference": "audio,language,speed,text",
  "cmi.interactions":
    "id,objectives,time,type,correct_responses,weighting,student_response,result,latency",
};
export const CHILDREN_2004: Values = {
  "cmi.score": "scaled,raw,min,max",
  "cmi.objectives": "id,score,success_status,completion_status,progress_measure,description",
  "cmi.learner_preference": "audio_level,language,delivery_speed,audio_captioning",
  "cmi.interactions":
    "id,type,objectives,timestamp,correct_responses,weighting,learner_response,result,latency,description",
  "cmi.comments_from_learner": "comment,location,timestamp",
};
export const WRITTEN_12 =
  /^cmi\.(core\.(lesson_location|lesson_status|exit|session_time|score\.(raw|min|max))|suspend_data|comments|student_preference\.(audio|language|speed|text)|objectives\.\d{1,3}\.(id|status|score\.(raw|min|max))|interactions\.\d{1,3}\.(id|time|type|weighting|student_response|result|latency|objectives\.\d{1,3}\.id|correct_responses\.\d{1,3}\.pattern))$/;
export const WRITTEN_2004 =
  /^cmi\.(location|completion_status|success_status|exit|session_time|progress_measure|suspend_data|score\.(scaled|raw|min|max)|learner_preference\.(audio_level|language|delivery_speed|audio_captioning)|comments_from_learner\.\d{1,3}\.(comment|location|timestamp)|objectives\.\d{1,3}\.(id|success_status|completion_status|progress_measure|description|score\.(scaled|raw|min|max))|interactions\.\d{1,3}\.(id|type|timestamp|weighting|learner_response|result|latency|description|objectives\.\d{1,3}\.id|correct_responses\.\d{1,3}\.pattern))$/;
export const WRITE_ONLY_12 =
  /^cmi\.(core\.(exit|session_time)|interactions\.\d{1,3}\.(?!objectives\._count|correct_responses\._count).*)$/;
export const WRITE_ONLY_2004 = /^cmi\.(exit|session_time)$/;
export const STATUSES_12 = /^(passed|completed|failed|incomplete|browsed|not attempted)$/;
export const STATUSES_2004: Record<string, RegExp> = {
  "cmi.completion_status": /^(completed|incomplete|not attempted|unknown)$/,
  "cmi.success_status": /^(passed|failed|unknown)$/,
  "cmi.exit": /^(time-out|suspend|logout|normal|)$/,
};
/** What stands there before anything was written. */
export const FIRST: Values = {
  "cmi.core.lesson_status": "not attempted",
  "cmi.completion_status": "unknown",
  "cmi.success_status": "unknown",
};
/** What comes next is the learner's to choose: a package may ask, and is told that it was heard. */
export const ASKED = "adl.nav.request";
export const REQUESTS =
  /^(_none_|continue|previous|exit|exitAll|abandon|abandonAll|suspendAll|\{target=[^{}]{1,500}\}(choice|jump))$/;
export const REQUEST_VALID =
  /^adl\.nav\.request_valid\.(continue|previous|(choice|jump)\.\{target=[^{}]{1,500}\})$/;

export const SENTENCES: Values = {
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
