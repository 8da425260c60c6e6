// A line over time in plain SVG, and the same numbers as a table.
import { useState } from "react";
import type { Point } from "../live/metric_series";
import { t } from "../common_strings";
import { Button } from "./Button";
import { linePath, niceTop } from "./chart_scale";
import { formatClock, formatNumber } from "./format";

const kWidth = 320;
const kHeight = 96;
const kRowsInTable = 12;

interface LineChartProps {
  title: string;
  unit: string;
  points: readonly Point[];
  /** Where the scale ends at least (all devices of the fleet). */
  atLeast?: number;
}

export function LineChart({ title, unit, points, atLeast = 0 }: LineChartProps) {
  const [isTable, setTable] = useState(false);
  const last = points[points.length - 1];
  const now = last ? formatNumber(last.value) : t.common.nothing;
  return (
    <figure className="chart">
      <figcaption>
        <span className="chart-title">{title}</span>
        <Button kind="quiet" onPress={() => setTable(!isTable)} aria-label={t.chart.toggleOf(title, isTable)}>
          {isTable ? t.chart.asLine : t.chart.asTable}
        </Button>
      </figcaption>
      <p className="chart-now">
        <strong className="tabular">{now}</strong> {unit}
      </p>
      {isTable ? (
        <PointTable title={title} unit={unit} points={points} />
      ) : (
        <Line points={points} atLeast={atLeast} label={t.chart.summary(title, now, unit)} />
      )}
    </figure>
  );
}

function Line({ points, atLeast, label }: { points: readonly Point[]; atLeast: number; label: string }) {
  if (points.length < 2) return <p className="chart-empty">{t.chart.collecting}</p>;
  const top = niceTop(Math.max(atLeast, ...points.map((point) => point.value)));
  const line = linePath(points, top, kWidth, kHeight);
  return (
    <>
      <div className="chart-frame">
        <svg viewBox={`0 0 ${kWidth} ${kHeight}`} preserveAspectRatio="none" role="img" aria-label={label}>
          <path
            className="chart-grid"
            d={`M0 .5H${kWidth}M0 ${kHeight / 2}H${kWidth}M0 ${kHeight - 0.5}H${kWidth}`}
          />
          <path className="chart-area" d={`${line}L${kWidth} ${kHeight}L0 ${kHeight}Z`} />
          <path className="chart-line" d={line} />
        </svg>
        <span className="chart-top tabular" aria-hidden="true">
          {formatNumber(top)}
        </span>
      </div>
      <div className="chart-ends tabular" aria-hidden="true">
        <span>{formatClock(points[0]!.atMs)}</span>
        <span>{formatClock(points[points.length - 1]!.atMs)}</span>
      </div>
    </>
  );
}

function PointTable({ title, unit, points }: { title: string; unit: string; points: readonly Point[] }) {
  const newest = [...points].slice(-kRowsInTable).reverse();
  return (
    <table className="mini-table">
      <caption className="visually-hidden">{title}</caption>
      <thead>
        <tr>
          <th scope="col">{t.chart.time}</th>
          <th scope="col">{unit}</th>
        </tr>
      </thead>
      <tbody>
        {newest.map((point) => (
          <tr key={point.atMs}>
            <td className="tabular">{formatClock(point.atMs)}</td>
            <td className="tabular">{formatNumber(point.value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
