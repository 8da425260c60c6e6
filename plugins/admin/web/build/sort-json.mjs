// Writes a JSON file anew, with its names in order and a line for each value: changes are then seen as such.
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";

const sorted = (value) =>
  Array.isArray(value)
    ? value.map(sorted)
    : value !== null && typeof value === "object"
      ? Object.fromEntries(
          Object.keys(value)
            .sort()
            .map((name) => [name, sorted(value[name])]),
        )
      : value;

const [file] = process.argv.slice(2);
writeFileSync(file, `${JSON.stringify(sorted(JSON.parse(readFileSync(file, "utf8"))), null, 1)}\n`);
