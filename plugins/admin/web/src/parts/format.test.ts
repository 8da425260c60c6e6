import { describe, expect, it } from "vitest";
import { formatBytes, formatMoment, formatRelative, formatSpan } from "./format";

const kNow = Date.UTC(2026, 10, 29, 12);
const before = (seconds: number) => new Date(kNow - seconds * 1000).toISOString();

describe("words for times and sizes", () => {
  it.each([
    [0, "now"],
    [30, "30 sec. ago"],
    [119, "1 min. ago"],
    [7_200, "2 hr. ago"],
    [86_400, "yesterday"],
    [-3_600, "in 1 hr."],
  ])("%d s ago is %j", (seconds, words) => {
    expect(formatRelative(before(seconds), kNow)).toBe(words);
  });

  it("a time long ago is a date", () => {
    expect(formatRelative(before(90 * 86_400), kNow)).toBe("Aug 31, 2026");
  });

  it("what is no time is shown as it came", () => {
    expect(formatRelative("<b>never</b>", kNow)).toBe("<b>never</b>");
    expect(formatMoment("soon")).toBe("soon");
  });

  it.each([
    [0, "0 s"],
    [61_000, "1 min 1 s"],
    [3_600_000, "1 h"],
    [187_200_000, "2 d 4 h"],
    [-5, "0 s"],
  ])("a span of %d ms is %j", (ms, words) => {
    expect(formatSpan(ms)).toBe(words);
  });

  it.each([
    [0, "0 B"],
    [1023, "1,023 B"],
    [1536, "1.5 KiB"],
    [5 * 1024 ** 3, "5 GiB"],
  ])("%d bytes are %j", (bytes, words) => {
    expect(formatBytes(bytes)).toBe(words);
  });
});
