import { describe, expect, it } from "vitest";
import { cursorOf, firstPage, nextPage, positionOf, previousPage } from "./cursor_pages";

describe("pages by cursor", () => {
  it("begin without a cursor", () => {
    expect(cursorOf(firstPage)).toBeNull();
  });

  it("lead forth and back the same way", () => {
    const third = nextPage(nextPage(firstPage, "a"), "b");
    expect(cursorOf(third)).toBe("b");
    expect(cursorOf(previousPage(third))).toBe("a");
    expect(cursorOf(previousPage(previousPage(third)))).toBeNull();
  });

  it.each([[null], [undefined], [""]])("stay where nothing follows (%s)", (end) => {
    expect(nextPage(firstPage, end)).toBe(firstPage);
  });

  it("have nothing before the first", () => {
    expect(previousPage(firstPage)).toBe(firstPage);
  });

  it("tell which rows are shown", () => {
    expect(positionOf(firstPage, 50, 50)).toEqual({ first: 1, last: 50 });
    expect(positionOf(nextPage(firstPage, "a"), 50, 7)).toEqual({ first: 51, last: 57 });
    expect(positionOf(firstPage, 50, 0)).toBeNull();
  });
});
