import { describe, expect, it } from "vitest";
import { termsText } from "./terms";

describe("termsText", () => {
  const office = {
    time_zone: "Europe/Berlin",
    windows: [{ days: ["mon", "fri"], from: "08:00", to: "18:00" }],
    except: ["2026-12-24"],
  };
  it("says nothing where access holds at any time", () => {
    expect(termsText({ valid_from: null, schedule: null, max_uses: null, uses: null })).toBe("");
    expect(termsText({ schedule: { ...office, windows: [] } })).toBe("");
  });
  it("says the windows with their zone and exceptions, the beginning and the uses", () => {
    expect(termsText({ schedule: office, max_uses: 5, uses: 1 })).toBe(
      "Mon Fri 08:00–18:00 (Europe/Berlin), not on 2026-12-24; 1 of 5 uses",
    );
    expect(termsText({ max_uses: 1 })).toBe("1 use");
    expect(termsText({ valid_from: "2026-12-01T08:00:00Z" })).toMatch(/^from 01\/12\/2026/);
  });
});
