import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { t } from "./strings";

type Leaf = [path: string[], value: unknown];

function leaves(node: unknown, path: string[] = []): Leaf[] {
  if (typeof node !== "object" || node === null) return [[path, node]];
  return Object.entries(node).flatMap(([name, value]) => leaves(value, [...path, name]));
}

function sourcesBelow(folder: string): string {
  return readdirSync(folder, { withFileTypes: true })
    .map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return sourcesBelow(path);
      return /\.tsx?$/.test(entry.name) && !/strings|\.test\./.test(entry.name)
        ? readFileSync(path, "utf8")
        : "";
    })
    .join("\n");
}

const sources = sourcesBelow(__dirname);

// Used by its name, or by way of its parent: `states[state]`, `Object.entries(t.states)`, `choices={t.x.choices}`.
function isUsed(path: string[]): boolean {
  const [name, parent] = [path[path.length - 1]!, path[path.length - 2] ?? ""];
  if (new RegExp(`\\.${name}\\b`).test(sources)) return true;
  const isList = /^\d+$/.test(name) || /^\d+$/.test(parent);
  const holder = isList
    ? path.filter((part) => !/^\d+$/.test(part) && part !== "value" && part !== "label").pop()!
    : parent;
  return new RegExp(`\\.${holder}(\\[|\\)|})`).test(sources);
}

describe("the catalogue", () => {
  it.each(leaves(t).map(([path, value]) => [path.join("."), path, value] as const))(
    "%s says something",
    (_, path, value) => {
      const text =
        typeof value === "function" ? (value as (...some: unknown[]) => string)("2", "3", "4") : value;
      expect(typeof text).toBe("string");
      if (path[path.length - 1] !== "value") expect(String(text).trim()).not.toBe("");
    },
  );

  it("holds nothing that the page does not use", () => {
    const unused = leaves(t).filter(([path]) => !isUsed(path));
    expect(unused.map(([path]) => path.join("."))).toEqual([]);
  });

  it("advises what to do about every status that the hub answers with", () => {
    for (const status of [
      0, 400, 401, 403, 404, 409, 410, 412, 413, 422, 429, 460, 500, 501, 503, 504, 507,
    ]) {
      expect(t.errors.advice(status, null)).toMatch(/\.$/);
    }
    expect(t.errors.advice(429, 7)).toContain("7 seconds");
  });
});
