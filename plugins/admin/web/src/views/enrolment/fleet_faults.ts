import type { FieldError } from "../../api/types";

/** A place in the file that the hub did not take. */
export interface FleetFault {
  line: number;
  /** Empty: the whole line. */
  column: string;
  detail: string;
}

/** Those of `errors` that are about the file: `/lines/7/hardware_id`. In the order of its lines. */
export function fleetFaults(errors: FieldError[]): FleetFault[] {
  return errors
    .flatMap(({ pointer, detail }) => {
      const [, line, column] = /^\/lines\/(\d+)(?:\/(.*))?$/.exec(pointer) ?? [];
      return line ? [{ line: Number(line), column: column ?? "", detail }] : [];
    })
    .sort((a, b) => a.line - b.line);
}
