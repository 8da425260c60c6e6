import { expect, it } from "vitest";
import { fleetFaults } from "./fleet_faults";

it("a fault of the file names its line and column, in the order of the file", () => {
  const faults = fleetFaults([
    { pointer: "/lines/11/hardware_id", detail: "is in line 2, too" },
    { pointer: "/lines/3", detail: "has 2 columns" },
    { pointer: "/name", detail: "must be 0 to 64 characters" },
  ]);
  expect(faults).toEqual([
    { line: 3, column: "", detail: "has 2 columns" },
    { line: 11, column: "hardware_id", detail: "is in line 2, too" },
  ]);
});
