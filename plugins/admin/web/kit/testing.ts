// Tests that every page wants: import from "@gatetorio/admin-kit/testing".
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

type Leaf = [path: string[], value: unknown];

function leaves(node: unknown, path: string[] = []): Leaf[] {
  if (typeof node !== "object" || node === null) return [[path, node]];
  return Object.entries(node).flatMap(([name, value]) => leaves(value, [...path, name]));
}

function sourcesBelow(folder: string): string {
  return readdirSync(folder, { withFileTypes: true })
    .map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === "node_modules" ? "" : sourcesBelow(path);
      return /\.tsx?$/.test(entry.name) && !/strings|\.test\./.test(entry.name)
        ? readFileSync(path, "utf8")
        : "";
    })
    .join("\n");
}

// Used by its name, or by way of its parent: `states[state]`, `Object.entries(t.states)`, `choices={t.x.choices}`.
function isUsed(path: string[], sources: string): boolean {
  const [name, parent] = [path[path.length - 1]!, path[path.length - 2] ?? ""];
  if (new RegExp(`\\.${name}\\b`).test(sources)) return true;
  const isList = /^\d+$/.test(name) || /^\d+$/.test(parent);
  const holder = isList
    ? path.filter((part) => !/^\d+$/.test(part) && part !== "value" && part !== "label").pop()!
    : parent;
  return new RegExp(`\\.${holder}(\\[|\\)|})`).test(sources);
}

/** Every text of `catalogue` says something, and is used by a source below `folder`. */
export function testCatalogue(catalogue: object, folder: string) {
  describe("the catalogue", () => {
    it.each(leaves(catalogue).map(([path, value]) => [path.join("."), path, value] as const))(
      "%s says something",
      (_, path, value) => {
        const text =
          typeof value === "function" ? (value as (...some: unknown[]) => string)("2", "3", "4") : value;
        expect(typeof text).toBe("string");
        if (path[path.length - 1] !== "value") expect(String(text).trim()).not.toBe("");
      },
    );

    it("holds nothing that the page does not use", () => {
      const sources = sourcesBelow(folder);
      const unused = leaves(catalogue).filter(([path]) => !isUsed(path, sources));
      expect(unused.map(([path]) => path.join("."))).toEqual([]);
    });
  });
}
