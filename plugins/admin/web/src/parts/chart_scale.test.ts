import { expect, it } from "vitest";
import { linePath, niceTop } from "./chart_scale";

it.each([
  [0, 1],
  [Number.NaN, 1],
  [0.4, 0.5],
  [1, 1],
  [18, 20],
  [21, 30],
  [137, 150],
  [1000, 1000],
])("a scale for %d ends at %d", (value, top) => {
  expect(niceTop(value)).toBeCloseTo(top);
});

it("a line goes from edge to edge, and upwards for more", () => {
  const points = [
    { atMs: 1000, value: 0 },
    { atMs: 2000, value: 10 },
  ];
  expect(linePath(points, 10, 100, 50)).toBe("M0.0 50.0L100.0 0.0");
});

it("points of the same moment do not divide by nothing", () => {
  expect(linePath([{ atMs: 5, value: 1 }], 1, 100, 50)).toBe("M0.0 0.0");
});
