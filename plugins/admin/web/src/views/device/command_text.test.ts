import { expect, it } from "vitest";
import { readCommand } from "./command_text";

it("a command is a JSON object", () => {
  expect(readCommand(' {"action":"open_gate"} ')).toEqual({ action: "open_gate" });
});

it.each(["", "open", "[1]", "null", '"open"', '{"action":'])("%j is no command", (text) => {
  expect(readCommand(text)).toBeNull();
});
