/** What the learner is told under the lesson, in plain words. */

export const CUTS: Record<string, string> = {
  held: "还没有通过身份核对",
  clock: "设备的计时往回跳了",
  paused: "播放暂停了",
  too_fast: "播放速度超过正常速度",
  hidden: "页面不在前台",
  closed_hours: "不在允许学习的时间段",
  ahead: "跳过了还没学的内容",
  late: "断网太久，超出的部分",
  not_delivered: "这段内容还没有下载完",
  repeated: "这段以前已经计入",
  daily_cap: "今天的学习时间已达上限",
  break_due: "连续学习的时间到了上限，请休息一会儿",
};

/** These leave the frontier behind: the player stops and goes back, the lesson is not lost. */
export const STOPPING = new Set([
  "held",
  "clock",
  "too_fast",
  "hidden",
  "closed_hours",
  "ahead",
  "late",
  "not_delivered",
]);

export function clockText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export function amountText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  if (hours > 0) {
    return `${hours} 小时 ${minutes} 分`;
  }
  if (minutes === 0) {
    return `${seconds} 秒`;
  }
  const rest = seconds % 60;
  return rest > 0 ? `${minutes} 分 ${String(rest).padStart(2, "0")} 秒` : `${minutes} 分`;
}

/** Why reading stands still: this page's time is full, or the last one's, or a package's part's. */
export function fullWords(page: "page" | "last" | null): string {
  if (page === null) {
    return "这一部分的时间已经学满";
  }
  return page === "last"
    ? "最后一页读够了；前面有没读够的，请翻回去读"
    : "这一页读够了，请翻到下一页";
}
