// The arithmetic of a line chart.
import type { Point } from "../live/metric_series";

const kSteps = [1, 1.5, 2, 3, 5, 7.5, 10];

/** The next of 1, 1.5, 2, 3, 5, 7.5, 10, 15, … that is not below `value`; 1 for nothing. */
export function niceTop(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = kSteps.find((factor) => factor * power >= value * 0.999_999) ?? 10;
  return step * power;
}

/** An SVG path through the points, from the first at x = 0 to the last at x = width; y grows downwards. */
export function linePath(points: readonly Point[], top: number, width: number, height: number): string {
  const first = points[0]?.atMs ?? 0;
  const span = (points[points.length - 1]?.atMs ?? 0) - first || 1;
  return points
    .map((point, i) => {
      const x = ((point.atMs - first) / span) * width;
      const y = height - (point.value / top) * height;
      return `${i === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join("");
}
