/** As a `ref`: scrolls to what has just appeared, where it is out of sight. */
export function intoView(appeared: HTMLElement | null) {
  appeared?.scrollIntoView({ block: "nearest" });
}
