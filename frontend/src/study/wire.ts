/** What the study routes say: docs/hours.md, as the page uses it. */

export interface Totals {
  confirmed_ms: number;
  pending_ms: number;
  required_ms: number;
  day_left_ms: number;
}

export interface Challenge {
  id: string;
  kind: "presence" | "identity";
  methods: string[];
  tries_left: number;
  prompt_number: number;
  expires_in_ms: number;
  prompt: Record<string, unknown>;
}

export interface VideoMedia {
  kind: "video";
  url: string | null;
  /** The list of the same film in pieces, where it was cut. */
  hls: string | null;
  /** The same as sound with still pictures, about a tenth of the bytes. */
  light?: string | null;
  captions?: string | null;
  length_ms: number;
}

export interface DocumentMedia {
  kind: "document";
  pages: { n: number; ms: number; url: string }[];
}

export interface PackageMedia {
  kind: "package";
  /** `url` opens the part on the packages' origin; none before the package is unpacked. */
  parts: { n: number; title: string; ms: number; url: string | null }[];
}

export interface LessonInSession {
  id: string;
  title: string;
  kind: string;
  length_ms: number;
  resume_at: number;
  frontier: number;
  credited_ms: number;
  covered: [number, number][];
  open: boolean;
  media: VideoMedia | DocumentMedia | PackageMedia;
}

export interface Session {
  session_id: string;
  key: string | null;
  enrolment_id: string;
  state: string;
  policy: { beat_s: number; gap_tolerance_s: number; min_dwell_s: number };
  lessons: LessonInSession[];
  totals: Totals;
  head: string;
  ack_seq: number;
  last_t: number;
  challenge: Challenge | null;
  hold: boolean;
  hold_reason: string | null;
}

export interface Verdict {
  seq: number;
  credited_ms: number;
  cuts: { code: string; ms: number }[];
}

export interface BeatsAnswer {
  ack_seq: number;
  head: string;
  frontier: number;
  totals: Totals;
  next_in_ms: number;
  verdicts: Verdict[];
  challenge: Challenge | null;
  hold: boolean;
  covered: [number, number][];
}

/** The question of a passed check: what was right, and where the lesson says so. */
export interface Learnt {
  stem: string;
  right: string[];
  explanation: string;
  lesson: string;
  lesson_id: string;
  from_ms: number;
}

export interface ChallengeAnswer {
  outcome: string;
  message: string;
  challenge: Challenge | null;
  hold: boolean;
  hold_reason: string | null;
  totals: Totals;
  learnt?: Learnt | null;
}

/** One stretch of playback or reading, before it has its number. */
export interface Beat {
  lesson: string;
  t: number;
  from: number;
  to: number;
  rate: number;
  visible: boolean;
  /** Short codes (hints.ts). */
  events?: string[];
}
