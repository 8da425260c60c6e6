import { describe, expect, it, vi } from "vitest";
import { takeSetupToken } from "./setup_token";

function opened(hash: string) {
  const replaceState = vi.fn();
  const token = takeSetupToken({ hash, pathname: "/admin", search: "" }, {
    replaceState,
  } as unknown as History);
  return { token, replaceState };
}

describe("the one-time link", () => {
  it("gives its token and is taken out of the address bar", () => {
    const { token, replaceState } = opened("#setup=abc%2Bd");
    expect(token).toBe("abc+d");
    expect(replaceState).toHaveBeenCalledWith(null, "", "/admin");
  });

  it("gives a token with a broken escape as it is", () => {
    expect(opened("#setup=a%zz").token).toBe("a%zz");
  });

  it.each(["", "#", "#setup=", "#other=1"])("is not %j", (hash) => {
    const { token, replaceState } = opened(hash);
    expect(token).toBeNull();
    expect(replaceState).not.toHaveBeenCalled();
  });
});
