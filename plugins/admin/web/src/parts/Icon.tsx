// Line icons, 24 by 24. Always beside words or inside something with a label, so they are hidden from screen readers.
const kPaths = {
  overview: "M4 13h6V4H4zM14 20h6v-9h-6zM4 20h6v-3H4zM14 7h6V4h-6z",
  gate: "M4 21V5m16 16V5M4 9h16M4 16h16M9 9v7m6-7v7",
  command: "M5 7l5 5-5 5M12 18h7",
  file: "M7 3h7l5 5v13H7zM14 3v5h5",
  users:
    "M9 11a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM3 20c0-3.5 2.7-5.5 6-5.5s6 2 6 5.5M16 4.5a3.5 3.5 0 010 6.5M17.5 14.800c2.2.600 3.5 2.5 3.5 5.2",
  site: "M3 21h18M5 21V8l7-5 7 5v13M9 21v-6h6v6M9 11h.01M15 11h.01",
  share:
    "M8 12l8-5m-8 5l8 5M6 14.500a2.5 2.5 0 100-5 2.5 2.5 0 000 5zM18 8.500a2.5 2.5 0 100-5 2.5 2.5 0 000 5zM18 20.500a2.5 2.5 0 100-5 2.5 2.5 0 000 5z",
  key: "M8 16a4 4 0 100-8 4 4 0 000 8zM12 12h9m-3 0v4",
  jobs: "M4 6h2m4 0h10M4 12h2m4 0h10M4 18h2m4 0h10",
  audit: "M6 3h12v18H6zM9 8h6M9 12h6M9 16h3",
  plugin: "M9 3v4m6-4v4M6 7h12v5a6 6 0 01-12 0zM12 18v3",
  pulse: "M3 12h4l3-8 4 16 3-8h4",
  shield: "M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6z",
  page: "M4 5h16v14H4zM4 9h16",
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6L6 18",
  chevron: "M9 6l6 6-6 6",
  back: "M15 6l-6 6 6 6",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  check: "M5 13l4 4L19 7",
  warning: "M12 4l9 16H3zM12 10v4m0 3v.01",
  download: "M12 4v11m-4-4l4 4 4-4M5 20h14",
  search: "M11 18a7 7 0 100-14 7 7 0 000 14zM20 20l-4-4",
  up: "M12 19V5m-5 5l5-5 5 5",
  down: "M12 5v14m-5-5l5 5 5-5",
  logout: "M14 4h5v16h-5M4 12h11m-4-4l4 4-4 4",
} as const;

export type IconName = keyof typeof kPaths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={kPaths[name]} />
    </svg>
  );
}
