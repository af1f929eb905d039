/** What a session keeps on the device: its key, its place in the chain, the unsent beats. */

import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Kept } from "./outbox";

interface StudyDatabase extends DBSchema {
  sessions: { key: string; value: Kept };
}

let opened: Promise<IDBPDatabase<StudyDatabase>> | null = null;

function database(): Promise<IDBPDatabase<StudyDatabase>> {
  opened ??= openDB<StudyDatabase>("shixue-study", 1, {
    upgrade(fresh) {
      fresh.createObjectStore("sessions", { keyPath: "enrolmentId" });
    },
  });
  return opened;
}

export async function load(enrolmentId: string): Promise<Kept | undefined> {
  return (await database()).get("sessions", enrolmentId);
}

export async function save(kept: Kept): Promise<void> {
  await (await database()).put("sessions", kept);
}

export async function forget(enrolmentId: string): Promise<void> {
  await (await database()).delete("sessions", enrolmentId);
}
