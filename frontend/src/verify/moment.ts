/** A moment as people read it, on the wall in Shanghai: 2026-11-24 10:00. */
export function moment(at: Date): string {
  const local = new Date(at.getTime() + 8 * 3600 * 1000).toISOString();
  return `${local.slice(0, 10)} ${local.slice(11, 16)}`;
}

/** The day in Shanghai of a written moment; what is none, as it stands. */
export function dayIn(at: string): string {
  const found = new Date(at);
  return Number.isNaN(found.getTime()) ? at : moment(found).slice(0, 10);
}
