// The arithmetic of a line chart.
import type { Point } from "../live/metric_series";

/** The next of 1, 2, 5, 10, 20, … that is not below `value`; 1 for nothing. */
export function niceTop(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= value * 0.999_999) ?? 10;
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
